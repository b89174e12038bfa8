"use strict";
// Loaded into the program's process by the benchmark (NODE_OPTIONS=--require): notes when the first
// resource is registered, in seconds since the process began, and whether ts-node was loaded.
const { appendFileSync } = require("node:fs");
const Module = require("node:module");

const report = process.env.MLOPS_BENCH_REPORT;
if (report && /[\\/]cmd[\\/]run(\.js)?$|[\\/]cmd[\\/]run[\\/]index\.js$/.test(process.argv[1] ?? "")) {
  let first;
  const load = Module._load;
  Module._load = function (request, parent, isMain) {
    const exported = load.call(this, request, parent, isMain);
    if (request.endsWith("resource_grpc_pb.js") && exported.ResourceMonitorClient && !exported.probed) {
      exported.probed = true;
      const { prototype } = exported.ResourceMonitorClient;
      const register = prototype.registerResource;
      prototype.registerResource = function (...args) {
        first ??= process.uptime();
        return register.apply(this, args);
      };
    }
    return exported;
  };
  process.on("exit", () => {
    const tsNode = Object.keys(require.cache).some((file) => /[\\/]ts-node[\\/]/.test(file));
    appendFileSync(report, `${JSON.stringify({ first, end: process.uptime(), tsNode })}\n`);
  });
}
