import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { python } from "../../cli/python/python";
import type { TokenConnection } from "../../components/workspace/rest";
import { startWorkspace, type RunningWorkspace } from "../../local/start";
import { MINUTES } from "./deployment";

/**
 * A workspace for the tests of the `describe` that this is called in, without an engine and without a stack; it
 * ends with them.
 * @returns What signs in to it, once it has started.
 */
export function ownWorkspace(name: string): () => TokenConnection {
  const folder = mkdtempSync(join(tmpdir(), `${name}-`));
  let workspace: RunningWorkspace;

  beforeAll(async () => {
    workspace = await startWorkspace({ root: join(folder, "workspace"), python });
  }, 2 * MINUTES);

  afterAll(async () => {
    await workspace.close();
    rmSync(folder, { recursive: true, force: true });
  });

  return () => ({ host: workspace.url, token: workspace.token });
}
