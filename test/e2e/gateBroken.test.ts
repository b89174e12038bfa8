import { beforeAll, describe, expect, it } from "vitest";
import { above } from "../../components/gate/rules";
import type { Policy } from "../../components/gate/decision/rule";
import { verdictLine, type OnFailure } from "../../components/gate/record";
import { MINUTES } from "./deployment";
import { DrivenGate } from "../drivenGate";
import { ownWorkspace } from "./ownWorkspace";
import { QuickModel } from "./quickCandidates";

const GOOD = { metrics: { val_auc_roc: 0.9 } };
const REGISTRY = "/api/2.0/mlflow/unity-catalog";
const onRead = { method: "GET", path: `${REGISTRY}/registered-models/get` };
const page = { kind: "status", status: 200, body: "<html>Sign in</html>" };
const refused = { kind: "status", status: 403 };

/** What is wrong with the registry while a candidate is nominated that would pass. */
const broken: readonly (readonly [string, Readonly<Record<string, unknown>>, string])[] = [
  ["is down", { ...onRead, kind: "drop" }, "registered-models/get at http"],
  [
    "is down from the update on",
    { ...onRead, kind: "drop", offset: 1 },
    "registered-models/get at",
  ],
  ["lets nobody in", { ...onRead, ...refused }, "registered-models/get with 403"],
  ["lets nobody in from the update on", { ...onRead, ...refused, offset: 1 }, "get with 403"],
  ["answers a page to sign in", { ...onRead, ...page }, "not JSON: <html>Sign in</html>"],
  [
    "answers nonsense",
    { ...onRead, ...page, body: { version: null } },
    "none that Unity Catalog gives",
  ],
  [
    "takes no evidence",
    { ...refused, method: "POST", path: `${REGISTRY}/model-versions/set-tag` },
    "set-tag with 403",
  ],
  [
    "takes no alias",
    { ...refused, method: "PUT", path: "*/aliases/champion" },
    "champion with 403",
  ],
];

/** What keeps a gate from promoting beside its candidate; `gateFailures.test.ts` has the engine do some of it. */
describe("a gate that would promote", () => {
  const connection = ownWorkspace("gate-broken");
  let model: QuickModel;

  const gateBy = (policy: Policy, onFailure: OnFailure = "hold"): Promise<DrivenGate> =>
    DrivenGate.start(connection(), { model: model.model, policy, onFailure });

  beforeAll(async () => {
    model = await QuickModel.create(connection(), "broken");
  });

  describe("but for want of rules", () => {
    beforeAll(async () => {
      await model.nominate(await model.register(GOOD));
    });

    it.each(["hold", "block"] as const)("%s, with no champion yet", async (onFailure) => {
      const gate = await gateBy(model.policy(), onFailure);
      const up = gate.up();
      const word = onFailure === "hold" ? "INCONCLUSIVE" : "BLOCKED";
      const line = `champion: ${word} (no rules are set)`;
      if (onFailure === "hold") await up;
      else await expect(up).rejects.toThrow(line);
      expect(verdictLine(await gate.preview())).toContain(line);
      expect(await model.versionOf("champion")).toBeUndefined();
    });

    it("fails if it does not know the champion", async () => {
      await (await gateBy(model.policy(above("val_auc_roc", 0.8)))).up();
      const stranger = await gateBy(model.policy());
      await model.nominate(await model.register(GOOD));
      expect(verdictLine(await stranger.preview())).toContain("INCONCLUSIVE (no rules are set)");
      await expect(stranger.up()).rejects.toThrow("which this gate never promoted");
      expect(await model.versionOf("champion")).toBe("1");
    });
  });

  describe("and a registry that", () => {
    let gate: DrivenGate;

    beforeAll(async () => {
      gate = await gateBy(model.policy(above("val_auc_roc", 0.8)));
      await model.nominate(await model.register(GOOD));
      await gate.up();
    });

    it.each(broken)(
      "%s: the update fails, and the next one promotes",
      async (_how, fault, why) => {
        const [before, state] = [await model.versionOf("champion"), gate.state];
        const next = await model.register(GOOD);
        await model.nominate(next);
        await model.call("PUT", "/local/faults", { rules: [fault] });
        await expect(gate.up()).rejects.toThrow(why);
        await model.call("DELETE", "/local/faults");
        expect(await model.versionOf("champion")).toBe(before);
        expect(gate.state).toBe(state);
        await gate.up();
        expect(await model.versionOf("champion")).toBe(next);
      },
      MINUTES,
    );
  });
});
