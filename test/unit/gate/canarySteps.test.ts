import { describe, expect, test } from "vitest";
import type { CanaryStep } from "../../../components/gate/decision/rule";
import { at, facts, policy, said, step, traffic } from "./canaryScene";

describe("a step that is none", () => {
  const passed = { ...traffic(10, 100, 0), ...traffic(50, 100, 0) };

  test.each([-1, 0.5, 2, NaN, Infinity])("%d", (index) => {
    expect(said(policy(), facts(at(index), passed))).toBe(
      `error: there is no canary step ${String(index)}`,
    );
  });

  test.each(["", "soon", "2026", "2026-11-21"])("since '%s'", (since) => {
    expect(said(policy(), facts(at(1, { since }), passed))).toBe(
      "error: there is no canary step 1",
    );
  });

  test.each<[string, Partial<CanaryStep>]>([
    ["without rules", { rules: [] }],
    ["that asks for no requests", { minRequests: 0 }],
    ["that asks for less than one", { minRequests: 0.5 }],
    ["that asks for NaN", { minRequests: NaN }],
    ["that asks for infinitely many", { minRequests: Infinity }],
  ])("%s", (_, other) => {
    const verdict = said(
      policy(step(10), step(50, other)),
      facts(at(1), { ...passed, canary_50_requests: 0 }),
    );
    expect(verdict).toBe("error: there is no canary step 1");
  });

  test("one that asks for a single request is one", () => {
    const measured = { ...passed, canary_10_requests: 1 };
    expect(said(policy(step(10, { minRequests: 1 })), facts(at(0), measured))).toMatch(
      /^promoted: /,
    );
  });
});
