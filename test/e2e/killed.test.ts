import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { root } from "../../cli/shared/paths";
import { python } from "../../cli/python/python";
import { callWorkspace } from "../../components/workspace/rest";
import { startWorkspace, type RunningWorkspace } from "../../local/start";
import { MODEL, register } from "./candidates";
import { npmRun, processesWith, start, type CommandResult } from "./command";
import { MINUTES, only, said } from "./deployment";
import { Interceptor, type Moment } from "./interceptor";

/** The command that a user has; `--skip-preview` only saves time. */
const RUN = ["run", "pulumi", "--", "up", "--yes", "-s", "local"];
const UC = "/api/2.1/unity-catalog";

/** Whatever the workspace lists, by the name that must be there once. */
const listings = [
  { path: "/api/2.2/jobs/list", list: "jobs", name: "settings.name" },
  { path: "/api/2.0/alerts", list: "alerts", name: "display_name" },
  { path: "/api/2.0/notification-destinations", list: "results", name: "display_name" },
  { path: "/api/2.0/sql/warehouses", list: "warehouses", name: "name" },
  { path: "/api/2.0/mlflow/experiments/list", list: "experiments", name: "name" },
  { path: "/api/2.0/serving-endpoints", list: "endpoints", name: "name" },
  { path: `${UC}/catalogs`, list: "catalogs", name: "name" },
];

/** What is under way at the same time when an update is killed: none of it waits for the others. */
interface Kill {
  readonly what: string;
  readonly moments: readonly Moment[];
}

/** The updates of an empty workspace, in about the order in which things are made. */
const firstUpdate: readonly Kill[] = [
  {
    what: "a warehouse has been made, and a file not yet",
    moments: [
      { method: "POST", path: /\/sql\/warehouses$/, at: "answer" },
      { method: "POST", path: /\/workspace\/import$/, nth: 5, at: "request" },
    ],
  },
  {
    what: "a key and a tag have been made",
    moments: [
      { method: "POST", path: /\/unity-catalog\/constraints$/, at: "answer" },
      { method: "POST", path: /\/entity-tag-assignments$/, at: "answer" },
    ],
  },
  {
    what: "a job has been made",
    moments: [{ method: "POST", path: /\/jobs\/create$/, at: "answer" }],
  },
];

/** The updates that promote a first champion. */
const promotion: readonly Kill[] = [
  {
    what: "the alias has been set",
    moments: [{ method: "PUT", path: /\/aliases\/champion$/, at: "answer" }],
  },
  {
    what: "a monitor has been made",
    moments: [{ method: "POST", path: /\/monitors$/, at: "answer" }],
  },
  {
    what: "an alert has been made",
    moments: [{ method: "POST", path: /\/alerts$/, at: "answer" }],
  },
];

