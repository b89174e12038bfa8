import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { root } from "../../cli/shared/paths";
import { python } from "../../cli/python/python";
import { mlflowOf } from "../../local/mlflow/server";
import { updateModel } from "../../local/models/registry";
import { signInLink } from "../../local/page/session";
import { startWorkspace, type RunningWorkspace } from "../../local/start";
import { expectAccessible } from "./accessibility";
import { launchChromium } from "./page/chromium";
import { HOSTILE, seed, type Seeded } from "./page/seed";

const folder = mkdtempSync(join(tmpdir(), "mlops-page-"));
const desktop = { viewport: { width: 1280, height: 900 } };

let running: RunningWorkspace;
let seeded: Seeded;
let browser: Browser;
let contexts: BrowserContext[] = [];
let problems: string[] = [];

beforeAll(async () => {
  [running, browser] = await Promise.all([
    startWorkspace({ root: join(folder, "workspace"), python }),
    launchChromium(),
  ]);
  seeded = await seed(running);
});

afterAll(async () => {
  await browser.close();
  await running.close();
  rmSync(folder, { recursive: true, force: true });
});

afterEach(async () => {
  for (const context of contexts) await context.close();
  // Whatever a test was about: no page may complain, ask elsewhere, or ask for what is not there.
  expect(problems).toEqual([]);
  [contexts, problems] = [[], []];
});

/** A browser without cookies; what goes wrong in it is noted. */
async function open(options: BrowserContextOptions = desktop): Promise<Page> {
  const context = await browser.newContext(options);
  contexts.push(context);
  const page = await context.newPage();
  page.on("console", (message) => problems.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText ?? "";
    // Whoever leaves a page before it has loaded, or closes it, breaks off what is under way.
    if (reason !== "net::ERR_ABORTED") problems.push(`failed: ${request.url()}: ${reason}`);
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(running.url)) problems.push(`elsewhere: ${request.url()}`);
  });
  return page;
}

/** A browser that followed the link that `npm run workspace` prints. */
async function openSignedIn(options?: BrowserContextOptions): Promise<Page> {
  const page = await open(options);
  await page.goto(signInLink(running));
  return page;
}

const modelUrl = (name: keyof Omit<Seeded, "failedRun">) =>
  `${running.url}/models/${seeded[name].fullName}`;

/** One of each kind of page, with every state that the seeds have. */
const pages = () => [
  running.url,
  `${running.url}/?alias=challenger`,
  modelUrl("healthy"),
  modelUrl("drifted"),
  modelUrl("refused"),
  modelUrl("unserved"),
  `${running.url}/runs`,
  `${running.url}/runs/${seeded.failedRun}`,
  `${running.url}/sources/${seeded.refused.runIds[1] ?? ""}`,
];

