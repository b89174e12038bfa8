import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { kept, observed, readFidelity, unsupportedClaims } from "../../../cli/fidelity/record";
import { fidelityPage } from "../../../cli/fidelity/table";
import { operations } from "../../../local/api";

const names = operations.map(({ method, path }) => `${method} ${path}`);

describe("docs/workspace-fidelity.md", () => {
  test("lists exactly the operations that there are, with what the record says (npm run fidelity)", async () => {
    const page = await fidelityPage(operations, readFidelity(kept.record));
    expect(readFileSync(kept.table, "utf8")).toBe(page);
    const rows = page
      .split("\n")
      .filter((line) => /^\| (GET|HEAD|POST|PUT|PATCH|DELETE) /.test(line));
    expect(rows).toHaveLength(operations.length);
    for (const { path } of operations) expect(page).toContain(`\`${path.replaceAll("::", ":")}\``);
  });

  test("has no record of an operation that is gone", () => {
    expect(Object.keys(readFidelity(kept.record)).filter((name) => !names.includes(name))).toEqual(
      [],
    );
  });

  test("claims validation by nothing", () => {
    expect(readFileSync(kept.table, "utf8")).not.toMatch(/validated|verified|certified/i);
  });
});

describe("a record of calls", () => {
  const line = (operation: string, client?: string) =>
    JSON.stringify({ operation, answers: "x.Y", ...(client && { client, clientVersion: "1" }) });

  test("tells types that fit, and who called", () => {
    const calls = [line("GET /a"), line("GET /b", "sdk"), line("GET /b", "mlflow"), line("GET /c")];
    const problems = { "GET /a": [], "GET /b": [".x is not a field"] };
    expect(observed(`${calls.join("\n")}\n`, problems)).toEqual({
      "GET /a": { spec: true },
      "GET /b": { clients: { mlflow: "1", sdk: "1" } },
      "GET /c": {},
    });
  });

  test("supports a claim only if it shows as much", () => {
    const claimed = { "GET /a": { spec: true as const, clients: { sdk: "1" } } };
    expect(unsupportedClaims(claimed, claimed)).toEqual([]);
    expect(unsupportedClaims({}, claimed)).toEqual([]);
    expect(unsupportedClaims(claimed, {})).toEqual(["GET /a: spec", "GET /a: sdk 1"]);
    expect(unsupportedClaims(claimed, { "GET /a": { clients: { sdk: "2" } } })).toEqual([
      "GET /a: spec",
      "GET /a: sdk 1",
    ]);
  });
});
