"use strict";
// What the Pulumi engine starts: the program in TypeScript, transpiled file by file as it is loaded.
// Types are checked by `npm test`, not at every preview, and there is no build that could be stale.
require("./quickStart.cjs");
require("tsx/cjs");
const outputs = require("./index.ts").deploy();
// The SDK looks at it a moment later. Until then Node takes a failure for one that nobody handles,
// and warns about that beside the message of the failure itself.
outputs.catch(() => undefined);
module.exports = outputs;
