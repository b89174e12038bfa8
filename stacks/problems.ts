import type { z } from "zod";

/** How a file's mistakes are told. */
export interface Telling {
  /** What a place in the file is called. */
  readonly name: (path: readonly PropertyKey[]) => string;
  /** How a value is shown. @default as JSON */
  readonly show?: (value: unknown, path: readonly PropertyKey[]) => string;
}

/**
 * What is wrong with a file, a line for each mistake: place, value, and what is allowed.
 * @param given - The file's content, of which `error` tells.
 */
export function problemsOf(error: z.core.$ZodError, given: unknown, telling: Telling): string[] {
  return error.issues.flatMap(specific).map((issue) => describe(issue, given, telling));
}

function describe(issue: z.core.$ZodIssue, given: unknown, { name, show }: Telling): string {
  if (issue.code === "unrecognized_keys") {
    return `${name([...issue.path, issue.keys.join(", ")])}: ${issue.message}`;
  }
  const value = issue.path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined,
    given,
  );
  if (value === undefined) return `${name(issue.path)} is missing; ${issue.message}`;
  const shown = show === undefined ? JSON.stringify(value) : show(value, issue.path);
  return `${name(issue.path)} is ${shown}; ${issue.message}`;
}

/** Where one of several shapes was meant, as what is inside the value shows, the mistakes in that one. */
function specific(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== "invalid_union") return [issue];
  const meant = issue.errors.find((shape) =>
    shape.every(({ code, path }) => path.length > 0 || code === "unrecognized_keys"),
  );
  if (meant === undefined) return [issue];
  return meant.flatMap((inner) => specific({ ...inner, path: [...issue.path, ...inner.path] }));
}
