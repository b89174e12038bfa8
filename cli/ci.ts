import { comment } from "./ci/comment";
import { deploy } from "./ci/deploy";
import { image } from "./ci/image";
import { preview } from "./ci/preview";
import { passOnServiceConnection } from "./ci/signIn";
import { train } from "./ci/train";
import { validate } from "./ci/validate";
import { UserError } from "./shared/userError";

const usage = `Usage: npm run ci -- STEP …
What the pipelines run; every step runs on any machine.
  preview STACK [--base REF]   preview with saved plan and report, in .mlops/ci/STACK;
                               --base: of the stack local, on top of what REF deploys
  comment STACK                puts that report into the pull request that CI builds
  train STACK [JOB …]          runs the jobs that train the stack's models, or the jobs named
  validate STACK               preview, with every gate's verdict; fails if one blocks
  deploy STACK                 applies the saved plan
  image STACK MODEL --registry R
                               builds and pushes the image of a model's champion`;

const steps: Readonly<Record<string, (args: string[]) => Promise<number>>> = {
  preview,
  comment,
  train,
  validate,
  deploy,
  image,
};

/** Names of the steps. */
export const STEPS: readonly string[] = Object.keys(steps);

/** `npm run ci`: one step of a pipeline. */
export async function main([name, ...args]: string[]): Promise<number> {
  const step = Object.entries(steps).find(([known]) => known === name)?.[1];
  if (step === undefined) {
    throw new UserError(
      `${name === undefined ? "Which step?" : `There is no step '${name}'.`}\n${usage}`,
    );
  }
  passOnServiceConnection(process.env);
  return step(args);
}
