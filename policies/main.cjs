"use strict";
// What the Pulumi engine starts for `--policy-pack policies`: the pack in TypeScript, transpiled as it
// is loaded; stacks/main.cjs says why this way.
Error.prepareStackTrace = undefined;
require("@pulumi/policy");
require("tsx/cjs");
require("./index.ts");
