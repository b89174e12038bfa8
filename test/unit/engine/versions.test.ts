import { describe, expect, it } from "vitest";
import { isAtLeast, isCompatible } from "../../../engine/versions";

describe("versions", () => {
  it.each([
    ["go1.25.11", "1.25.11", true],
    ["go1.26", "1.25.11", true],
    ["go1.25.9", "1.25.11", false],
    ["go1.25", "1.25.11", false],
    ["go2.0.0", "1.25.11", true],
    ["devel", "1.25.11", false],
  ])("%s is at least %s: %s", (found, wanted, answer) => {
    expect(isAtLeast(found, wanted)).toBe(answer);
  });

  it.each([
    ["v3.248.0", true],
    ["v3.300.1-dev.0", true],
    ["v3.247.9", false],
    ["v4.0.0", false],
    ["", false],
  ])("CLI %s serves SDK 3.248.0: %s", (found, answer) => {
    expect(isCompatible(found, "3.248.0")).toBe(answer);
  });
});
