import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { z } from "zod";
import { paths, root } from "../shared/paths";
import { stackFile } from "../stack/project";
import { UserError } from "../shared/userError";

/** What a preview leaves behind for the steps after it; a pipeline hands the folder on as an artifact. */
export interface StackFiles {
  readonly folder: string;
  /** What `pulumi preview --json` says. */
  readonly preview: string;
  /** The engine's events, JSON lines: policy findings are only there. */
  readonly events: string;
  /** What Pulumi complained of. */
  readonly log: string;
  /** What `pulumi up --plan` is bound to. Secrets in it are encrypted, as in the state. */
  readonly plan: string;
  readonly markdown: string;
  readonly html: string;
  /** What {@link PreviewResult} describes. */
  readonly result: string;
}

/** The files of a stack's preview, in `.mlops/ci/STACK`. */
export function filesOf(stack: string): StackFiles {
  const folder = join(paths.ci, stack);
  return {
    folder,
    preview: join(folder, "preview.json"),
    events: join(folder, "events.jsonl"),
    log: join(folder, "preview.log"),
    plan: join(folder, "plan.json"),
    markdown: join(folder, "report.md"),
    html: join(folder, "report.html"),
    result: join(folder, "result.json"),
  };
}

const previewResult = z.object({
  stack: z.string(),
  /** The commit that was previewed. */
  commit: z.string(),
  exitCode: z.number().int(),
  /** Whether an update would do anything; true where nobody knows. */
  changed: z.boolean(),
});

/** How a preview ended. */
export type PreviewResult = z.output<typeof previewResult>;

/**
 * What the last preview of a stack left.
 * @throws UserError if there was none.
 */
export function readResult(stack: string): PreviewResult {
  const { result } = filesOf(stack);
  if (!existsSync(result)) {
    throw new UserError(
      `There is no preview of ${stack} in ${relative(root, filesOf(stack).folder)}: ` +
        `npm run ci -- preview ${stack}`,
    );
  }
  return previewResult.parse(JSON.parse(readFileSync(result, "utf8")));
}

/** Makes the folder of a stack's files. */
export function makeFolder(stack: string): StackFiles {
  const files = filesOf(stack);
  mkdirSync(files.folder, { recursive: true });
  return files;
}

/**
 * The stack that a step was given.
 * @throws UserError if it was given none, or one that has no file in the repository.
 */
export function stackOf([stack]: readonly string[]): string {
  if (stack === undefined) throw new UserError("Which stack? Give its name, e.g. dev.");
  if (!/^[\w.-]+$/.test(stack) || !existsSync(stackFile(stack))) {
    throw new UserError(`There is no stack '${stack}': there is no file Pulumi.${stack}.yaml.`);
  }
  return stack;
}
