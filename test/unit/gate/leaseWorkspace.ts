import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { TokenConnection } from "../../../components/workspace/rest";
import { workspaceFileOperations } from "../../../local/api/workspaceFiles";
import { createServer } from "../../../local/server";
import { Workspace } from "../../../local/workspace";
import { filesOf } from "../../../local/workspaceFiles";

/**
 * What happens to a call: `drop` breaks the connection, before the workspace does anything or after it has; `hang`
 * lets it wait for ever.
 */
export interface Fate {
  readonly hang?: boolean;
  readonly delay?: number;
  readonly drop?: "before" | "after";
}

/** The files of a local workspace behind a network that a test can make slow or break. */
export class LeaseWorkspace {
  /** Decides what happens to a call, e.g. `import`, by its body. */
  fate: (call: string, body: unknown) => Fate = () => ({});
  /** The calls so far, e.g. `list`. */
  readonly calls: string[] = [];

  private constructor(
    private readonly workspace: Workspace,
    readonly connection: TokenConnection,
  ) {}

  static async start(): Promise<LeaseWorkspace> {
    const root = mkdtempSync(join(tmpdir(), "lease-"));
    const workspace = new Workspace({ root, python: "python3" });
    const server = createServer(workspace, workspaceFileOperations);
    const drops = new WeakSet();
    server.addHook("preHandler", async (request) => {
      const call = request.url.split("?", 1)[0]?.split("/").at(-1) ?? "";
      started.calls.push(call);
      const { delay = 0, drop, hang = false } = started.fate(call, request.body);
      // Before and after it is done, so that calls overtake one another on both ways.
      await new Promise((resolve) => setTimeout(resolve, delay * Math.random()));
      if (hang) await new Promise(() => undefined);
      if (drop === "before") request.raw.socket.destroy();
      if (drop === "after") drops.add(request);
    });
    server.addHook("onSend", async (request) => {
      if (drops.has(request)) request.raw.socket.destroy();
      const { delay = 0 } = started.fate("answer", undefined);
      await new Promise((resolve) => setTimeout(resolve, delay * Math.random()));
    });
    const host = await server.listen({ host: "127.0.0.1", port: 0 });
    workspace.url = host;
    const started = new LeaseWorkspace(workspace, { host, token: workspace.token });
    onTestFinished(async () => {
      await server.close();
      await workspace.close();
      rmSync(root, { recursive: true, force: true });
    });
    return started;
  }

  /** The names of the files in a folder; none if there is no such folder. */
  names(folder: string): string[] {
    try {
      return filesOf(this.workspace)
        .list(folder)
        .map(({ path }) => path.slice(folder.length + 1));
    } catch {
      return [];
    }
  }

  write(path: string, content: unknown): void {
    const text = typeof content === "string" ? content : JSON.stringify(content);
    filesOf(this.workspace).makeFolder(path.slice(0, path.lastIndexOf("/")));
    filesOf(this.workspace).write(path, Buffer.from(text), { overwrite: true });
  }

  remove(path: string): void {
    filesOf(this.workspace).remove(path, true);
  }
}
