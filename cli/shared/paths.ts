import { join, resolve } from "node:path";

/** The repository's root. */
export const root = join(__dirname, "..", "..");

const kept = join(root, ".mlops");

/** `MLOPS_HOME` names another folder for what is produced, e.g. one of a test's own. */
const produced = resolve(process.env["MLOPS_HOME"] ?? kept);

/** What is obtained or produced on this machine; all of it in one ignored folder. */
export const paths = {
  kept,
  /** Virtual environment with the locked Python packages. */
  python: join(kept, "python"),
  /** State of the local workspace. */
  workspace: join(produced, "workspace"),
  /** Build contexts of models' images. */
  images: join(produced, "images"),
  /** What the steps of a pipeline hand on to each other, a folder per stack. */
  ci: join(produced, "ci"),
  /** What a workspace in the background says. */
  workspaceLog: join(produced, "workspace.log"),
  /** Pulumi's file backend for the stack `local`. */
  state: join(produced, "state"),
} as const;
