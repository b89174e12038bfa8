import { existsSync } from "node:fs";
import { relative } from "node:path";
import { obtainEngine } from "../../engine";
import { root } from "../shared/paths";
import { runOnStack } from "../pulumi";
import { environmentOf, readInvocation } from "../stack/stackEnvironment";
import { UserError } from "../shared/userError";
import { filesOf, readResult, stackOf } from "./files";
import { currentCommit } from "../shared/commit";

/** Said by the engine about everything that the plan does not allow. */
const VIOLATION = "violates plan";

/**
 * `ci deploy STACK`: `pulumi up` with the plan that the preview saved, so that what was reviewed is what runs.
 * @throws UserError if there is no plan, or one of another commit, or of a preview that failed.
 */
export async function deploy(args: string[]): Promise<number> {
  const stack = stackOf(args);
  const { plan } = filesOf(stack);
  const { commit, exitCode: previewed } = readResult(stack);
  const again = `npm run ci -- preview ${stack}`;
  if (previewed !== 0)
    throw new UserError(`The preview of ${stack} failed: mend that, then ${again}`);
  if (!existsSync(plan)) throw new UserError(`There is no plan ${relative(root, plan)}: ${again}`);
  const here = currentCommit() ?? "unknown";
  if (commit !== here) {
    throw new UserError(
      `The plan of ${stack} was made at ${commit}, but ${here} is checked out: ${again}`,
    );
  }
  const up = ["up", "-s", stack, "--yes", "--skip-preview", "--non-interactive"];
  const env = environmentOf(readInvocation(up));
  const said: string[] = [];
  const { exitCode, stderr } = await runOnStack(
    await obtainEngine(),
    [...up, "--plan", plan],
    env,
    {
      stdio: "pipe",
      onLine: (line) => {
        said.push(line);
        console.log(line);
      },
    },
  );
  process.stderr.write(stderr);
  if ([...said, stderr].some((line) => line.includes(VIOLATION))) {
    throw new UserError(
      `${stack} is not what it was when its plan was made. Nothing beyond the plan was done, but a part ` +
        `of it may have been. Review anew: ${again}`,
    );
  }
  return exitCode;
}
