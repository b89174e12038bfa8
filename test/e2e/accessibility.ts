import AxeBuilder from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { expect } from "vitest";

/**
 * Expects that axe finds nothing on a page, and that each table has a caption and each of its headings a scope.
 * @param name - What to call the page in a failure.
 */
export async function expectAccessible(page: Page, name: string): Promise<void> {
  const unnamed = "table:not(:has(> caption)), th:not([scope=col]):not([scope=row])";
  expect(await page.locator(unnamed).count(), name).toBe(0);
  const { violations } = await new AxeBuilder({ page })
    // There are no frames to look into, for which it would open a page each time.
    .setLegacyMode(true)
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
    .analyze();
  const found = violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
  expect(found, name).toEqual([]);
}
