import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runPulumi, type Engine } from "../../engine";
import { ManyRegistry } from "./manyRegistry";
import { MANY } from "./manyModels";

const PAIRS = 3;

/** What a preview with {@link MANY} gates costs. */
export interface GatesCost {
  /** Against the same preview without gates: of each pair, one after the other. */
  readonly ratios: readonly number[];
  /** The most calls to the registry that one preview made for a model. */
  readonly callsPerModel: number;
}

/**
 * Previews the program of `manyModels.ts` in turn with gates and without, against a double of the registry.
 * @param folder - Below the repository, so that the program finds the same `node_modules`.
 * @throws Error if a preview fails, or if a gate does not ask.
 */
export async function measureGates(engine: Engine, folder: string): Promise<GatesCost> {
  const registry = await ManyRegistry.start();
  const program = writeProgram(join(folder, "many"));
  const pulumi = async (args: readonly string[], gates: "yes" | "no") => {
    const env = {
      ...process.env,
      PULUMI_BACKEND_URL: `file://${folder}`,
      PULUMI_CONFIG_PASSPHRASE: "local",
      DATABRICKS_HOST: registry.url,
      DATABRICKS_TOKEN: "bench",
      DATABRICKS_AUTH_TYPE: "pat",
      MLOPS_BENCH_GATES: gates,
    };
    const begun = performance.now();
    const result = await runPulumi(engine, args, { cwd: program, env, stdio: "pipe" });
    if (result.exitCode !== 0) throw new Error(`${result.stdout}${result.stderr}`);
    return { seconds: (performance.now() - begun) / 1000, said: result.stdout };
  };
  try {
    await pulumi(["stack", "init", "many", "--no-select"], "no");
    const preview = ["preview", "-s", "many"];
    const ratios: number[] = [];
    let callsPerModel = 0;
    for (let pair = 0; pair <= PAIRS; pair++) {
      registry.calls.clear();
      const gated = await pulumi(preview, "yes");
      const bare = await pulumi(preview, "no");
      const asked = registry.calls.size;
      if (asked !== MANY || !gated.said.includes("→ champion: PROMOTED")) {
        throw new Error(`${asked} of ${MANY} gates asked.\n${gated.said}`);
      }
      callsPerModel = Math.max(callsPerModel, ...registry.calls.values());
      // The first pair warms the caches of disk and transpiler.
      if (pair > 0) ratios.push(gated.seconds / bare.seconds);
      console.log(
        `${MANY} models: ${gated.seconds.toFixed(1)} s gated, ${bare.seconds.toFixed(1)} s not`,
      );
    }
    return { ratios, callsPerModel };
  } finally {
    registry.close();
  }
}

function writeProgram(folder: string): string {
  mkdirSync(folder, { recursive: true });
  // Task sources are named relative to the program.
  symlinkSync(join(__dirname, "..", "..", "jobs"), join(folder, "jobs"));
  writeFileSync(join(folder, "Pulumi.yaml"), YAML);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "many", main: "index.js" }));
  writeFileSync(join(folder, "index.js"), programText(join(__dirname, "manyModels.ts")));
  return folder;
}

const YAML = `name: many
runtime:
  name: nodejs
  options: { typescript: false }
`;

/** The same beginning as `stacks/main.cjs`. */
const programText = (models: string) => `"use strict";
require(${JSON.stringify(join(__dirname, "..", "..", "stacks", "quickStart.cjs"))});
require("tsx/cjs");
const made = require(${JSON.stringify(models)}).manyModels();
made.catch(() => undefined);
module.exports = made;
`;
