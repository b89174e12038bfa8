import { z } from "zod";
import { UserError } from "../shared/userError";
import type { Comment, Comments } from "./comments";
import { callRest, required, type RestCall } from "./rest";

const VERSION = "api-version=7.1";

const connection = z.object({ authenticatedUser: z.object({ id: z.string() }) });

const threads = z.object({
  value: z.array(
    z.object({
      id: z.number(),
      isDeleted: z.boolean().default(false),
      comments: z
        .array(
          z.object({
            id: z.number(),
            content: z.string().optional(),
            isDeleted: z.boolean().default(false),
            author: z.object({ id: z.string() }).optional(),
          }),
        )
        .default([]),
    }),
  ),
});

/**
 * The comments of the pull request of an Azure DevOps pipeline, each the first of a thread, with the pipeline's
 * own token. https://learn.microsoft.com/rest/api/azure/devops/git/pull-request-threads
 * @throws UserError if the environment is not that of a pull request's pipeline.
 */
export function azureDevOpsComments(env: NodeJS.ProcessEnv): Comments {
  const hint = "set it in the step: env: SYSTEM_ACCESSTOKEN: $(System.AccessToken)";
  const token = required(env, "SYSTEM_ACCESSTOKEN", hint);
  const set = (name: string): string => required(env, name, "an Azure DevOps pipeline sets it");
  if (set("BUILD_REPOSITORY_PROVIDER") !== "TfsGit") {
    throw new UserError("Comments are written into pull requests of Azure Repos only.");
  }
  const collection = set("SYSTEM_COLLECTIONURI").replace(/\/$/, "");
  const repository = `_apis/git/repositories/${encodeURIComponent(set("BUILD_REPOSITORY_ID"))}`;
  const number = required(
    env,
    "SYSTEM_PULLREQUEST_PULLREQUESTID",
    "this pipeline was not started by a pull request",
  );
  const project = encodeURIComponent(set("SYSTEM_TEAMPROJECT"));
  const all = `${collection}/${project}/${repository}/pullRequests/${number}/threads`;

  const call = (method: RestCall["method"], url: string, body?: unknown): Promise<unknown> =>
    callRest({ method, url, headers: { authorization: `Bearer ${token}` }, body });

  return {
    async list() {
      const who = `${collection}/_apis/connectionData?${VERSION}-preview.1`;
      const { authenticatedUser: me } = connection.parse(await call("GET", who));
      // The interface has no pages: it answers with every thread at once.
      const { value } = threads.parse(await call("GET", `${all}?${VERSION}`));
      return value
        .filter(({ isDeleted }) => !isDeleted)
        .flatMap(({ id, comments }): Comment[] => {
          const [first] = comments;
          if (first === undefined || first.isDeleted) return [];
          const own = first.author?.id === me.id;
          return [{ id: `${id}/comments/${first.id}`, body: first.content ?? "", own }];
        });
    },
    async create(body) {
      const first = { parentCommentId: 0, content: body, commentType: "text" };
      // An open thread would hold up a branch whose policy wants all comments resolved.
      await call("POST", `${all}?${VERSION}`, { comments: [first], status: "closed" });
    },
    async update(id, body) {
      await call("PATCH", `${all}/${id}?${VERSION}`, { content: body });
    },
    async remove(id) {
      await call("DELETE", `${all}/${id}?${VERSION}`);
    },
  };
}
