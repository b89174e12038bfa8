import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { expect, test } from "vitest";
import { check } from "../../../cli/newModel/answers";
import { planModel } from "../../../cli/newModel/plan";
import { root } from "../../../cli/paths";

const page = readFileSync(join(root, "docs", "add-a-model.md"), "utf8");

/** The fenced blocks of a language, each with the file that its first line names. */
function blocks(language: string): { file: string; text: string }[] {
  return [
    ...page.matchAll(
      new RegExp(`^\`\`\`${language}\\n(?://|#) (\\S+)[^\\n]*\\n([^]*?)\`\`\``, "gm"),
    ),
  ].map(([, file = "", text = ""]) => ({ file, text }));
}

const planned = async () => {
  const [yaml] = blocks("yaml");
  const { answers, problems } = check(parse(yaml?.text ?? "") as Record<string, unknown>, root);
  expect(problems).toBeUndefined();
  if (answers === undefined) throw new Error("The page has no answers.");
  return planModel(answers, root);
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
