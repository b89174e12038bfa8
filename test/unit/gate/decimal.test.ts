import { describe, expect, test } from "vitest";
import { difference, isAtLeast } from "../../../components/gate/decision/decimal";

describe("a difference is that of the numbers as they are written", () => {
  test.each([
    [0.85, 0.86, -0.01],
    [0.3, 0.1, 0.2],
    [0.1, 0.3, -0.2],
    [1, 0, 1],
    [0, 1.5, -1.5],
    [-0.5, -0.25, -0.25],
    [-0, 0, 0],
    [12.5, 2.5, 10],
    [1e21, 1, 999999999999999999999],
    [1e-7, 1e-8, 9e-8],
    [5e-324, 5e-324, 0],
    [1, 5e-324, 1],
    [123456.789, 0.001, 123456.788],
  ])("%d - %d is %d", (a, b, expected) => {
    expect(difference(a, b)).toBe(expected);
  });

  test("that no double can hold is infinite", () => {
    expect(difference(1.7e308, -1.7e308)).toBe(Infinity);
  });
});

describe("whether a difference is a share of a number", () => {
  test.each<[number, number, number, number, boolean]>([
    [0.85, 0.86, -0.01, 1, true],
    [0.8499, 0.86, -0.01, 1, false],
    [0.855, 0.9, -0.05, 0.9, true],
    [0.8549999, 0.9, -0.05, 0.9, false],
    [11, 10, 0.1, 10, true],
    [10.99999999, 10, 0.1, 10, false],
    [1.1, 1, 0.01, 10, true],
    [5e-324, 0, 1, 5e-324, true],
    [0, 5e-324, 0, 1, false],
    [1e300, -1e300, 2, 1e300, true],
    [1e300, -1e300, 2.0000000000000004, 1e300, false],
  ])("%d - %d is at least %d of %d: %s", (a, b, share, of, expected) => {
    expect(isAtLeast(a, b, share, of)).toBe(expected);
  });
});
