import { spawn } from "node:child_process";
import { exitCodeOf } from "./shared/exitCode";
import { root } from "./shared/paths";

/** `npm run screenshots`: has the tests of pages take the pictures of them in docs/ anew. */
export function main(): Promise<number> {
  const tests = ["test/e2e/page.test.ts", "test/e2e/previewReport.test.ts"];
  const args = ["vitest", "run", "--project", "e2e", ...tests, "-t", "has its picture taken"];
  const env = { ...process.env, MLOPS_SCREENSHOTS: "1" };
  return exitCodeOf(spawn("npx", args, { cwd: root, stdio: "inherit", env }));
}
