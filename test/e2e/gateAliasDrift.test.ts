import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { MODEL, register } from "./candidates";
import { Deployment, MINUTES, only, said } from "./deployment";

const ENDPOINT = "customer-churn-model-endpoint";
const ALIASES = `/api/2.1/unity-catalog/models/${MODEL}/aliases`;

const measured = (auc: number) => ({ val_accuracy: 0.9, val_f1: 0.9, val_auc_roc: auc });

const candidates = {
  earlier: measured(0.9),
  champion: measured(0.95),
  refused: measured(0.5),
} as const;

type Name = keyof typeof candidates;

const served = z.looseObject({
  config: z.looseObject({
    served_entities: z.array(z.looseObject({ entity_version: z.string() })).length(1),
  }),
});

/** Where somebody puts the alias; undefined: deletes it. */
const moves: readonly (readonly [what: string, to: Name | undefined])[] = [
  ["back to the champion before", "earlier"],
  ["to a version that never passed", "refused"],
  ["away", undefined],
];

/** What the real engine does with an alias that is not where the gate left it. */
describe("an alias that somebody moved", () => {
  let deployment: Deployment;
  let versions: Record<Name, string>;

  const nominate = (name: Name) =>
    deployment.call("PUT", `${ALIASES}/challenger`, { version_num: Number(versions[name]) });

  const move = (to: Name | undefined) =>
    to === undefined
      ? deployment.call("DELETE", `${ALIASES}/champion`)
      : deployment.call("PUT", `${ALIASES}/champion`, { version_num: Number(versions[to]) });

  const champion = async () =>
    z
      .looseObject({ version: z.coerce.string() })
      .optional()
      .parse(await deployment.call("GET", `${ALIASES}/champion`))?.version;

  const endpoint = () => deployment.call("GET", `/api/2.0/serving-endpoints/${ENDPOINT}`);

  const onAliasDrift = (answer: "restore" | "fail") => {
    deployment.configure((yaml) =>
      only("customerChurn")(yaml).replace(
        "mlops:customerChurn:\n    gate:\n",
        `mlops:customerChurn:\n    gate:\n      onAliasDrift: ${answer}\n`,
      ),
    );
  };

  const up = async () => {
    const result = await deployment.up();
    expect(result.exitCode, said(result)).toBe(0);
    return said(result);
  };

  beforeAll(async () => {
    deployment = await Deployment.create(only("customerChurn"));
    await up();
    versions = await register(deployment.connection, candidates);
    for (const name of ["earlier", "champion"] as const) {
      await nominate(name);
      await up();
    }
    // Otherwise the candidate would be promoted once more.
    await nominate("refused");
    expect(await champion()).toBe(versions.champion);
    const { config } = served.parse(await endpoint());
    expect(config.served_entities[0]?.entity_version).toBe(versions.champion);
  }, 10 * MINUTES);

  afterAll(async () => {
    await deployment.close();
  });

  describe.each(moves)("%s", (_, to) => {
    it(
      "is found by refresh, and put back by the next update, which the endpoint does not notice",
      async () => {
        const before = await endpoint();
        await move(to);
        const refreshed = await deployment.pulumi("refresh", "--yes", "--skip-preview");
        expect(refreshed.exitCode, said(refreshed)).toBe(0);
        expect(said(refreshed)).toMatch(/PromotionGate +customer-churn-gate +updated/);
        expect(await champion(), "refresh changes nothing in the workspace").toBe(
          to === undefined ? undefined : versions[to],
        );

        expect(await up()).toMatch(/PromotionGate +customer-churn-gate +updated/);
        expect(await champion()).toBe(versions.champion);
        expect(await endpoint()).toEqual(before);
      },
      6 * MINUTES,
    );
  });

  it(
    "is no change any more once it is put back",
    async () => {
      const preview = await deployment.pulumi("preview", "--expect-no-changes");
      expect(preview.exitCode, said(preview)).toBe(0);
    },
    4 * MINUTES,
  );

  describe("where the gate is told to fail", () => {
    beforeAll(() => {
      onAliasDrift("fail");
    });

    it.each(moves)(
      "%s: the update fails, says so, and changes nothing",
      async (_, to) => {
        const before = await endpoint();
        await move(to);
        const failed = await deployment.up();
        expect(failed.exitCode).not.toBe(0);
        const now = to === undefined ? "none" : versions[to];
        expect(said(failed)).toContain(`was moved by hand from ${versions.champion} to ${now}`);
        expect(await champion()).toBe(to === undefined ? undefined : now);
        expect(await endpoint()).toEqual(before);
      },
      5 * MINUTES,
    );

    it(
      "goes on once somebody has put it back",
      async () => {
        await move("champion");
        await up();
        expect(await champion()).toBe(versions.champion);
      },
      5 * MINUTES,
    );
  });
});
