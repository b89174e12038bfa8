import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { MINUTES, said } from "./deployment";
import { GatedModels, GOOD, type Behind } from "./gatedModels";
import { doubtful, keysOf, numbers, wrong } from "./refusedCandidates";

const refused = { ...numbers, ...doubtful };
const names = [...keysOf(refused), ...keysOf(wrong), "sound" as const];
type Name = (typeof names)[number];

/**
 * Every failure that must not promote, on the real engine: a model for each, side by side. Behind each gate is a
 * champion: where the gate holds it stays and the update goes on, where it blocks the update fails, and an error
 * fails it anyway. `gateRegistry.test.ts` has a registry that fails, and an endpoint that goes on serving.
 */
describe("a gate whose candidate may not be promoted", () => {
  let models: GatedModels<Name>;
  const candidates = new Map<Name, string>();
  let before: Record<Name, Behind>;

  beforeAll(async () => {
    models = await GatedModels.create(...names);
    for (const name of names) {
      const model = models.model(name);
      expect(await model.register({ metrics: GOOD })).toBe("1");
      const its = name in refused ? refused[name as keyof typeof refused].candidate : undefined;
      candidates.set(
        name,
        await model.register(its ?? { metrics: GOOD, foreign: name === "foreign" }),
      );
    }
    await spoil();
  }, 5 * MINUTES);

  afterAll(async () => {
    await models.close();
  });

  /** What registering alone does not make. */
  async function spoil(): Promise<void> {
    const runOf = (name: Name) => models.model(name).runOf("2");
    const log = async (name: Name, value: number, timestamp: number) =>
      models.deployment.call("POST", "/api/2.0/mlflow/runs/log-metric", {
        ...{ run_id: await runOf(name), key: "val_auc_roc", value, timestamp, step: 0 },
      });
    await log("twice", 0.91, Date.now());
    await log("future", 0.9, Date.now() + 60 * MINUTES);
    const run_id = await runOf("run_deleted");
    await models.deployment.call("POST", "/api/2.0/mlflow/runs/delete", { run_id });
    const run = await runOf("text");
    models.interceptor.rewrite = (request, text) => {
      if (request.endsWith(`/runs/get?run_id=${run}`)) return asText(text);
      return request.includes("/registered-models/get?name=ml_local.models.two_candidates_model")
        ? withSecond(text)
        : text;
    };
  }

  async function nominate(version: "1" | "2", ...which: readonly Name[]): Promise<void> {
    for (const name of which) await models.model(name).nominate(version);
  }

  describe("for what it measured, with no champion yet", () => {
    let parts: string[];

    beforeAll(async () => {
      await nominate("2", ...keysOf(numbers));
      const up = await models.deployment.pulumi("up", "--yes");
      expect(up.exitCode, said(up)).toBe(0);
      parts = previewAndUpdate(said(up));
    }, 5 * MINUTES);

    it.each(keysOf(numbers))("%s: preview and update say why", async (name) => {
      const { word, why } = numbers[name];
      const line = `${name}_model v2 → champion: ${word} ${why}; there is no champion yet`;
      expect(parts).toEqual([expect.stringContaining(line), expect.stringContaining(line)]);
      expect(await models.behind(name)).toEqual({ champion: undefined, serves: [] });
    });
  });

  describe("and would replace a champion", () => {
    beforeAll(async () => {
      await nominate("1", ...names);
      await models.up();
      before = await models.behindAll();
      for (const one of Object.values(before)) {
        expect(one).toEqual({ champion: "1", serves: ["1"] });
      }
    }, 5 * MINUTES);

    describe("holds", () => {
      let up: string;

      beforeAll(async () => {
        await nominate("2", ...keysOf(refused));
        up = await models.up();
      }, 5 * MINUTES);

      it.each(keysOf(refused))("%s: the update goes on with the champion", async (name) => {
        const { word, why } = refused[name];
        expect(up).toContain(`${name}_model v2 → champion: ${word} (`);
        expect(up).toContain(`${why}; v1 stays champion`);
        expect(await models.behind(name)).toEqual(before[name]);
      });
    });

    describe("finds evidence that is wrong", () => {
      let up: string;

      beforeAll(async () => {
        await nominate("2", ...keysOf(wrong));
        up = await models.failedUp();
        await nominate("1", ...keysOf(wrong));
      }, 5 * MINUTES);

      it.each(keysOf(wrong))("%s: the update fails", async (name) => {
        expect(up).toMatch(new RegExp(`error: ${name}_model v[12] → champion: ERROR \\(`));
        expect(up).toContain(wrong[name]);
        expect(await models.behind(name)).toEqual(before[name]);
      });
    });

    describe("blocks", () => {
      let parts: string[];

      beforeAll(async () => {
        models.configure({ onFailure: "block" });
        const up = models.deployment.pulumi("up", "--yes", "--continue-on-error");
        parts = previewAndUpdate(await models.failedUp(up));
      }, 5 * MINUTES);

      it.each(keysOf(refused))("%s: the update fails", async (name) => {
        const line = `${name}_model v2 → champion: BLOCKED (`;
        expect(parts).toEqual([
          expect.stringContaining(line),
          expect.stringContaining(`error: ${line}`),
        ]);
        for (const part of parts) expect(part).toContain(refused[name].why);
        expect(await models.behind(name)).toEqual(before[name]);
      });
    });

    it(
      "promotes as soon as nothing is wrong any more",
      async () => {
        models.configure({});
        await nominate("2", "sound");
        await models.up();
        const { sound, ...others } = await models.behindAll();
        expect(sound).toEqual({ champion: "2", serves: ["2"] });
        expect({ ...others, sound: before.sound }).toEqual(before);
      },
      3 * MINUTES,
    );
  });
});

/** What an update with its preview says, in two parts. */
function previewAndUpdate(up: string): string[] {
  return up.split(/^Updating \(/m);
}

/** What the workspace cannot be made to answer: a number that is text. */
function asText(answer: string): string {
  return answer.replaceAll(/("key": *"val_auc_roc", *"value": *)([\d.]+)/g, '$1"$2"');
}

/** Nor this: two versions with one alias. */
function withSecond(answer: string): string {
  const aliases = z.looseObject({ aliases: z.array(z.looseObject({ version: z.string() })) });
  const { registered_model: model } = z
    .object({ registered_model: aliases })
    .parse(JSON.parse(answer));
  const nominated = model.aliases.some(
    ({ alias, version }) => alias === "challenger" && version === "2",
  );
  if (!nominated) return answer;
  const second = { alias: "challenger", version: "1" };
  return JSON.stringify({ registered_model: { ...model, aliases: [...model.aliases, second] } });
}
