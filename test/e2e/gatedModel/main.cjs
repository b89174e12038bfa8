"use strict";
// As stacks/main.cjs starts the program.
Error.prepareStackTrace = undefined;
require("@pulumi/pulumi");
require("tsx/cjs");
const outputs = require("./index.ts").deploy();
outputs.catch(() => undefined);
module.exports = outputs;
