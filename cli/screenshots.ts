import { spawn } from "node:child_process";
import { root } from "./paths";

/** `npm run screenshots`: has the tests of pages take the pictures of them in docs/ anew. */
export async function main(): Promise<number> {
  const tests = ["test/e2e/page.test.ts", "test/e2e/previewReport.test.ts"];
  const args = ["vitest", "run", "--project", "e2e", ...tests, "-t", "has its picture taken"];
  const child = spawn("npx", args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, MLOPS_SCREENSHOTS: "1" },
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      resolve(code ?? 1);
    });
  });
}
