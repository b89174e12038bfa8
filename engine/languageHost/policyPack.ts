/**
 * Runs a policy pack without a TypeScript compiler: `node … PROGRAM`. The SDK's own
 * `cmd/run-policy-pack` always loads ts-node, whatever the pack's `typescript` option says.
 */
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

/** The part of the SDK that loads the pack; not in its public types. */
interface PolicyPackModule {
  run(options: {
    argv: { _: string[] };
    programStarted: () => void;
    reportLoggedError: (error: Error) => void;
    typeScript: boolean;
  }): Promise<unknown>;
}

function isPolicyPackModule(module: unknown): module is PolicyPackModule {
  return (
    typeof module === "object" &&
    module !== null &&
    "run" in module &&
    typeof module.run === "function"
  );
}

const program = resolve(process.argv[2] ?? ".");
const sdk: unknown = createRequire(join(program, "index.js"))(
  "@pulumi/pulumi/cmd/run-policy-pack/run",
);
if (!isPolicyPackModule(sdk)) {
  throw new Error("this @pulumi/pulumi has no cmd/run-policy-pack/run: use 3.248.0");
}
// The loader reports errors to the engine; this process's exit code says that there were some.
const failed = (): void => {
  process.exitCode = 1;
};
sdk
  .run({
    argv: { _: [program] },
    programStarted: () => undefined,
    reportLoggedError: failed,
    typeScript: false,
  })
  .catch(failed);
