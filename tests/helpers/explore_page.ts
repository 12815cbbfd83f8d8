/** The explorer's page in a real browser. */
import axe, { type AxeResults } from "axe-core";
import type { Page } from "puppeteer-core";

/** Errors of a page, apart from pictures that are not there and servers that are away. */
export function faultsOf(messages: readonly string[]): string[] {
  return messages.filter((text) => !/^Failed to load resource/.test(text));
}

/** What axe-core calls serious or critical on a page as it is. */
export async function seriousFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate("axe.run()") as AxeResults;
  return found.violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) =>
      `${id}: ${
        nodes.slice(0, 3).map(({ html, failureSummary }) => `${html}: ${failureSummary}`).join("; ")
      }`
    );
}

/** The texts of what a selector finds. */
export async function textsOf(page: Page, selector: string): Promise<string[]> {
  return await page.$$eval(
    selector,
    (found) => found.map((each) => (each as { textContent: string }).textContent.trim()),
  );
}

/** The images of a row of cards, by their indices. */
export async function imagesOf(page: Page, row: number | string): Promise<number[]> {
  const cards = await page.$$(`[data-row="${row}"] [data-image]`);
  return await Promise.all(
    cards.map((card) => card.evaluate((each) => Number(each.getAttribute("data-image")))),
  );
}

/** Waits until a text is somewhere on the page. */
export async function waitForText(page: Page, text: string): Promise<void> {
  await page.waitForFunction(`document.body.innerText.includes(${JSON.stringify(text)})`);
}
