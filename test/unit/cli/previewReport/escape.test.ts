import * as fc from "fast-check";
import MarkdownIt from "markdown-it";
import { describe, expect, it } from "vitest";
import { previewMarker } from "../../../../cli/previewReport/marker";
import { renderPage } from "../../../../cli/previewReport/html/page";
import { renderComment } from "../../../../cli/previewReport/markdown/comment";
import { code, escapeMarkdown, fenced } from "../../../../cli/previewReport/markdown/escape";
import { reportWith } from "./hostile";

/** As GitHub and Azure DevOps read it: HTML counts, and addresses become links. */
const markdown = new MarkdownIt({ html: true, linkify: true });
markdown.linkify.set({ fuzzyLink: false });

/** The tags of HTML in their order, without what they enclose. */
function tagsOf(html: string): string[] {
  return [...html.matchAll(/<(?:!--[^]*?--|\/?[a-z][a-z\d]*)/gi)].map(([tag]) =>
    tag.startsWith("<!--") ? "<!--" : tag,
  );
}

/** What Markdown and HTML are made of, in any order. */
const piece = fc.constantFrom(
  ...[
    "|",
    "`",
    "```",
    "~~~",
    "\n",
    "\n\n",
    "\r\n",
    "<",
    ">",
    "&",
    '"',
    "'",
    "\\",
    "*",
    "_",
    "#",
    "- ",
  ],
  ...[
    "[",
    "](",
    ")",
    "![",
    "!",
    "$",
    "~~",
    "1. ",
    "    ",
    "\t",
    "---",
    "===",
    ":",
    "::",
    "@",
    "-->",
    "<!--",
  ],
  ...[
    "<script>",
    "</details>",
    "</td>",
    "</table>",
    "<img src=x onerror=alert(1)>",
    "</code>",
    "</pre>",
  ],
  ...[
    "</style>",
    "]]>",
    "https://evil.example/",
    "www.evil.example",
    "javascript:alert(1)",
    "@octocat",
  ],
  ...[
    "#1",
    "GH-1",
    ":tada:",
    "&lt;",
    "&#96;",
    "\u202e",
    "\u0000",
    "\u001b[31m",
    "\u2028",
    "\ud800",
    "x",
    "7",
  ],
);
const hostile = fc.oneof(
  fc.array(piece, { maxLength: 12 }).map((parts) => parts.join("")),
  fc.string({ unit: "binary", maxLength: 40 }),
);

const harmless = "harmless";

describe("nothing that a plan brings", () => {
  it("changes what a comment is made of", () => {
    const expected = tagsOf(markdown.render(renderComment(reportWith(harmless))));
    expect(expected.length).toBeGreaterThan(100);
    fc.assert(
      fc.property(hostile, (text) => {
        expect(tagsOf(markdown.render(renderComment(reportWith(text))))).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });

  it("changes what a page is made of", async () => {
    // Where arrows lead depends on who names whom.
    const tags = async (text: string) => {
      const html = await renderPage(reportWith(text));
      return tagsOf(html.replaceAll(/<path class="arrow"[^>]*><\/path>/g, ""));
    };
    const expected = await tags(harmless);
    expect(expected.length).toBeGreaterThan(100);
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        expect(await tags(text)).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  it("ends a cell, a line or a block of code", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        for (const escaped of [escapeMarkdown(text), code(text)]) {
          expect(escaped).not.toMatch(/[|\n\r`]/);
          const html = markdown.renderInline(`a ${escaped} b`);
          expect(tagsOf(html).filter((tag) => !tag.includes("code"))).toEqual([]);
        }
        const html = markdown.render(`${fenced(text)}\n\nafter`);
        expect(tagsOf(html)).toEqual(["<pre", "<code", "</code", "</pre", "<p", "</p"]);
      }),
    );
  });

  it.each(["```", "a\n```\nb", "````js\n```\n````", "~~~\n```"])("ends a fence: %j", (text) => {
    const html = markdown.render(`${fenced(text)}\n\nafter`);
    expect(tagsOf(html)).toEqual(["<pre", "<code", "</code", "</pre", "<p", "</p"]);
    expect(html).toContain("<p>after</p>");
  });

  it("mentions anybody, or any issue", () => {
    // GitHub looks for both in the text of the HTML, where an entity is a character again.
    const shown = markdown.renderInline(escapeMarkdown("@octocat a@b.c #12 GH-12 !7 :tada:"));
    expect(shown).not.toMatch(/@\w|#\d|GH-\d/);
  });

  it("ends the marker, or makes another one of it", () => {
    expect(previewMarker("mlops", "prod")).toBe("<!-- mlops-preview mlops/prod -->");
    fc.assert(
      fc.property(hostile, hostile, (project, stack) => {
        expect(previewMarker(project, stack)).toMatch(/^<!-- mlops-preview [\w./-]* -->$/);
        expect(previewMarker(project, stack).slice(4, -3)).not.toContain("--");
      }),
    );
  });

  it("hides or turns what follows", () => {
    expect(escapeMarkdown("a\u202eb\u200bc\u0007")).toBe(
      "a&#92;u{202e}b&#92;u{200b}c&#92;u{7}".replaceAll("{", "&#123;").replaceAll("}", "&#125;"),
    );
  });
});
