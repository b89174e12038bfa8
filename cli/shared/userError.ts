/** A mistake or a missing thing that the user can mend: shown as its message alone, exit code 1. */
export class UserError extends Error {
  override readonly name = "UserError";
}

/** What somebody threw, in its own words. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
