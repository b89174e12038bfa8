"use strict";
// The entry of every npm command. Plain JavaScript that any Node can read: it says what is missing
// before anything newer than that is loaded, and installs the packages of a fresh clone.
const { spawnSync } = require("node:child_process");
const { existsSync, statSync, utimesSync } = require("node:fs");
const { join } = require("node:path");

const root = join(__dirname, "..");
const OLDEST_NODE = 20;

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function isNewer(a, b) {
  return !existsSync(b) || statSync(a).mtimeMs > statSync(b).mtimeMs;
}

if (Number(process.versions.node.split(".")[0]) < OLDEST_NODE) {
  fail(`This needs Node ${OLDEST_NODE} or newer; this is Node ${process.versions.node}.`);
}

// npm writes this file at the end of every install, so it tells which lock file is installed.
const installed = join(root, "node_modules", ".package-lock.json");
if (isNewer(join(root, "package-lock.json"), installed)) {
  process.stderr.write("Installing the npm packages (about half a minute the first time)\n");
  const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
  if (npm.status !== 0) fail("npm ci failed; the messages above say why.");
  utimesSync(installed, new Date(), new Date());
}

require("tsx/cjs");
const [, , command, ...args] = process.argv;
const { main } = require(`./${command}.ts`);
main(args).then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    // What the user can mend is one line. Anything else is a defect of ours: all of it.
    const mendable = ["UserError", "EngineError", "WorkspaceError"].includes(error.name);
    fail(mendable ? error.message : (error.stack ?? String(error)));
  },
);
