"use strict";
// What the Pulumi engine starts: the program in TypeScript, transpiled file by file as it is loaded.
// Types are checked by `npm test`, not at every preview, and there is no build that could be stale.

// The SDK brings source-map-support, which rewrites the stack of every promise that it makes: a fifth
// of a large program's time. Node's own source maps, which tsx switches on, do it for errors alone.
Error.prepareStackTrace = undefined;
require("tsx/cjs");
module.exports = require("./index.ts").deploy();
