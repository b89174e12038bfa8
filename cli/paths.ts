import { join } from "node:path";

/** The repository's root. */
export const root = join(__dirname, "..");

const kept = join(root, ".mlops");

/** What is obtained or produced on this machine; all of it in one ignored folder. */
export const paths = {
  kept,
  /** Virtual environment with the locked Python packages. */
  python: join(kept, "python"),
  /** State of the local workspace. */
  workspace: join(kept, "workspace"),
  /** Pulumi's file backend for the stack `local`. */
  state: join(kept, "state"),
} as const;