describe("the workspace's page", () => {
  it("opens by its link, stays open, and says without it how to open it", async () => {
    const stranger = await open();
    await stranger.goto(running.url);
    expect(await stranger.textContent("h1")).toBe("Open this page by its link");
    // A refusal is noted in the console; it is what this test is about.
    expect(problems).toEqual([expect.stringContaining("403")]);
    problems = [];

    const page = await openSignedIn();
    expect(page.url()).toBe(`${running.url}/`);
    expect(await page.textContent("h1")).toBe("Models");
    await page.goto(`${running.url}/runs`);
    expect(await page.textContent("h1")).toBe("Runs");
    expect(await page.evaluate("document.cookie")).toBe("");
  });

  it("puts what needs attention first, worst first, with the reason", async () => {
    const page = await openSignedIn();
    const attention = page.locator("section", { has: page.locator("#attention") });
    expect(await attention.locator("h3").allTextContents()).toEqual([
      "customer_churn_model",
      "irisclassifierdemo",
      "customer_lifetime_value",
      "telco_churn_model",
    ]);
    const text = await attention.innerText();
    expect(text).toContain("still serves v1, its last update failed");
    expect(text).toContain(
      'Alert "customer_churn_model drift" fires: MAX(drift_score) > 0.1 (0.212)',
    );
    expect(text).toContain("column 'petal_width' is missing");
    expect(text).toContain("v2 was refused by the gate: val_auc_roc 0.8412, must be > 0.85");
    expect(text).toContain("Nothing at 1 other model.");
  });

  it("tells healthy, not configured and unknown apart", async () => {
    const page = await openSignedIn();
    const card = (name: string) => page.locator("article", { hasText: `models.${name}` });
    expect(await card("churn_prediction_model").innerText()).toMatch(/Healthy[^]*0.03 within 0.1/);
    expect(await card("irisclassifierdemo").innerText()).toContain("Not configured");
    expect(await card("telco_churn_model").innerText()).toContain("Not computed yet");

    const mlflow = mlflowOf(running.workspace);
    const call = vi.spyOn(mlflow, "call").mockRejectedValue(new Error("it was stopped"));
    await page.reload();
    call.mockRestore();
    expect(await page.innerText("main")).toContain("Not all could be read. MLflow: it was stopped");
    // What does not come from there is shown all the same.
    expect(await card("churn_prediction_model").innerText()).toContain("12,480 requests");
    expect(await card("churn_prediction_model").innerText()).toContain("Partly unknown");
  });

  it("asks MLflow as often for five models as for one", async () => {
    const page = await openSignedIn();
    const call = vi.spyOn(mlflowOf(running.workspace), "call");
    await page.reload();
    expect(call.mock.calls.length).toBeLessThanOrEqual(4);
    call.mockRestore();
  });

  it("filters models by alias", async () => {
    const page = await openSignedIn();
    await page.getByRole("link", { name: "@challenger", exact: true }).click();
    expect(await page.locator("article h3").allTextContents()).toEqual([
      "customer_churn_model",
      "telco_churn_model",
      "churn_prediction_model",
    ]);
  });

  it("shows a model's gate, versions, endpoint, drift and alert", async () => {
    const page = await openSignedIn();
    await page.goto(modelUrl("drifted"));
    const part = (id: string) => page.locator("section", { has: page.locator(`#${id}`) });
    expect(await part("gate").innerText()).toMatch(/Promoted[^]*val_auc_roc 0.8447 > 0.842/);
    expect(await part("gate").innerText()).toMatch(/evidence\s+intact, sha256 [0-9a-f]{12}\n/);
    expect(await part("gate").innerText()).toContain("+0.0015");
    expect(await part("endpoints").innerText()).toContain("Ready, but the last update failed");
    expect(await part("endpoints").innerText()).toContain("3,071");
    expect(await part("alerts").innerText()).toMatch(/Triggered[^]*mlops@example.com[^]*Sent/);
    const chart = part("drift").getByRole("img").locator("visible=true");
    expect(await chart.getAttribute("aria-label")).toContain("3 above the threshold 0.1");
    expect(await chart.locator(".mark").count()).toBe(14);
    expect(await chart.locator(".mark.above").count()).toBe(3);
    await page.getByText("The same as a table").click();
    const table = part("drift").getByRole("table");
    expect(await table.getByRole("row").count()).toBe(15);
    expect(await table.getByRole("row").nth(1).innerText()).toMatch(/0\.212\s+days_since/);
  });

  it("shows a failed run with each task's state, error and log", async () => {
    const page = await openSignedIn();
    await page.getByRole("link", { name: /^Details: The last run of iris-end-to-end/ }).click();
    expect(page.url()).toBe(`${running.url}/runs/${seeded.failedRun}`);
    const tasks = page.locator("article");
    expect(await tasks.nth(0).innerText()).toMatch(/train\s+Failed[^]*KeyError: "column/);
    expect(await tasks.nth(0).innerText()).toContain("reading 150 rows");
    expect(await tasks.nth(1).innerText()).toMatch(/validate\s+Skipped \(upstream failed\)/);
    await page.getByRole("link", { name: seeded.failing.fullName }).click();
    expect(await page.textContent("h1")).toBe("irisclassifierdemo");
  });

  it("leads to nothing that is not there", async () => {
    const page = await openSignedIn();
    const [found, queue] = [new Map<string, string>(), [running.url]];
    const missing: string[] = [];
    for (let url = queue.pop(); url !== undefined; url = queue.pop()) {
      const [path = "", part = ""] = url.split("#");
      if (!found.has(path)) {
        const answer = await page.request.get(path);
        const html = await answer.text();
        found.set(path, html);
        if (!answer.ok()) missing.push(path);
        const links = [...html.matchAll(/ href="([^"]+)"/g)].map(([, href = ""]) => href);
        queue.push(...links.map((href) => new URL(href, path).href));
      }
      if (part !== "" && found.get(path)?.includes(`id="${part}"`) !== true) missing.push(url);
    }
    expect(missing).toEqual([]);
    expect(found.size).toBeGreaterThan(20);
  });

  it("shows hostile names, tags, descriptions and logs as the text they are", async () => {
    const page = await openSignedIn();
    let shown = 0;
    for (const url of pages()) {
      await page.goto(url);
      expect(await page.title()).not.toContain("owned");
      expect(await page.locator("script, main img").count()).toBe(0);
      if ((await page.innerText("body")).includes(HOSTILE)) shown++;
    }
    expect(shown).toBeGreaterThanOrEqual(4);
  });

  it.each([
    ["light", desktop, pages],
    ["dark", { ...desktop, colorScheme: "dark" }, () => pages().slice(0, 4)],
    ["narrow", { viewport: { width: 320, height: 640 } }, () => pages().slice(0, 4)],
  ] as const)("is accessible: %s", async (_, options, some) => {
    const page = await openSignedIn(options);
    for (const url of some()) {
      await page.goto(url);
      await page.locator("details").evaluateAll((all) => {
        for (const one of all) one.setAttribute("open", "");
      });
      await expectAccessible(page, url);
    }
  });

  it("needs no sideways scrolling at 320 px", async () => {
    const page = await openSignedIn({ viewport: { width: 320, height: 640 } });
    for (const url of pages()) {
      await page.goto(url);
      expect(await page.evaluate("document.documentElement.scrollWidth"), url).toBe(320);
    }
  });

  it("follows the system to dark and to less motion", async () => {
    const page = await openSignedIn({ ...desktop, colorScheme: "dark", reducedMotion: "reduce" });
    const style = (name: string) =>
      page.evaluate(`getComputedStyle(document.documentElement)["${name}"]`);
    expect(await style("backgroundColor")).toBe("rgb(20, 23, 26)");
    expect(await style("scrollBehavior")).toBe("auto");
    await page.emulateMedia({ colorScheme: "light", reducedMotion: "no-preference" });
    expect(await style("backgroundColor")).toBe("rgb(246, 246, 244)");
    expect(await style("scrollBehavior")).toBe("smooth");
  });

  it("can be used by keyboard, and shows where one is", async () => {
    const page = await openSignedIn();
    await page.keyboard.press("Tab");
    expect(await page.innerText(":focus")).toBe("Skip to content");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    expect(await page.innerText(":focus")).toBe("customer_churn_model");
    expect(await page.locator(":focus").evaluate((one) => getComputedStyle(one).outlineWidth)).toBe(
      "3px",
    );
    await page.keyboard.press("Enter");
    await page.waitForURL(modelUrl("drifted"));
  });

  // Only when asked: a test must not change the checkout.
  it.runIf(process.env["MLOPS_SCREENSHOTS"] !== undefined)("has its picture taken", async () => {
    updateModel(running.workspace, seeded.unserved.fullName, { comment: "Revenue of a year" });
    const shoot = async (name: string, url: string, options: BrowserContextOptions) => {
      // Nothing may still be moving.
      const page = await openSignedIn({ ...options, reducedMotion: "reduce" });
      await page.goto(url);
      await page.screenshot({ path: join(root, "docs", `workspace-page-${name}.png`) });
    };
    const wide = { viewport: { width: 1200, height: 1000 } };
    await shoot("light", running.url, { ...wide, colorScheme: "light" });
    await shoot("dark", `${modelUrl("drifted")}#drift`, { ...wide, colorScheme: "dark" });
    await shoot("phone", running.url, {
      viewport: { width: 390, height: 1000 },
      colorScheme: "light",
    });
  });
});
