import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { Rollback } from "./decision/rollback";

/** The variable that orders a rollback for one update: the fields of {@link Rollback} in JSON. */
export const ROLLBACK_VARIABLE = "MLOPS_GATE_ROLLBACK";

const text = z.string().trim().min(1);

const rollback = z.strictObject({
  model: text,
  to: z.string().regex(/^[1-9]\d*$/, "must be a version's number"),
  reason: text,
  by: text,
});

/**
 * The rollback that this update is to make of a model; null if none is ordered, or one of another model.
 * @throws pulumi.RunError if the order cannot be read.
 */
export function rollbackRequest(
  model: string,
  environment: NodeJS.ProcessEnv = process.env,
): Rollback | null {
  const ordered = orderIn(environment);
  return ordered?.model === model ? ordered : null;
}

/**
 * Whether this update is to roll back another model than this one.
 * @throws pulumi.RunError if the order cannot be read.
 */
export function rollsBackAnother(
  model: string,
  environment: NodeJS.ProcessEnv = process.env,
): boolean {
  const ordered = orderIn(environment);
  return ordered !== null && ordered.model !== model;
}

function orderIn(environment: NodeJS.ProcessEnv): Rollback | null {
  const given = environment[ROLLBACK_VARIABLE];
  if (given === undefined || given === "") return null;
  const read = z
    .string()
    .transform((json, context): unknown => {
      try {
        return JSON.parse(json);
      } catch {
        context.addIssue("must be JSON");
        return z.NEVER;
      }
    })
    .pipe(rollback)
    .safeParse(given);
  if (!read.success) {
    throw new pulumi.RunError(
      `${ROLLBACK_VARIABLE} cannot be read: ${z.prettifyError(read.error)}`,
    );
  }
  return read.data;
}
