import { invalid, missing } from "../errors";
import { objectName, partsOf } from "../unityCatalog/names";
import type { Workspace } from "../workspace";
import { models, type ModelRecord } from "./records";

/** The full name of a model, in lower case. @throws ApiError INVALID_PARAMETER_VALUE unless it has three parts. */
export function modelName(name: string): string {
  const parts = partsOf(name, 3);
  const bad = parts.map((part) => objectName.safeParse(part)).find(({ success }) => !success);
  if (bad !== undefined || /[:'"`]/.test(name))
    throw invalid(
      `Invalid model name '${name}': it must not hold spaces, slashes, colons or quotes.`,
    );
  return parts.join(".");
}

/** @throws ApiError 404 RESOURCE_DOES_NOT_EXIST. */
export function requireModel(workspace: Workspace, name: string): ModelRecord {
  const found = models(workspace).get(modelName(name));
  if (found === undefined) throw missing("Registered model", name);
  return found;
}
