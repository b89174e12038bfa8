import { projectName } from "../stack/project";
import { UserError } from "../shared/userError";
import { noEvents, readEvents } from "./events";
import { readPlan } from "./plan";
import { reportOf, reportOfFailure, type Report } from "./report";
import { plainText } from "./text";

/** What is known of a preview, as text. */
export interface Sources {
  /** What `pulumi preview --json` wrote. */
  readonly preview: string;
  /** What it wrote to the file of `--event-log`. */
  readonly events?: string | undefined;
  /** What it wrote to standard error, where a preview that ended early says why. */
  readonly log?: string | undefined;
  readonly stack?: string | undefined;
  readonly commit?: string | undefined;
  /** With which it ended, if that is known. */
  readonly exitCode?: number | undefined;
  /** What to call the preview in an error. */
  readonly name: string;
}

/** What a preview that ended before it had a plan says. */
const SAYS_ERROR = /^\s*error:/m;

/**
 * Reads a preview. One that failed before it had a plan, which its exit code or its own words tell, is a report of
 * that failure.
 * @throws UserError if the text is no preview, and nothing says that one failed.
 */
export function readReport({ preview, events, log, name, ...about }: Sources): Report {
  const context = { project: projectName(), ...about };
  const plan = readPlan(preview);
  if (plan !== undefined)
    return reportOf(plan, events === undefined ? noEvents : readEvents(events), context);
  const text = plainText(`${preview}\n${log ?? ""}`);
  const failed = about.exitCode === undefined ? SAYS_ERROR.test(text) : about.exitCode !== 0;
  if (failed) return reportOfFailure(text, context);
  throw new UserError(
    `${name} is no preview: there is no JSON in it with "steps", "diagnostics" or "changeSummary". ` +
      "Make it with `npm run pulumi -- preview --json -s STACK > preview.json`; " +
      "if that failed, say so with --exit-code.",
  );
}
