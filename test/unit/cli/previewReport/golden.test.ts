import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../../../../cli/shared/paths";
import { renderComment } from "../../../../cli/previewReport/markdown/comment";
import { readReport } from "../../../../cli/previewReport/read";

const folder = join(root, "test", "fixtures", "previews");
const recorded = readdirSync(folder)
  .filter((file) => file.endsWith(".json"))
  .map((file) => file.replace(/\.json$/, ""));

/** test/fixtures/previews/record.ts says how these are recorded, and how the golden files are written. */
describe("the comment of a recorded preview", () => {
  it("is there for each case that a reviewer meets", () => {
    const cases = [
      "new-model",
      "replaced-table",
      "blocked-gate",
      "breakglass",
      "no-change",
      "failed",
    ];
    expect(recorded).toEqual(expect.arrayContaining([...cases, "policy-violation", "hostile"]));
  });

  it.each(recorded)("is as reviewed: %s", async (name) => {
    const read = (extension: string) => readFileSync(join(folder, `${name}${extension}`), "utf8");
    const report = readReport({
      preview: read(".json"),
      events: read(".events.jsonl"),
      commit: "0123abcd",
      name,
    });
    await expect(renderComment(report)).toMatchFileSnapshot(join(folder, "golden", `${name}.md`));
  });
});
