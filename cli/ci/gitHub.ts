import { readFileSync } from "node:fs";
import { z } from "zod";
import { UserError } from "../shared/userError";
import type { Comment, Comments } from "./comments";
import { callRest, required, type RestCall } from "./rest";

/** Who writes with the token that a workflow gets. */
const BOT = "github-actions[bot]";
const PAGE = 100;

const page = z.array(
  z.object({
    id: z.number(),
    body: z.string().nullish(),
    user: z.object({ login: z.string(), type: z.string() }).nullable(),
  }),
);

const event = z.object({ pull_request: z.object({ number: z.number().int() }) });

/**
 * The comments of the pull request of a GitHub workflow, with the workflow's own token.
 * https://docs.github.com/rest/issues/comments
 * @throws UserError if the environment is not that of a pull request's workflow.
 */
export function gitHubComments(env: NodeJS.ProcessEnv): Comments {
  const hint = "set it in the step: env: GITHUB_TOKEN: ${{ github.token }}";
  const token = required(env, "GITHUB_TOKEN", hint);
  const api = required(env, "GITHUB_API_URL", "a GitHub workflow sets it");
  const repository = required(env, "GITHUB_REPOSITORY", "a GitHub workflow sets it");
  const issues = `${api}/repos/${repository}/issues`;
  const number = pullRequest(required(env, "GITHUB_EVENT_PATH", "a GitHub workflow sets it"));

  const call = (method: RestCall["method"], url: string, body?: unknown): Promise<unknown> =>
    callRest({
      method,
      url,
      headers: {
        authorization: `Bearer ${token}`,
        accept: "application/vnd.github+json",
        "x-github-api-version": "2022-11-28",
      },
      body,
    });

  return {
    async list() {
      const comments: Comment[] = [];
      for (let at = 1; ; at++) {
        const url = `${issues}/${number}/comments?per_page=${PAGE}&page=${at}`;
        const found = page.parse(await call("GET", url));
        for (const { id, body, user } of found) {
          const own = user?.login === BOT && user.type === "Bot";
          comments.push({ id: String(id), body: body ?? "", own });
        }
        if (found.length < PAGE) return comments;
      }
    },
    async create(body) {
      await call("POST", `${issues}/${number}/comments`, { body });
    },
    async update(id, body) {
      await call("PATCH", `${issues}/comments/${id}`, { body });
    },
    async remove(id) {
      await call("DELETE", `${issues}/comments/${id}`);
    },
  };
}

function pullRequest(file: string): number {
  const found = event.safeParse(JSON.parse(readFileSync(file, "utf8")));
  if (!found.success) throw new UserError("This workflow was not started by a pull request.");
  return found.data.pull_request.number;
}