// Processes are found by their environment.
describe.runIf(process.platform === "linux")("an update that is killed", () => {
  const home = mkdtempSync(join(tmpdir(), "mlops-killed-"));
  const config = join(home, "Pulumi.local.yaml");
  let workspace: RunningWorkspace;
  let interceptor: Interceptor;

  beforeAll(async () => {
    const yaml = readFileSync(join(root, "Pulumi.local.yaml"), "utf8");
    writeFileSync(config, only("customerChurn")(yaml));
    workspace = await startWorkspace({ root: join(home, "workspace"), python });
    interceptor = await Interceptor.start(workspace.url);
  }, 2 * MINUTES);

  afterAll(async () => {
    await interceptor.close();
    await workspace.close();
    rmSync(home, { recursive: true, force: true });
  });

  const env = () => ({
    MLOPS_HOME: home,
    DATABRICKS_HOST: interceptor.url,
    DATABRICKS_TOKEN: workspace.token,
  });
  const pulumi = (...args: string[]) =>
    npmRun(["pulumi", "--", ...args, "-s", "local", "--config-file", config], env());
  const get = (path: string) =>
    callWorkspace({ host: workspace.url, token: workspace.token }, { method: "GET", path });

  /** Starts the update that a user would, and kills Pulumi with SIGKILL when it has come to all these moments. */
  async function killAt(moments: readonly Moment[]): Promise<CommandResult> {
    const missing = new Set(moments);
    const killed = Promise.all(
      moments.map((moment) =>
        interceptor.at(moment, async () => {
          missing.delete(moment);
          // The others wait, unanswered, for the last.
          if (missing.size === 0) killPulumi();
          await vi.waitUntil(() => missing.size === 0, 2 * MINUTES);
          return "withhold";
        }),
      ),
    );
    const { ended } = start("npm", [...RUN, "--skip-preview", "--config-file", config], env());
    const first = await Promise.race([killed.then(() => "killed"), ended, sleep(2 * MINUTES)]);
    const never = [...missing].map(({ method, path }) => `${method} ${path.source}`).join(", ");
    expect(first, `${never} never came`).toBe("killed");
    return ended;
  }

  function killPulumi(): void {
    const cli = processesWith("MLOPS_HOME", home).filter(({ line }) =>
      /(^|\/)pulumi up/.test(line),
    );
    // What Pulumi is about to start has its name, too, until it is what it will be.
    expect(cli).not.toEqual([]);
    for (const { pid } of cli) process.kill(pid, "SIGKILL");
  }

  async function expectCompleted(): Promise<void> {
    const up = await pulumi("up", "--yes", "--skip-preview");
    expect(up.exitCode, said(up)).toBe(0);
    for (const { path, list, name } of listings) {
      const names = namesIn(await get(path), list, name);
      expect(new Set(names).size, `${path}: ${names.join(", ")}`).toBe(names.length);
    }
  }

  it.each(firstUpdate)(
    "when $what, is gone and leaves its lock",
    async ({ moments }) => {
      const { exitCode } = await killAt(moments);
      expect(exitCode).not.toBe(0);
    },
    4 * MINUTES,
  );

  it("is completed by the next one, with nothing twice", expectCompleted, 5 * MINUTES);

  it("has a candidate for the next update", async () => {
    const metrics = { val_accuracy: 0.9, val_f1: 0.9, val_auc_roc: 0.9 };
    const connection = { host: workspace.url, token: workspace.token };
    const { good } = await register(connection, { good: metrics });
    const path = `${UC}/models/${MODEL}/aliases/challenger`;
    await callWorkspace(connection, { method: "PUT", path, body: { version_num: Number(good) } });
  });

  it.each(promotion)(
    "when $what, while it promotes",
    async ({ moments }) => {
      const { exitCode } = await killAt(moments);
      expect(exitCode).not.toBe(0);
    },
    4 * MINUTES,
  );

  it(
    "is completed, promoted and served by the next one, which leaves nothing to do",
    async () => {
      await expectCompleted();
      const preview = await pulumi("preview", "--expect-no-changes");
      expect(preview.exitCode, said(preview)).toBe(0);
    },
    3 * MINUTES,
  );

  it(
    "leaves nothing when it is destroyed",
    async () => {
      const destroy = await pulumi("destroy", "--yes", "--skip-preview");
      expect(destroy.exitCode, said(destroy)).toBe(0);
      for (const { path, list, name } of listings) {
        expect(namesIn(await get(path), list, name).join()).not.toMatch(/ml_local|churn|mlops/);
      }
      await vi.waitFor(() => {
        expect(processesWith("MLOPS_HOME", home)).toEqual([]);
      }, 10_000);
    },
    2 * MINUTES,
  );
});

function namesIn(answer: unknown, list: string, name: string): string[] {
  const items = z.looseObject({ [list]: z.array(z.unknown()).default([]) }).parse(answer)[list];
  return z
    .array(z.unknown())
    .parse(items)
    .map((item) => {
      const found = name.split(".").reduce<unknown>((inner, key) => {
        return typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined;
      }, item);
      return z.string().parse(found);
    });
}
