/**
 * `pulumi-resource-pulumi-nodejs`: runs dynamic providers. The SDK ships a shell script for it that
 * starts Node twice and stays behind when the engine is killed; this loads the same code at once.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { exitWithParent } from "../exitWithParent";

exitWithParent(() => process.exit(1));
createRequire(join(process.cwd(), "index.js"))("@pulumi/pulumi/cmd/dynamic-provider");
