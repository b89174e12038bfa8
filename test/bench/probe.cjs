"use strict";
// Loaded into the program's process by the benchmark (NODE_OPTIONS=--require). Notes when the first
// resource is registered and when the first after the stack itself is, in seconds since the process
// began, and whether ts-node was loaded.
const { appendFileSync } = require("node:fs");
const Module = require("node:module");

const report = process.env.MLOPS_BENCH_REPORT;
const isProgram = /[\\/]@pulumi[\\/]pulumi[\\/]cmd[\\/]run\b/.test(process.argv[1] ?? "");
if (report && isProgram) {
  const times = [];
  const load = Module._load;
  Module._load = function (request, ...rest) {
    const exported = load.call(this, request, ...rest);
    const client = /\bresource_grpc_pb(\.js)?$/.test(request) && exported.ResourceMonitorClient;
    if (client && !client.probed) {
      client.probed = true;
      const register = client.prototype.registerResource;
      client.prototype.registerResource = function (...args) {
        if (times.length < 2) times.push(process.uptime());
        return register.apply(this, args);
      };
    }
    return exported;
  };
  process.on("exit", () => {
    const tsNode = Object.keys(require.cache).some((file) => /[\\/]ts-node[\\/]/.test(file));
    const [stack, first] = times;
    appendFileSync(report, `${JSON.stringify({ stack, first, tsNode })}\n`);
  });
}
