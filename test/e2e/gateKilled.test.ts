import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../../cli/shared/paths";
import { readChampion } from "../../components/gate/reading/readFacts";
import type { GateInputs } from "../../components/gate/record";
import { above } from "../../components/gate/rules";
import { MINUTES } from "./deployment";
import { DrivenGate, type Guarded } from "../drivenGate";
import type { GateUpdate } from "./gateUpdate";
import { Interceptor, type Moment } from "./interceptor";
import { QuickModel } from "./quickCandidates";
import { ownWorkspace } from "./ownWorkspace";

/** How many promotions are killed side by side: they mostly wait. */
const AT_ONCE = 12;

/** A gate whose champion is version 1, and that is about to promote version 2. */
interface Scene {
  readonly model: QuickModel;
  readonly guarded: Guarded;
  readonly gate: DrivenGate;
  readonly news: GateInputs;
}

/**
 * The provider's own code, in a process that is killed with SIGKILL at each of the calls of a promotion in turn:
 * before the workspace gets it, and, where it may change something, also when it has happened and nobody
 * knows. The state is then the one before, as with the engine. In `gateKilledEngine.test.ts` the whole engine is
 * killed at some of these moments.
 */
describe("a promotion that is killed", () => {
  const connection = ownWorkspace("gate-killed");

  async function scene(name: string): Promise<Scene> {
    const model = await QuickModel.create(connection(), name);
    const policy = model.policy(above("val_auc_roc", 0.85));
    const guarded = { model: model.model, policy };
    const gate = await DrivenGate.start(connection(), guarded);
    await model.nominate(await model.register({ metrics: { val_auc_roc: 0.9 } }));
    await gate.up();
    await model.nominate(await model.register({ metrics: { val_auc_roc: 0.91 } }));
    return { model, guarded, gate, news: await gate.preview() };
  }

  /** The calls of a promotion that nobody interrupts, and how it ends. */
  async function whole(): Promise<{ calls: string[]; end: unknown }> {
    const { model, guarded, gate, news } = await scene("whole");
    const interceptor = await Interceptor.start(connection().host);
    const watched = await DrivenGate.start({ ...connection(), host: interceptor.url }, guarded);
    watched.state = gate.state;
    await watched.up(news);
    const calls = [...interceptor.seen];
    await interceptor.close();
    gate.state = watched.state;
    return { calls, end: await endOf(model, gate) };
  }

  /** Whether the promotion was killed in time. */
  async function killAt({ gate, news }: Scene, moment: Moment): Promise<boolean> {
    const interceptor = await Interceptor.start(connection().host);
    const script = join(root, "test", "e2e", "gateUpdate.ts");
    const child = spawn(process.execPath, ["--import", require.resolve("tsx"), script], {
      stdio: ["pipe", "inherit", "inherit"],
    });
    void interceptor.at(moment, () => {
      child.kill("SIGKILL");
      return Promise.resolve("withhold");
    });
    if (gate.state === undefined) throw new Error("The gate has no state yet.");
    const config = {
      "databricks:host": interceptor.url,
      "databricks:token": connection().token,
    };
    const update: GateUpdate = { config, state: gate.state, news };
    const ended = once(child, "exit");
    child.stdin.end(JSON.stringify(update));
    await ended;
    await interceptor.close();
    return child.signalCode === "SIGKILL";
  }

  /**
   * What there is to see of a model and its gate, without what is another one each time, and without what the
   * program saw before the last update: the champion may have been there already then.
   */
  async function endOf(model: QuickModel, gate: DrivenGate): Promise<unknown> {
    const { champion, left, evidence } = await readChampion(connection(), model.model);
    const seen = {
      ...{ champion, left, evidence },
      tags: await Promise.all(
        ["1", "2"].map(async (version) => noted(await model.tagsOf(version))),
      ),
      state: { ...gate.state, facts: "seen" },
      changes: await gate.changes(),
    };
    return JSON.parse(
      JSON.stringify(seen)
        .replaceAll(model.model.split(".", 1)[0] ?? "", "CATALOG")
        .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")
        .replaceAll(/"at":\d+/g, '"at":0')
        // An update that was killed while it wrote evidence leaves the next one to the other place.
        .replaceAll(/"place":"\w*"/g, '"place":"PLACE"')
        .replaceAll(/\b[0-9a-f]{64}\b/g, "DIGEST")
        .replaceAll(/\b[0-9a-f]{32}\b/g, "RUN")
        .replaceAll(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "HOLDER"),
    );
  }

  it(
    "is completed by the next update, at whatever call it was",
    async () => {
      const { calls, end } = await whole();
      const moments = calls.flatMap((call, index) => {
        const nth = calls.slice(0, index + 1).filter((one) => one === call).length;
        const [method = "", path = ""] = call.split(" ");
        const kind = new RegExp(`${path.replace(/^.*whole[^/]*/, "")}$`);
        const before = { method, path: kind, nth, at: "request" } as const;
        return method === "GET" ? [before] : [before, { ...before, at: "answer" } as const];
      });
      const queue = [...moments.entries()];
      const run = async (): Promise<void> => {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
          const [number, moment] = next;
          const one = await scene(`killed_${number}`);
          const what = `${moment.method} ${moment.path.source} ${moment.nth}, ${moment.at}`;
          // How often the lease is looked at depends on the time that the rest takes.
          const mayBeMissing = moment.path.source.includes("list");
          if (!(await killAt(one, moment)) && !mayBeMissing) expect.fail(`${what} never came`);
          await one.gate.up();
          expect(await endOf(one.model, one.gate), what).toEqual(end);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, run));
    },
    10 * MINUTES,
  );
});

/** The tags but for the evidence, which is read as such, and which an update that was killed may have left twice. */
function noted(tags: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries(
    [...tags].filter(([key]) => !key.startsWith("mlops_gate_evidence")).sort(),
  );
}
