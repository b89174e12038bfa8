import { z } from "zod";
import { invalid } from "../errors";

/*
 * What Unity Catalog allows as a tag, of securables and of MLflow's models and versions alike:
 * https://learn.microsoft.com/en-us/azure/databricks/database-objects/tags#constraints
 * MLflow's own tags are no exception: Databricks refuses `mlflow.source.type` on a version,
 * https://github.com/mlflow/recipes-examples/issues/58
 */

/** Tags that one object can have. */
export const MOST_TAGS = 50;

const untrimmed = (text: string) => text === text.trim();

export const tagKey = z
  .string()
  .min(1, "must not be empty")
  .max(255, "must not be longer than 255 characters")
  .regex(/^[^.,\-=/:\r\n]*$/, "must not hold any of . , - = / :")
  .refine(untrimmed, "must not begin or end with a space");

export const tagValue = z
  .string()
  .max(1000, "must not be longer than 1000 characters")
  .refine(untrimmed, "must not begin or end with a space");

/** A tag as MLflow has it. */
interface Tag {
  readonly key: string;
  readonly value: string;
}

/**
 * Makes sure that an object can be given `added` besides the tags that it has.
 * @param object - What is tagged, for the message.
 * @throws ApiError INVALID_PARAMETER_VALUE saying which tag is none, or that there are too many.
 */
export function requireTags(
  object: string,
  added: readonly Tag[],
  existing: readonly Tag[] = [],
): void {
  for (const { key, value } of added) {
    refuse(`Tag key '${key.slice(0, 300)}'`, tagKey.safeParse(key));
    refuse(`The value of tag '${key}'`, tagValue.safeParse(value));
  }
  const keys = new Set([...existing, ...added].map(({ key }) => key));
  if (keys.size > MOST_TAGS && added.some(({ key }) => existing.every((one) => one.key !== key)))
    throw invalid(`${object} would have ${keys.size} tags; the most there can be is ${MOST_TAGS}.`);
}

function refuse(what: string, { error }: z.ZodSafeParseResult<string>): void {
  const [issue] = error?.issues ?? [];
  if (issue !== undefined) throw invalid(`${what} ${issue.message}.`);
}
