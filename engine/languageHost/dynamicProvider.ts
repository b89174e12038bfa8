/**
 * `pulumi-resource-pulumi-nodejs`: runs dynamic providers. The SDK ships a shell script for it that
 * starts Node twice and stays behind when the engine is killed; this loads the same code at once.
 */
import Module, { createRequire } from "node:module";
import { join } from "node:path";
import { exitWithParent } from "../exitWithParent";

exitWithParent(() => process.exit(1));
const load = createRequire(join(process.cwd(), "index.js"));
// What writes functions into the state, with a TypeScript compiler, has nothing to do where they are read.
for (const name of ["serializeClosure", "codePaths"]) {
  const id = load.resolve(`@pulumi/pulumi/runtime/closure/${name}`);
  const nothing = new Module(id);
  nothing.loaded = true;
  load.cache[id] = nothing;
}
load("@pulumi/pulumi/cmd/dynamic-provider");
