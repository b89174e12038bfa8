import { UserError } from "../shared/userError";
import type { Names } from "./names";

/** Where models are registered. */
export const MODELS = "stacks/models.ts";

const IMPORT = /^import \{ (\w+) \} from "\.\/\1\/model";$/;
const LIST = /^(export const models: readonly ModelDefinition\[\] = \[)([^\]]*)(\];)$/m;

/**
 * Adds a model to the list of all: an import and an entry, in their places of the alphabet.
 * @param text - `stacks/models.ts` as it is. @returns it as it shall be, not yet formatted.
 * @throws UserError if it has another form than the one that is known.
 */
export function withModel(text: string, { key }: Names): string {
  const lines = text.split("\n");
  const imported = lines.flatMap((line) => IMPORT.exec(line)?.[1] ?? []);
  const listed = (LIST.exec(text)?.[2] ?? "").split(",").map((entry) => entry.trim());
  const entries = listed.filter((entry) => entry !== "");
  if (entries.length === 0 || entries.some((entry) => !imported.includes(entry))) {
    throw new UserError(
      `${MODELS} has another form than expected: imports such as import { iris } from "./iris/model"; ` +
        "and one list, export const models: readonly ModelDefinition[] = [iris, …]; of them. " +
        "Nothing was written.",
    );
  }
  const next = imported.find((name) => name > key);
  const last = Math.max(...lines.map((line, index) => (IMPORT.test(line) ? index : -1)));
  const at =
    next === undefined ? last + 1 : lines.findIndex((line) => IMPORT.exec(line)?.[1] === next);
  lines.splice(at, 0, `import { ${key} } from "./${key}/model";`);
  const after = entries.findIndex((name) => name > key);
  entries.splice(after < 0 ? entries.length : after, 0, key);
  return lines.join("\n").replace(LIST, `$1${entries.join(", ")}$3`);
}
