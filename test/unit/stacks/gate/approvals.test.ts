import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { approvalsOf } from "../../../../stacks/gate/approvals";

const MODEL = "ml.models.churn_model";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mlops-approvals-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function said(yaml: string) {
  const file = join(folder, "approvals.yaml");
  writeFileSync(file, yaml);
  return approvalsOf(MODEL, file);
}

function refused(yaml: string): string {
  try {
    said(yaml);
  } catch (error) {
    expect(error).toBeInstanceOf(pulumi.RunError);
    return error instanceof Error ? error.message : "";
  }
  throw new Error("The file was accepted.");
}

test("the model's own entries count, each with who and when", () => {
  expect(
    said(`
# Reviewed by the owners of this file.
- { model: ${MODEL}, version: 7, by: ada, at: 2026-11-20T09:00:00Z, reason: Tried in dev }
- { model: ml_dev.models.churn_model, version: 8, by: ada, at: 2026-11-20T09:00:00Z }
- { model: ${MODEL}, version: "9", by: Grace H., at: 2026-11-20T10:00:00+01:00 }
`),
  ).toEqual([
    { version: "7", by: "ada", at: "2026-11-20T09:00:00Z" },
    { version: "9", by: "Grace H.", at: "2026-11-20T10:00:00+01:00" },
  ]);
});

test("no file approves nothing, nor does one of comments", () => {
  expect(approvalsOf(MODEL, join(folder, "none.yaml"))).toEqual([]);
  expect(said("# Nothing yet.\n")).toEqual([]);
});

describe("a mistake names entry, key, value and what is allowed", () => {
  const entry = `{ model: ${MODEL}, version: 7, by: ada, at: 2026-11-20T09:00:00Z }`;
  test.each([
    [`${MODEL}: 7`, `the file is {"${MODEL}":7}; must be a list of approvals`],
    ["- 7", "entry 1 is 7; must be a section with keys"],
    [`- ${entry.replace("by: ada, ", "")}`, "entry 1: by is missing; must be a text"],
    [`- ${entry.replace("ada", '" "')}`, 'entry 1: by is " "; must not be empty'],
    [
      `- ${entry}\n- ${entry.replace("7", "latest")}`,
      'entry 2: version is "latest"; must be the num',
    ],
    [`- ${entry.replace("T09:00:00Z", "")}`, 'entry 1: at is "2026-11-20"; must be a time such as'],
    [`- ${entry.replace(MODEL, "churn")}`, 'entry 1: model is "churn"; must have three parts'],
    [`- ${entry.replace("by:", "who:")}`, "who: there is no such key; allowed: model, version, by"],
    [`- ${entry}\n  - x`, "line"],
  ])("%s", (yaml, message) => {
    expect(refused(yaml)).toContain(message);
    expect(refused(yaml)).toMatch(/^approvals\.yaml:/);
  });

  test("also in what is said of other models, so that a review sees it", () => {
    expect(refused("- { model: a.b.c, version: 0, by: ada, at: 2026-11-20T09:00:00Z }")).toContain(
      "entry 1: version is 0; must be the number of a version",
    );
  });
});
