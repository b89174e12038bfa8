import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { z } from "zod";
import { startHttpDouble, type HttpDouble, type Received, type Reply } from "../httpDouble";

/** A comment as the double keeps it. */
export interface KeptComment {
  readonly id: number;
  body: string;
  readonly user: { readonly login: string; readonly type: string } | null;
}

const content = z.strictObject({ body: z.string().max(65_536) });

const BOT = { login: "github-actions[bot]", type: "Bot" };

/**
 * A double of the part of GitHub's REST interface that comments on pull request 7 of `example/mlops`: in pages, and
 * with what a workflow's environment says. https://docs.github.com/rest/issues/comments
 * @param before - What answers instead, for a call that is to fail.
 */
export async function startGitHubDouble(
  comments: KeptComment[],
  before: (request: Received, count: number) => Reply | undefined = () => undefined,
): Promise<{ double: HttpDouble; env: NodeJS.ProcessEnv }> {
  const all = "/repos/example/mlops/issues/7/comments";
  const double = await startHttpDouble((request, count) => {
    const early = before(request, count);
    if (early !== undefined) return early;
    const { method, path, query, headers, body } = request;
    if (headers.authorization !== "Bearer token-of-the-job") return { status: 401 };
    if (method === "GET" && path === all) {
      const size = Math.min(Number(query["per_page"] ?? 30), 100);
      const start = (Number(query["page"] ?? 1) - 1) * size;
      return { body: comments.slice(start, start + size) };
    }
    if (method === "POST" && path === all) {
      comments.push({ id: 1000 + comments.length, body: content.parse(body).body, user: BOT });
      return { status: 201, body: comments.at(-1) };
    }
    const id = Number(/^\/repos\/example\/mlops\/issues\/comments\/(\d+)$/.exec(path)?.[1]);
    const at = comments.findIndex((comment) => comment.id === id);
    const found = comments[at];
    if (found === undefined) return { status: 404, body: { message: "Not Found" } };
    if (found.user?.login !== BOT.login) return { status: 403, body: { message: "Not yours" } };
    if (method === "PATCH") found.body = content.parse(body).body;
    if (method === "DELETE") comments.splice(at, 1);
    return method === "DELETE" ? { status: 204, body: "" } : { body: found };
  });
  const folder = mkdtempSync(join(tmpdir(), "mlops-github-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const event = join(folder, "event.json");
  writeFileSync(event, JSON.stringify({ pull_request: { number: 7 } }));
  return {
    double,
    env: {
      GITHUB_ACTIONS: "true",
      GITHUB_API_URL: double.host,
      GITHUB_REPOSITORY: "example/mlops",
      GITHUB_EVENT_PATH: event,
      GITHUB_TOKEN: "token-of-the-job",
    },
  };
}
