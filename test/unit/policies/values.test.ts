import { describe, expect, it } from "vitest";
import { UNKNOWN, at, each, plain, shown } from "../../../policies/values";

/** As the SDK hands properties over: reading what is unknown throws, however deep it is. */
function guarded<T extends object>(value: T, unknown: ReadonlySet<unknown>): T {
  return new Proxy(value, {
    get(target, key): unknown {
      const inner: unknown = Reflect.get(target, key);
      if (unknown.has(inner)) throw new Error("can't be known during preview");
      return typeof inner === "object" && inner !== null ? guarded(inner, unknown) : inner;
    },
  });
}

describe("the properties of a resource", () => {
  const marks = new Set(["?"]);
  const found = plain(
    guarded({ name: "a", id: "?", list: [1, "?", { deep: "?", known: true }], none: null }, marks),
  );

  it("are plain data, with unknown values where they are", () => {
    expect(found).toEqual({
      name: "a",
      id: UNKNOWN,
      list: [1, UNKNOWN, { deep: UNKNOWN, known: true }],
      none: null,
    });
  });

  it("are read by path; below what is unknown everything is", () => {
    expect(at(found, "name")).toBe("a");
    expect(at(found, "name", "first")).toBeNull();
    expect(at(found, "missing", "deeper")).toBeNull();
    expect(at(found, "id", "first")).toBe(UNKNOWN);
    expect(each(found, "list")).toHaveLength(3);
    expect(each(found, "id")).toEqual([]);
  });

  it("are shown as people write them", () => {
    expect([shown("a"), shown(true), shown(null), shown(UNKNOWN)]).toEqual([
      "a",
      "true",
      "null",
      "unknown",
    ]);
  });
});
