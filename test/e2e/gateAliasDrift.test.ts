import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MINUTES, said } from "./deployment";
import { GatedModels, GOOD, type Behind } from "./gatedModels";

/** Where somebody puts the alias of which model; undefined: deletes it. */
const moves = [
  ["back", "to the champion before", "1"],
  ["aside", "to a version that never passed", "3"],
  ["away", "nowhere", undefined],
] as const;

const names = moves.map(([name]) => name);
type Name = (typeof names)[number];

/** What the real engine does with an alias that is not where the gate left it: three models, side by side. */
describe("an alias that somebody moved", () => {
  let models: GatedModels<Name>;
  let before: Record<Name, Behind>;
  let text: string;

  beforeAll(async () => {
    models = await GatedModels.create(...names);
    const refused = { ...GOOD, val_auc_roc: 0.5 };
    for (const [index, metrics] of [GOOD, GOOD, refused].entries()) {
      const version = String(index + 1);
      for (const name of names) {
        expect(await models.model(name).register({ metrics })).toBe(version);
        await models.model(name).nominate(version);
      }
      // The last one is nominated, or the champion would be promoted once more.
      if (metrics === GOOD) await models.up();
    }
    before = await models.behindAll();
    for (const one of Object.values(before)) expect(one).toEqual({ champion: "2", serves: ["2"] });
  }, 10 * MINUTES);

  afterAll(async () => {
    await models.close();
  });

  async function move(): Promise<void> {
    for (const [name, , to] of moves) {
      const path = `/api/2.1/unity-catalog/models/${models.model(name).model}/aliases/champion`;
      if (to === undefined) await models.deployment.call("DELETE", path);
      else await models.deployment.call("PUT", path, { version_num: Number(to) });
    }
  }

  const updated = (name: Name) => new RegExp(`PromotionGate +${name}-gate +updated`);

  describe("is found by refresh", () => {
    beforeAll(async () => {
      await move();
      const refreshed = await models.deployment.pulumi("refresh", "--yes", "--skip-preview");
      expect(refreshed.exitCode, said(refreshed)).toBe(0);
      text = said(refreshed);
    }, 5 * MINUTES);

    it.each(moves)("%s, %s, which changes nothing in the workspace", async (name, _where, to) => {
      expect(text).toMatch(updated(name));
      expect(await models.behind(name)).toEqual({ ...before[name], champion: to });
    });
  });

  describe("is put back by the next update", () => {
    beforeAll(async () => {
      text = await models.up();
    }, 5 * MINUTES);

    it.each(moves)("%s, %s, which what serves does not notice", async (name) => {
      expect(text).toMatch(updated(name));
      expect(text).not.toMatch(new RegExp(`${name}-serves +(updat|replac|delet|creat)`));
      expect(await models.behind(name)).toEqual(before[name]);
    });

    it(
      "and is no change any more",
      async () => {
        const preview = await models.deployment.pulumi("preview", "--expect-no-changes");
        expect(preview.exitCode, said(preview)).toBe(0);
      },
      4 * MINUTES,
    );
  });

  describe("fails an update whose gate is told to fail", () => {
    beforeAll(async () => {
      models.configure({ onAliasDrift: "fail" });
      await move();
      text = await models.failedUp();
    }, 5 * MINUTES);

    it.each(moves)("%s, %s, which says so and changes nothing", async (name, _where, to) => {
      const moved = `error: .*${name}_model.* was moved by hand from 2 to ${to ?? "none"}`;
      expect(text).toMatch(new RegExp(moved));
      expect(await models.behind(name)).toEqual({ ...before[name], champion: to });
    });

    it(
      "until somebody has put it back",
      async () => {
        for (const name of names) {
          const path = `/api/2.1/unity-catalog/models/${models.model(name).model}/aliases/champion`;
          await models.deployment.call("PUT", path, { version_num: 2 });
        }
        await models.up();
        expect(await models.behindAll()).toEqual(before);
      },
      5 * MINUTES,
    );
  });
});
