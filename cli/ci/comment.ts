import { readFileSync } from "node:fs";
import { NOTHING_TO_SAY, previewMarker } from "../previewReport/marker";
import { projectName } from "../stack/project";
import { UserError } from "../shared/userError";
import { azureDevOpsComments } from "./azureDevOps";
import type { Comments } from "./comments";
import { filesOf, readResult, stackOf } from "./files";
import { gitHubComments } from "./gitHub";
import { findSystem } from "./system";

/** `ci comment STACK`: one comment per stack, edited in place. */
export async function comment(args: string[]): Promise<number> {
  const stack = stackOf(args);
  readResult(stack);
  const body = readFileSync(filesOf(stack).markdown, "utf8");
  const done = await putComment(findComments(), previewMarker(projectName(), stack), body);
  console.log(`The comment on ${stack}: ${done}`);
  return 0;
}

/**
 * Edits the comment that begins with `marker`, or writes it. A report without changes is written only in the
 * place of a comment that said otherwise. What is there more than once is removed.
 * @returns What was done, for the log.
 */
export async function putComment(
  comments: Comments,
  marker: string,
  body: string,
): Promise<"written" | "edited" | "the same as before" | "nothing to say"> {
  if (!body.startsWith(marker)) throw new Error(`The report does not begin with ${marker}.`);
  const all = await comments.list();
  const [first, ...others] = all.filter(({ own, body: text }) => own && text.startsWith(marker));
  for (const { id } of others) await comments.remove(id);
  if (first === undefined) {
    if (body.includes(NOTHING_TO_SAY)) return "nothing to say";
    await comments.create(body);
    return "written";
  }
  if (first.body.trim() === body.trim()) return "the same as before";
  await comments.update(first.id, body);
  return "edited";
}

function findComments(): Comments {
  switch (findSystem()) {
    case "github":
      return gitHubComments(process.env);
    case "azureDevOps":
      return azureDevOpsComments(process.env);
    case undefined:
      throw new UserError(
        "Comments are written in CI only: neither GITHUB_ACTIONS nor TF_BUILD is set.",
      );
  }
}
