import { expect, test } from "vitest";
import type { Facts, Version } from "../../../components/gate/decision/facts";
import { decideRollback } from "../../../components/gate/decision/rollback";
import { factsOf, runOf, versionOf } from "./decisionScene";

const request = { to: "3", reason: "v5 predicts nonsense", by: "ann" };
const rejection = { metrics: [], by: "bob", at: "2026-11-01T00:00:00Z", reason: "worse" };
const back = (other: Partial<Version> = {}, facts: Partial<Facts> = {}): Facts =>
  factsOf(versionOf("3", runOf({}), other), { champion: "5", ...facts });

test("an earlier champion comes back, and it is said from what, by whom and why", () => {
  expect(decideRollback(request, back(), "intact")).toEqual({
    outcome: "promoted",
    reason: "rollback from v5 by ann: v5 predicts nonsense",
    checks: [],
    ground: "rollback",
    canary: null,
  });
});

test("also if somebody has deleted the alias, or its run, or rejected other measurements of it", () => {
  expect(decideRollback(request, back({}, { champion: null }), "intact").reason).toBe(
    "rollback from no champion by ann: v5 predicts nonsense",
  );
  expect(decideRollback(request, back({ run: null }), "intact").outcome).toBe("promoted");
  const other = back({ rejection: { ...rejection, fingerprint: "other" } });
  expect(decideRollback(request, other, "intact").outcome).toBe("promoted");
});

type Case = [string, Partial<typeof request>, Facts, "intact" | "broken" | "none", string];

test.each<Case>([
  [
    "a contradiction",
    {},
    back({}, { contradictions: ["two aliases", "and more"] }),
    "intact",
    "error: two aliases; and more",
  ],
  [
    "no reason",
    { reason: " " },
    back(),
    "intact",
    "refused: a rollback needs a reason and somebody who asks for it",
  ],
  [
    "nobody who asks",
    { by: "" },
    back(),
    "intact",
    "refused: a rollback needs a reason and somebody who asks for it",
  ],
  [
    "blanks for who asks",
    { by: " " },
    back(),
    "intact",
    "refused: a rollback needs a reason and somebody who asks for it",
  ],
  [
    "no such version",
    {},
    factsOf(null, { champion: "5" }),
    "intact",
    "inconclusive: there is no version 3",
  ],
  ["another version", { to: "4" }, back(), "intact", "inconclusive: there is no version 4"],
  [
    "one that cannot be served",
    {},
    back({ status: "FAILED_REGISTRATION" }),
    "intact",
    "inconclusive: the version is FAILED_REGISTRATION",
  ],
  [
    "the champion itself",
    {},
    back({}, { champion: "3" }),
    "intact",
    "refused: the version is champion already",
  ],
  ["one that never passed", {}, back(), "none", "refused: the version has never been champion"],
  [
    "one whose evidence was touched",
    {},
    back(),
    "broken",
    "refused: the version has evidence that was changed",
  ],
  [
    "one that was rejected",
    {},
    back({ rejection: { ...rejection, fingerprint: "as measured" } }),
    "intact",
    "refused: rejected by bob at 2026-11-01T00:00:00Z: worse",
  ],
])("%s does not come back", (_, other, facts, evidence, expected) => {
  const verdict = decideRollback({ ...request, ...other }, facts, evidence);
  expect(`${verdict.outcome}: ${verdict.reason}`).toBe(expected);
  expect(verdict).toMatchObject({ checks: [], ground: null, canary: null });
});
