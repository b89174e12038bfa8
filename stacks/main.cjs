"use strict";
// What the Pulumi engine starts: the program in TypeScript, transpiled file by file as it is loaded.
// Types are checked by `npm test`, not at every preview, and there is no build that could be stale.

// The SDK brings source-map-support, which rewrites the stack of every promise that it makes: a fifth
// of a large program's time. Node's own source maps, which tsx switches on, do it for errors alone.
Error.prepareStackTrace = undefined;
// Loaded first, because it brings the TypeScript compiler, which tsx would read through for a second.
require("@pulumi/pulumi");
require("tsx/cjs");
const outputs = require("./index.ts").deploy();
// The SDK looks at it a moment later. Until then Node takes a failure for one that nobody handles,
// and warns about that beside the message of the failure itself.
outputs.catch(() => undefined);
module.exports = outputs;
