import { readdirSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import * as databricks from "@pulumi/databricks";
import * as pulumi from "@pulumi/pulumi";

/** Arguments of {@link TaskSources}. */
export interface TaskSourcesArgs {
  /** Folder in this repository whose Python files are uploaded; `tests` folders stay here. */
  readonly directory: string;
  /** Workspace folder that they go to, e.g. `/Shared/ml/jobs`. */
  readonly folder: string;
}

/** The Python that jobs run, as workspace files, laid out as in this repository. */
export class TaskSources extends pulumi.ComponentResource {
  readonly #folder: string;
  readonly #files: ReadonlySet<string>;

  constructor(name: string, args: TaskSourcesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:TaskSources", name, {}, opts);
    this.#folder = args.folder;
    const files = pythonFiles(args.directory);
    this.#files = new Set(files);

    const root = new databricks.Directory(
      `${name}-folder`,
      { path: args.folder, deleteRecursive: true },
      { parent: this },
    );
    const folders = new Map<string, databricks.Directory>();
    for (const folder of new Set(files.map((file) => posix.dirname(file)))) {
      if (folder === ".") continue;
      const path = posix.join(args.folder, folder);
      folders.set(
        folder,
        new databricks.Directory(
          `${name}-folder-${folder.replaceAll("/", "-")}`,
          { path, deleteRecursive: true },
          { parent: this, dependsOn: [root] },
        ),
      );
    }
    for (const file of files) {
      new databricks.WorkspaceFile(
        `${name}-${file.replaceAll("/", "-")}`,
        { path: posix.join(args.folder, file), source: join(args.directory, file) },
        { parent: this, dependsOn: [folders.get(posix.dirname(file)) ?? root] },
      );
    }
    this.registerOutputs({ folder: args.folder });
  }

  /**
   * Where a job finds `file`, e.g. `churn/train.py` → `/Workspace/Shared/ml/jobs/churn/train.py`.
   * @throws pulumi.RunError if there is no such file.
   */
  path(file: string): string {
    if (!this.#files.has(file)) {
      throw new pulumi.RunError(
        `The task source '${file}' is not one of ${[...this.#files].join(", ")}.`,
      );
    }
    return posix.join("/Workspace", this.#folder, file);
  }
}

function pythonFiles(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".py"))
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter((file) => !dirname(file).split("/").includes("tests"))
    .sort();
}
