import { describe, expect, test } from "vitest";
import { readEvidence } from "../../../components/gate/evidence/evidence";
import { refusal } from "../httpDouble";
import { GateRun } from "./gateRun";

const ROLLBACK = { to: "1", reason: "complaints", by: "ann" };

/** Champion 2 after champion 1, which is about to come back. */
async function before(onAliasDrift: "restore" | "fail"): Promise<GateRun> {
  const gate = await GateRun.make({ onAliasDrift });
  gate.registry.nominate("1", { val_auc_roc: 0.86 });
  await gate.up();
  gate.registry.nominate("2", { val_auc_roc: 0.87 });
  await gate.up();
  gate.rollback = { model: gate.registry.model, ...ROLLBACK };
  return gate;
}

/** How many calls write, in a rollback that nobody interrupts. */
const WRITES = 12;

test("a rollback makes so many writes", async () => {
  const gate = await before("restore");
  const writes = gate.registry.writes.length;
  await gate.up();
  expect(gate.registry.writes.slice(writes)).toHaveLength(WRITES);
});

const cases = Array.from({ length: WRITES }, (_, index) => index + 1).flatMap((write) =>
  (["before", "after"] as const).flatMap((when) =>
    (["restore", "fail"] as const).map((onAliasDrift) => ({ write, when, onAliasDrift })),
  ),
);

describe("a rollback that is cut off can be run again", () => {
  test.each(cases)(
    "cut $when write $write took effect, where a moved alias is to $onAliasDrift",
    async ({ write, when, onAliasDrift }) => {
      const gate = await before(onAliasDrift);
      const { registry } = gate;
      let seen = 0;
      registry.intercept = (request) => {
        const isLease = request.path.startsWith("/api/2.0/workspace/");
        if (request.method === "GET" || isLease || ++seen < write) return undefined;
        if (seen === write && when === "after") registry.answer(request);
        return refusal(403, "PERMISSION_DENIED", "cut off");
      };
      await expect(gate.up()).rejects.toThrow("cut off");
      registry.intercept = () => undefined;
      const cut = gate.state;
      const alias = registry.aliases.get("champion");
      expect((await gate.refresh()).champion, "after a refresh").toBe(alias);
      gate.state = cut;
      // If it has got as far as the alias, there is nothing to order any more.
      if (registry.aliases.get("champion") !== "1") await gate.up();
      gate.rollback = null;
      for (let times = 0; times < 2; times++) {
        expect(await gate.up()).toMatchObject({ champion: "1", left: "1" });
      }
      expect(registry.aliases.get("champion")).toBe("1");
      const tags = Object.fromEntries(registry.versions.get("1")?.tags ?? []);
      expect(await readEvidence(tags, registry.model, "1")).toMatchObject({
        state: "intact",
        ground: "rollback",
      });
      expect(registry.versions.get("2")?.tags.get("mlops_gate_verdict")).toBe("rejected");
      expect(await gate.changes()).toBe(false);
    },
  );
});
