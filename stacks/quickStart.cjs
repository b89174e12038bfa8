"use strict";
// Leaves out of the Pulumi SDK's start what no program here needs: half of the time until the first resource.
// To be loaded before the SDK.
const Module = require("node:module");

// The SDK brings source-map-support, which rewrites each stack that anybody asks for. Node's own source maps,
// which tsx switches on, do it for errors alone.
Error.prepareStackTrace = undefined;

// It brings the TypeScript compiler and npm's resolver, to write functions into the state: two thirds of
// its own start. Nothing here does so (components/workspace/checkoutResource.ts); who does, loads them then.
for (const name of ["serializeClosure", "codePaths"]) {
  const id = require.resolve(`@pulumi/pulumi/runtime/closure/${name}`);
  const call = (key, args) => {
    delete require.cache[id];
    return require(id)[key](...args);
  };
  const functions = {
    get:
      (_, key) =>
      (...args) =>
        call(key, args),
  };
  const whenCalled = new Module(id, module);
  whenCalled.exports = new Proxy({}, functions);
  whenCalled.loaded = true;
  require.cache[id] = whenCalled;
}

// Of each promise that it makes, the SDK takes down where it was made: a fifth of what is left, for whoever
// looks for promises that never end.
if (!process.env.PULUMI_DEBUG_PROMISE_LEAKS) {
  const debuggable = require("@pulumi/pulumi/runtime/debuggable");
  const { debuggablePromise } = debuggable;
  debuggable.debuggablePromise = (...args) => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    const promise = debuggablePromise(...args);
    Error.stackTraceLimit = stackTraceLimit;
    return promise;
  };
}
