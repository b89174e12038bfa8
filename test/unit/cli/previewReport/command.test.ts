import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { main } from "../../../../cli/previewReport";

const folder = mkdtempSync(join(tmpdir(), "preview-report-"));
const [markdown, html] = [join(folder, "out.md"), join(folder, "out.html")];

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const file = (content: string) => {
  const path = join(folder, "preview.json");
  writeFileSync(path, content);
  return ["--preview", path, "--markdown", markdown, "--html", html];
};

describe("npm run preview-report", () => {
  it("writes a comment and a page", async () => {
    const plan = { steps: [{ op: "create", urn: "urn:pulumi:dev::mlops::a:b:C::c" }] };
    expect(await main([...file(JSON.stringify(plan)), "--commit", "abc123"])).toBe(0);
    expect(readFileSync(markdown, "utf8")).toMatch(/^<!-- mlops-preview mlops\/dev -->\n### /);
    expect(readFileSync(html, "utf8")).toMatch(/^<!doctype html><html lang="en">/);
  });

  it.each([
    ["error: could not decrypt configuration: incorrect passphrase\n", []],
    ["", ["--exit-code", "255"]],
  ])("makes a comment of a preview that failed before it had a plan", async (text, more) => {
    expect(await main([...file(text), ...more, "--stack", "prod"])).toBe(0);
    const comment = readFileSync(markdown, "utf8");
    expect(comment).toMatch(/^<!-- mlops-preview mlops\/prod -->\n### 🛑 The preview of .* failed/);
    expect(comment).toContain(
      text === "" ? "pulumi preview wrote nothing" : "incorrect passphrase",
    );
    expect(readFileSync(html, "utf8")).toContain("failed");
  });

  it("takes the reason from standard error", async () => {
    const log = join(folder, "preview.log");
    writeFileSync(log, "error: no stack named 'prod' found\n");
    await main([...file(""), "--log", log, "--exit-code", "1", "--stack", "prod"]);
    expect(readFileSync(markdown, "utf8")).toContain("no stack named");
  });

  it.each([
    [file("hello"), /preview\.json is no preview/],
    [[...file("hello"), "--exit-code", "0"], /preview\.json is no preview/],
    [
      ["--preview", join(folder, "none.json"), "--markdown", markdown],
      /--preview cannot be read: ENOENT/,
    ],
    [["--markdown", markdown], /--preview is missing/],
    [file("{}").slice(0, 2), /Neither --markdown nor --html/],
    [[...file("{}"), "--colour", "red"], /Unknown option '--colour'/],
    [[...file("{}"), "--exit-code", "bad"], /--exit-code is bad/],
  ])("refuses what it cannot do, in words", async (args, message) => {
    writeFileSync(join(folder, "preview.json"), "hello");
    await expect(main(args)).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringMatching(message) as string,
    });
  });
});
