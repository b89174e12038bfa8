import { spawn } from "node:child_process";
import { root } from "./paths";

/** `npm run screenshots`: has the tests of the workspace's page take the pictures in docs/ anew. */
export async function main(): Promise<number> {
  const args = ["vitest", "run", "--project", "e2e", "test/e2e/page.test.ts", "-t", "picture"];
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
