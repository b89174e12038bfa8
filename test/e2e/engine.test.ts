import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { obtainEngine, type PulumiResult, runPulumi } from "../../engine";

const repository = resolve(__dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "mlops-engine-"));
/** Every process of these tests has this in its environment. */
const mark = `ENGINE_TEST=${folder}`;

const program = `
// The SDK's own source maps send Node 20's error printer into an endless loop.
Error.prepareStackTrace = undefined;
const pulumi = require("@pulumi/pulumi");
const behaviour = new pulumi.Config().get("behaviour");
if (behaviour === "throw") throw new Error("the program is broken");
if (behaviour === "hang") setInterval(() => {}, 1000);
class Note extends pulumi.dynamic.Resource {
  constructor(name, props) {
    super({ create: async (inputs) => ({ id: "note", outs: inputs }) }, name, props);
  }
}
const note = new Note("note", { text: new pulumi.Config().require("text") });
module.exports = {
  text: note.text,
  tsNode: Object.keys(require.cache).filter((file) => file.includes("ts-node")),
};`;

const policyPack = `
const { PolicyPack } = require("@pulumi/policy");
const tsNode = Object.keys(require.cache).filter((file) => file.includes("ts-node"));
new PolicyPack("texts", {
  policies: [{
    name: "no-swearing",
    description: "A note is polite.",
    enforcementLevel: "mandatory",
    validateResource: (args, report) => {
      if (args.props.text === "damn") report("impolite; ts-node modules: " + tsNode.length);
    },
  }],
});`;

const settings = {
  ...process.env,
  ENGINE_TEST: folder,
  PULUMI_BACKEND_URL: `file://${folder}`,
  PULUMI_CONFIG_PASSPHRASE: "for a test",
};

async function pulumi(...args: string[]): Promise<PulumiResult> {
  const engine = await obtainEngine();
  return runPulumi(engine, [...args, "--non-interactive"], {
    cwd: folder,
    env: settings,
    stdio: "pipe",
  });
}

async function configure(key: string, value: string): Promise<void> {
  expect((await pulumi("config", "set", key, value)).exitCode).toBe(0);
}

beforeAll(async () => {
  const runtime = "runtime: { name: nodejs, options: { typescript: false } }\n";
  const files = {
    "Pulumi.yaml": `name: tiny\n${runtime}`,
    "package.json": JSON.stringify({ main: "program.cjs" }),
    "program.cjs": program,
    "policies/PulumiPolicy.yaml": runtime,
    "policies/package.json": JSON.stringify({ version: "1.0.0", main: "pack.cjs" }),
    "policies/pack.cjs": policyPack,
  };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
  expect((await pulumi("stack", "init", "test")).exitCode).toBe(0);
  await configure("text", "hello");
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("a Node program", () => {
  it("is run without ts-node, with its dynamic resource, and then unchanged", async () => {
    const up = await pulumi("up", "--yes", "--skip-preview");
    expect(up).toMatchObject({ exitCode: 0, stderr: "" });
    expect(up.stdout).not.toContain("warning");
    const outputs = await pulumi("stack", "output", "--json");
    expect(JSON.parse(outputs.stdout)).toEqual({ text: "hello", tsNode: [] });
    expect((await pulumi("preview", "--expect-no-changes")).exitCode).toBe(0);
  });

  it("that throws fails the command with its own message only", async () => {
    await configure("behaviour", "throw");
    const { exitCode, stdout } = await pulumi("preview");
    await configure("behaviour", "run");
    expect(exitCode).not.toBe(0);
    expect(stdout).toContain("the program is broken");
    expect(stdout).not.toContain("exit code");
  });

  it("is described by pulumi about", async () => {
    const about: unknown = JSON.parse((await pulumi("about", "--json")).stdout);
    expect(about).toMatchObject({ runtime: { language: "nodejs", version: process.version } });
  });
});

describe("a policy pack", () => {
  const check = (): Promise<PulumiResult> =>
    pulumi("preview", "--policy-pack", join(folder, "policies"));

  it("lets pass what it allows", async () => {
    const { exitCode, stdout } = await check();
    expect(stdout).toContain("texts@v1.0.0");
    expect(exitCode).toBe(0);
  });

  it("stops what it forbids, and runs without ts-node too", async () => {
    await configure("text", "damn");
    const { exitCode, stdout } = await check();
    await configure("text", "hello");
    expect(exitCode).not.toBe(0);
    expect(stdout).toContain("impolite; ts-node modules: 0");
  });
});

// The processes of a test are found by their environment.
describe.runIf(process.platform === "linux")("no process is left", () => {
  beforeAll(() => configure("behaviour", "hang"));

  it("by a finished command", async () => {
    await pulumi("stack", "ls");
    await vi.waitFor(() => {
      expect(processes()).toEqual([]);
    }, 5000);
  });

  it.each([
    ["SIGINT to the command", "command", "SIGINT"],
    ["SIGTERM to the command", "command", "SIGTERM"],
    ["SIGKILL of the command", "command", "SIGKILL"],
    ["SIGKILL of the CLI", "bin/pulumi ", "SIGKILL"],
    ["SIGKILL of the language host", "bin/pulumi-language-nodejs ", "SIGKILL"],
  ] as const)("after %s while a program runs", async (_what, target, signal) => {
    const command = await startPreview();
    const ended = new Promise((resolve) => command.on("exit", resolve));
    const child = processes().find(({ line }) => line.includes(target));
    process.kill((target === "command" ? command.pid : child?.id) ?? Number.NaN, signal);
    await vi.waitFor(() => {
      expect(processes()).toEqual([]);
    }, 20_000);
    expect(await ended).not.toBe(0);
  });

  afterEach(() => {
    for (const { id } of processes()) {
      process.kill(id, "SIGKILL");
    }
  });

  /** Starts a command in a process of its own, and waits until the Node program hangs. */
  async function startPreview(): Promise<ChildProcess> {
    const script = `
      const { obtainEngine, runPulumi } = require(${JSON.stringify(join(repository, "engine"))});
      obtainEngine()
        .then((engine) => runPulumi(engine, ["preview", "--non-interactive"]))
        .then(({ exitCode }) => process.exit(exitCode));`;
    const tsx = require.resolve("tsx");
    const command = spawn(process.execPath, ["--import", tsx, "-e", script], {
      cwd: folder,
      env: settings,
      stdio: "ignore",
    });
    await once(command, "spawn");
    await vi.waitFor(() => {
      expect(processes().some(({ line }) => line.includes("cmd/run"))).toBe(true);
    }, 30_000);
    return command;
  }
});

function processes(): { id: number; line: string }[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((id) => contentOf(`/proc/${id}/environ`).includes(mark))
    .map((id) => ({ id: Number(id), line: contentOf(`/proc/${id}/cmdline`).replaceAll("\0", " ") }))
    .filter(({ line }) => line !== "");
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
