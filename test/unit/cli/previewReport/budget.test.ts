import MarkdownIt from "markdown-it";
import { describe, expect, it } from "vitest";
import { fit, type Block } from "../../../../cli/previewReport/markdown/blocks";
import { BUDGET, renderComment } from "../../../../cli/previewReport/markdown/comment";
import { TABLE, model, planOf, report, step } from "./plans";

const block = (name: string, count: number, rank: number): Block => ({
  before: `${name}:`,
  items: Array.from({ length: count }, (_, index) => `${name}${String(index)}`),
  after: "",
  rank,
  rest: (left) => `(${String(left)} more)`,
});

describe("what does not fit", () => {
  it("is left out by whole items, from the least important block first", () => {
    const blocks = [block("z", 9, 2), block("a", 3, 1)];
    expect(fit(blocks, 1000)).toMatchObject({ cut: false });
    const { text, cut } = fit(blocks, 45);
    expect(cut).toBe(true);
    expect(text).toContain("a:\na0\na1\na2");
    expect(text).toMatch(/^z:\nz0\n(z\d\n)*\(\d more\)\n\n/);
    expect(text.length).toBeLessThanOrEqual(45);
    expect(fit(blocks, 20).text).not.toContain("z");
  });

  const many = (count: number, name: string) =>
    report(
      planOf(
        Array.from({ length: count }, (_, index) =>
          step({
            op: ["delete", "update", "create", "replace"][index % 4] ?? "",
            type: TABLE,
            name: `${name}-${String(index)}`,
            parent: model(`model-${String(index % 60)}`),
            before: { name: "ä".repeat(90), other: "|".repeat(90) },
            after: { name: "ö".repeat(90), other: "`".repeat(90) },
            more: { detailedDiff: null, replaceReasons: ["name"] },
          }),
        ),
      ),
    );

  it("makes no comment larger than GitHub takes, and says where the rest is", () => {
    const text = renderComment(many(4000, "resource"));
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(BUDGET);
    expect(Buffer.byteLength(text)).toBeGreaterThan(BUDGET - 2000);
    expect(text).toContain("The whole plan is in the HTML report");
    expect(text).toContain("#### Deletions and replacements");
    expect(text).toContain("npm run pulumi -- preview --diff -s prod");
    // No row is torn, no fold stays open.
    const rows = text.split("\n").filter((line) => line.startsWith("|"));
    expect(rows.filter((line) => !line.endsWith("|"))).toEqual([]);
    const html = new MarkdownIt({ html: true }).render(text);
    expect(html.split("<details>").length).toBe(html.split("</details>").length);
  });

  it("is nothing in a plan of common size", () => {
    expect(renderComment(many(24, "resource"))).not.toContain("Not everything fits");
  });
});
