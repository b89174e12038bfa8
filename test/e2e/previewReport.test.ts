import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { main } from "../../cli/previewReport";
import { root } from "../../cli/shared/paths";
import { expectAccessible } from "./accessibility";
import { launchChromium } from "./page/chromium";

const fixtures = join(root, "test", "fixtures", "previews");
const recorded = readdirSync(fixtures)
  .filter((file) => file.endsWith(".json"))
  .map((file) => file.replace(/\.json$/, ""));
/** What has more of the same as others, which takes axe its time. */
const LARGE = new Set(["removed-model", "policy-violation"]);
const folder = mkdtempSync(join(tmpdir(), "preview-pages-"));
const desktop = { viewport: { width: 1200, height: 900 } };

let browser: Browser;
let contexts: BrowserContext[] = [];
let problems: string[] = [];

beforeAll(async () => {
  browser = await launchChromium();
  for (const name of recorded)
    await main([
      ...["--preview", join(fixtures, `${name}.json`)],
      ...["--events", join(fixtures, `${name}.events.jsonl`)],
      ...["--commit", "0123abcd", "--html", fileOf(name), "--markdown", `${fileOf(name)}.md`],
    ]);
});

afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
});

afterEach(async () => {
  for (const context of contexts) await context.close();
  // Whatever a test was about: no page may complain, or ask for anything but itself.
  expect(problems).toEqual([]);
  [contexts, problems] = [[], []];
});

const fileOf = (name: string) => join(folder, `${name}.html`);

async function open(name: string, options: BrowserContextOptions = desktop): Promise<Page> {
  const context = await browser.newContext(options);
  contexts.push(context);
  const page = await context.newPage();
  const url = pathToFileURL(fileOf(name)).href;
  page.on("console", (message) => problems.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("request", (request) => {
    if (request.url() !== url) problems.push(`elsewhere: ${request.url()}`);
  });
  await page.goto(url);
  return page;
}

const unfold = (page: Page) =>
  page.locator("details").evaluateAll((all) => {
    for (const one of all) one.setAttribute("open", "");
  });

describe("the page of a recorded preview", () => {
  it("says first what would be lost, and what forces it", async () => {
    const page = await open("replaced-table");
    expect(await page.innerText("h1")).toContain(
      "table customer-churn-labels-table loses its rows",
    );
    const row = page
      .locator("section", { has: page.locator("#losses") })
      .getByRole("row")
      .nth(1);
    expect(await row.innerText()).toMatch(
      /replaced\s+table customer-churn-labels-table[^]*schemaName forces the replacement: labels → validation[^]*its rows/,
    );
  });

  it("draws each part of a model with what happens to it, and what it needs", async () => {
    const page = await open("new-model");
    const picture = page
      .getByRole("img", { name: /^customer-churn: \d+ parts/ })
      .locator("visible=true");
    expect(await picture.locator(".node.create").count()).toBeGreaterThan(6);
    expect(await picture.locator(".arrow").count()).toBeGreaterThan(4);
    const text = await picture.locator(".node", { hasText: "training job" }).textContent();
    expect(text).toContain("created");
    // Cards neither overlap nor leave the picture.
    const boxes = await picture.locator(".node .body").evaluateAll((all) =>
      all.map(
        (one) =>
          one.getBoundingClientRect().toJSON() as {
            left: number;
            top: number;
            right: number;
            bottom: number;
          },
      ),
    );
    const overlaps = boxes.filter((a, i) =>
      boxes
        .slice(i + 1)
        .some((b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom),
    );
    expect(overlaps).toEqual([]);
  });

  it("shows the gate's verdict with every number", async () => {
    const page = await open("blocked-gate");
    expect(await page.innerText("h1")).toContain("blocks the update");
    const row = page.getByRole("row", { name: /^customer_churn_model/ });
    expect(await row.innerText()).toMatch(
      /v2\s+blocks the update[^]*fails\s+val_auc_roc 0.81, must be > 0.842/,
    );
    expect(await page.locator(".node.bad").count()).toBe(2);
  });

  it.each(recorded)("holds no script, and nothing from elsewhere: %s", async (name) => {
    const page = await open(name);
    expect(await page.title()).not.toContain("owned");
    expect(await page.locator("script, img, iframe, link, a").count()).toBe(0);
    // Where the policy of the page would let it, a text would have become an element of its own.
    if (name === "hostile") expect(await page.innerText("body")).toContain('<img src=x onerror="');
  });

  it.each([
    ["light", { ...desktop, colorScheme: "light" }, recorded.filter((name) => !LARGE.has(name))],
    ["dark", { ...desktop, colorScheme: "dark" }, ["replaced-table", "hostile"]],
    ["narrow", { viewport: { width: 320, height: 640 } }, ["replaced-table", "blocked-gate"]],
  ] as const)("is accessible: %s", async (_, options, some) => {
    for (const name of some) {
      const page = await open(name, options);
      await unfold(page);
      await expectAccessible(page, name);
    }
  });

  it("needs no sideways scrolling of the page at 320 px", async () => {
    for (const name of recorded) {
      const page = await open(name, { viewport: { width: 320, height: 640 } });
      await unfold(page);
      expect(await page.evaluate("document.documentElement.scrollWidth"), name).toBe(320);
    }
  });

  // Only when asked: a test must not change the checkout.
  it.runIf(process.env["MLOPS_SCREENSHOTS"] !== undefined)("has its picture taken", async () => {
    const shoot = async (name: string, as: string, options: BrowserContextOptions) => {
      const page = await open(name, { ...options, reducedMotion: "reduce" });
      const path = join(root, "docs", `preview-report-${as}.png`);
      await page.screenshot({ path, fullPage: options.viewport?.height === TALL });
    };
    const wide = { width: 1200, height: TALL };
    await shoot("new-model", "new-model", { viewport: wide, colorScheme: "light" });
    await shoot("replaced-table", "light", {
      viewport: { width: 1200, height: 1250 },
      colorScheme: "light",
    });
    await shoot("blocked-gate", "blocked-gate", { viewport: wide, colorScheme: "dark" });
    await shoot("no-change", "no-change", { viewport: wide, colorScheme: "light" });
    await shoot("new-model", "phone", {
      viewport: { width: 390, height: 1100 },
      colorScheme: "light",
    });
  });
});

/** Height of a window for a picture of all that the page has. */
const TALL = 300;
