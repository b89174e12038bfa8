import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join, resolve, sep } from "node:path";

/** Where things are in a checkout; everything obtained is below `home`. */
export interface Layout {
  /** The repository's root. */
  readonly root: string;
  /** `.mlops/engine`, ignored by git. */
  readonly home: string;
  /** A CLI of ours, and the plugins that Pulumi expects next to its CLI. */
  readonly bin: string;
  /** Pulumi's home folder for a CLI of ours: other plugins, credentials, workspaces. */
  readonly pulumiHome: string;
}

/** The layout of the checkout at `root`. */
export function layoutOf(root: string): Layout {
  const home = join(root, ".mlops", "engine");
  return { root, home, bin: join(home, "bin"), pulumiHome: join(home, "home") };
}

/** The first executable file of that name on a PATH, leaving out what lies below `except`. */
export function findOnPath(name: string, path: string, except: string): string | undefined {
  for (const directory of path.split(delimiter)) {
    const file = resolve(directory, name);
    if (directory !== "" && !file.startsWith(except + sep) && isExecutable(file)) {
      return file;
    }
  }
  return undefined;
}

/** Whether `file` is a regular file that may be executed. */
export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
