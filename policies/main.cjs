"use strict";
// What the Pulumi engine starts for `--policy-pack policies`: the pack in TypeScript, transpiled as it
// is loaded; stacks/main.cjs says why this way.
Error.prepareStackTrace = undefined;
const Module = require("node:module");

// `@pulumi/policy` takes two things out of `@pulumi/pulumi`, whose index brings the TypeScript compiler
// and npm's resolver: two thirds of the time and half of the memory that a pack would need to start.
const index = new Module(require.resolve("@pulumi/pulumi"), module);
index.exports = {
  asset: require("@pulumi/pulumi/asset"),
  Output: require("@pulumi/pulumi/output").Output,
};
index.loaded = true;
require.cache[index.id] = index;

require("tsx/cjs");
require("./index.ts");
