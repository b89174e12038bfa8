"use strict";
// As stacks/main.cjs starts the program.
require("../../../stacks/quickStart.cjs");
require("tsx/cjs");
const outputs = require("./index.ts").deploy();
outputs.catch(() => undefined);
module.exports = outputs;
