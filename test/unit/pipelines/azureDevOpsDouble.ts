import { z } from "zod";
import { startHttpDouble, type HttpDouble } from "../httpDouble";

/** A thread as the double keeps it. */
export interface KeptThread {
  readonly id: number;
  readonly status: string;
  readonly comments: {
    readonly id: number;
    content?: string;
    isDeleted?: boolean;
    readonly author: { readonly id: string };
  }[];
}

const ME = "8e6f9d3c-build-service";

const newThread = z.strictObject({
  comments: z.tuple([
    z.strictObject({
      parentCommentId: z.literal(0),
      content: z.string().max(150_000),
      commentType: z.literal("text"),
    }),
  ]),
  status: z.enum(["active", "closed"]),
});

const content = z.strictObject({ content: z.string().max(150_000) });

/**
 * A double of the part of Azure DevOps' REST interface that comments on pull request 7 of the repository `repo-id`,
 * with what a pipeline's environment says.
 * https://learn.microsoft.com/rest/api/azure/devops/git/pull-request-threads
 */
export async function startAzureDevOpsDouble(
  threads: KeptThread[],
): Promise<{ double: HttpDouble; env: NodeJS.ProcessEnv }> {
  const all = "/my org/My Project/_apis/git/repositories/repo-id/pullRequests/7/threads";
  const double = await startHttpDouble(({ method, path, query, headers, body }) => {
    if (headers.authorization !== "Bearer token-of-the-job") {
      return { status: 203, body: "<html>Sign in</html>" };
    }
    if (!/^7\.1(-preview\.1)?$/.test(query["api-version"] ?? "")) return { status: 400 };
    if (method === "GET" && path === "/my org/_apis/connectionData") {
      return { body: { authenticatedUser: { id: ME } } };
    }
    if (method === "GET" && path === all) return { body: { value: threads } };
    if (method === "POST" && path === all) {
      const { comments, status } = newThread.parse(body);
      const first = { id: 1, content: comments[0].content, author: { id: ME } };
      threads.push({ id: 100 + threads.length, status, comments: [first] });
      return { body: threads.at(-1) };
    }
    const [, thread, comment] = /\/threads\/(\d+)\/comments\/(\d+)$/.exec(path) ?? [];
    const found = threads
      .find(({ id }) => id === Number(thread))
      ?.comments.find(({ id }) => id === Number(comment));
    if (found === undefined || !path.startsWith(all)) return { status: 404 };
    if (found.author.id !== ME) return { status: 403, body: { message: "Not yours" } };
    if (method === "PATCH") found.content = content.parse(body).content;
    if (method === "DELETE") {
      delete found.content;
      found.isDeleted = true;
    }
    return { body: method === "DELETE" ? "" : found };
  });
  return {
    double,
    env: {
      TF_BUILD: "True",
      SYSTEM_ACCESSTOKEN: "token-of-the-job",
      SYSTEM_COLLECTIONURI: `${double.host}/my%20org/`,
      SYSTEM_TEAMPROJECT: "My Project",
      SYSTEM_PULLREQUEST_PULLREQUESTID: "7",
      BUILD_REPOSITORY_ID: "repo-id",
      BUILD_REPOSITORY_PROVIDER: "TfsGit",
    },
  };
}

/** A thread with one comment. */
export function thread(id: number, text: string, author = ME): KeptThread {
  return { id, status: "active", comments: [{ id: 1, content: text, author: { id: author } }] };
}
