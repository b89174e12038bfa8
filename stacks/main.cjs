"use strict";
// What the Pulumi engine starts: the program in TypeScript, transpiled file by file as it is loaded.
// Types are checked by `npm test`, not at every preview, and there is no build that could be stale.
require("tsx/cjs");
module.exports = require("./index.ts").deploy();
