import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, relative } from "node:path";
import { paths, root } from "../../cli/shared/paths";
import { obtainEngine } from "../../engine";
import { start, type Changes, type CommandResult } from "./command";

/**
 * A git checkout of its own with the files as they are now, for commands that write into the checkout. The engine,
 * the npm and the Python packages are this checkout's.
 */
export class Checkout {
  private constructor(
    /** The checkout, in a temporary folder that also holds what belongs elsewhere, e.g. in a home folder. */
    readonly folder: string,
    private readonly path: readonly string[],
  ) {}

  /** Copies the files and commits them. */
  static async create(): Promise<Checkout> {
    const { cli, provider } = await obtainEngine();
    const path = [dirname(cli.path), dirname(provider.path)];
    const folder = join(realpathSync(mkdtempSync(join(tmpdir(), "mlops-checkout-"))), "checkout");
    const left = [".git", ".mlops", "node_modules"].map((name) => join(root, name));
    cpSync(root, folder, {
      recursive: true,
      // Or the lock file would look newer than what is installed.
      preserveTimestamps: true,
      filter: (file) => !left.includes(file) && !relative(root, file).includes("__pycache__"),
    });
    mkdirSync(join(folder, ".mlops"));
    symlinkSync(paths.python, join(folder, ".mlops", "python"));
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    // A link is no folder, which is what the rule in .gitignore is about.
    writeFileSync(join(folder, ".gitignore"), ".mlops\nnode_modules\n");
    const checkout = new Checkout(folder, path);
    checkout.git("init", "--quiet");
    checkout.git("add", "--all");
    checkout.git("commit", "--quiet", "--message", "Begin");
    return checkout;
  }

  /**
   * Runs a command line in the checkout.
   * @param before - Folder that comes first on the PATH.
   */
  run(
    command: string,
    changes: Changes = {},
    before: readonly string[] = [],
  ): Promise<CommandResult> {
    const PATH = [...before, ...this.path, process.env["PATH"] ?? ""].join(delimiter);
    const neutral = { GITHUB_ACTIONS: undefined, TF_BUILD: undefined };
    const PULUMI_HOME = join(dirname(this.folder), "pulumi");
    return start(
      "bash",
      ["-c", command],
      { ...neutral, PATH, PULUMI_HOME, ...changes },
      this.folder,
    ).ended;
  }

  git(...args: string[]): string {
    const who = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
    const { status, stdout, stderr } = spawnSync("git", [...who, ...args], {
      cwd: this.folder,
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(stderr);
    return stdout;
  }

  /** Changes a file. @throws Error if `edit` leaves it as it was. */
  edit(name: string, edit: (text: string) => string): void {
    const file = join(this.folder, name);
    const before = readFileSync(file, "utf8");
    const after = edit(before);
    if (after === before) throw new Error(`The edit changes nothing in ${name}.`);
    writeFileSync(file, after);
  }

  remove(): void {
    rmSync(dirname(this.folder), { recursive: true, force: true });
  }
}
