import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { root } from "../../../cli/shared/paths";
import * as rules from "../../../components/gate/rules";
import { telcoSettings } from "../../../stacks/telcoChurn/settings";
import { approvalsOf } from "../../../stacks/gate/approvals";
import { rulesOf } from "../../../stacks/gate/policy";

const page = readFileSync(join(root, "docs", "how-to", "gate.md"), "utf8");

const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)\`\`\``, "gm"))].map(
    ([, text = ""]) => text,
  );

const section = z.object({ "mlops:telcoChurn": z.unknown() });
const sections = blocks("yaml").filter((text) => text.startsWith("mlops:"));
const settingsOf = (text: string) =>
  telcoSettings.parse(section.parse(parse(text))["mlops:telcoChurn"]);

test("the rules in YAML and in TypeScript are the same, and every kind is there", () => {
  const [typescript = ""] = blocks("ts");
  const names = Object.keys(rules);
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the page's own text
  const made = new Function(...names, `return ${typescript}`) as (...given: unknown[]) => unknown;
  expect(rulesOf(settingsOf(sections[0] ?? "").gate)).toEqual(made(...Object.values(rules)));
  for (const name of names) expect(typescript).toContain(`${name}(`);
});

test("each of its sections is accepted", () => {
  expect(sections).toHaveLength(2);
  expect(settingsOf(sections[1] ?? "").gate.breakglass).toEqual({
    version: "9",
    reason: "The champion rejects every new contract",
    by: "ada",
    expires: "2026-11-22T12:00:00Z",
  });
});

test("its approvals file is one", () => {
  const [text = ""] = blocks("yaml").filter((one) => one.startsWith("# approvals.yaml"));
  const folder = mkdtempSync(join(tmpdir(), "mlops-page-"));
  const file = join(folder, "approvals.yaml");
  try {
    writeFileSync(file, text);
    expect(approvalsOf("ml.models.telco_churn_model", file)).toEqual([
      { version: "7", by: "ada", at: "2026-11-21T09:30:00Z" },
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
