import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { parseDocument } from "yaml";
import { stackFile } from "../stack/project";
import { UserError } from "../shared/userError";

/** What stands for an id that nobody has filled in yet. */
const NONE = "00000000-0000-0000-0000-000000000000";

/** Ids of `mlops:azure`, by their path in it. */
export type AzureIds = readonly (readonly [path: readonly string[], id: string])[];

/**
 * Text of a stack's file with the ids of its Azure side filled in where none are; comments and order stay. A file
 * without that side stays as it is.
 * @throws UserError if the file names another id already.
 */
export function withIds(name: string, text: string, ids: AzureIds): string {
  const document = parseDocument(text);
  const section = ["config", "mlops:azure"];
  if (!document.hasIn(section)) return text;
  for (const [path, id] of ids) {
    const found = document.getIn([...section, ...path]);
    const isOther = typeof found !== "string" || found.toLowerCase() !== id.toLowerCase();
    if (found !== undefined && found !== NONE && isOther) {
      throw new UserError(
        `${name} has mlops:azure.${path.join(".")} ${JSON.stringify(found)}, but this is ${id}. ` +
          "Is it the right subscription? Correct one of the two.",
      );
    }
    if (found === NONE) document.setIn([...section, ...path], id);
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** Fills ids in, in the file of a stack; see {@link withIds}. */
export function fillIn(stack: string, ids: AzureIds): void {
  const file = stackFile(stack);
  const text = readFileSync(file, "utf8");
  const filled = withIds(basename(file), text, ids);
  if (filled !== text) writeFileSync(file, filled);
}

/** Refuses what {@link fillIn} would refuse, before anything is made. */
export function checkIds(stack: string, ids: AzureIds): void {
  const file = stackFile(stack);
  withIds(basename(file), readFileSync(file, "utf8"), ids);
}
