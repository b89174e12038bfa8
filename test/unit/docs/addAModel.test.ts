import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { expect, test } from "vitest";
import { check } from "../../../cli/newModel/answers";
import { planModel } from "../../../cli/newModel/plan";
import { MODELS } from "../../../cli/newModel/register";
import { root } from "../../../cli/shared/paths";

const page = readFileSync(join(root, "docs", "add-a-model.md"), "utf8");

/** The fenced blocks of a language, each with the file that its first line names. */
function blocks(language: string): { file: string; text: string }[] {
  return [
    ...page.matchAll(
      new RegExp(`^\`\`\`${language}\\n(?://|#) (\\S+)[^\\n]*\\n([^]*?)\`\`\``, "gm"),
    ),
  ].map(([, file = "", text = ""]) => ({ file, text }));
}

/** A repository that has not the page's model yet, whether this one has it or not. */
function without(key: string): string {
  const folder = mkdtempSync(join(tmpdir(), "mlops-page-"));
  mkdirSync(join(folder, "stacks"));
  const lines = readFileSync(join(root, MODELS), "utf8").split("\n");
  writeFileSync(join(folder, MODELS), lines.filter((line) => !line.includes(key)).join("\n"));
  copyFileSync(join(root, ".prettierrc.json"), join(folder, ".prettierrc.json"));
  return folder;
}

const planned = async () => {
  const [yaml] = blocks("yaml");
  const folder = without("creditRisk");
  try {
    const { answers, problems } = check(parse(yaml?.text ?? "") as Record<string, unknown>, folder);
    if (answers === undefined) throw new Error(problems.join("\n"));
    return await planModel(answers, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

test("every snippet is what the command writes for the page's own answers", async () => {
  const files = new Map((await planned()).map(({ path, text }) => [path, text]));
  const snippets = [...blocks("ts"), ...blocks("python")];
  expect(snippets.length).toBeGreaterThan(9);
  expect((page.match(/^```(ts|python)$/gm) ?? []).length, "all say where they are from").toBe(
    snippets.length,
  );
  for (const { file, text } of snippets) expect(files.get(file), file).toContain(text);
});
