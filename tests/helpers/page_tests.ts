/** Tests of pages in a real browser; where there is none they are skipped, with a printed reason. */
import { Chromium, chromium } from "./chromium.ts";

/** What a file of such tests works with. */
export interface PageTests {
  /** The file's browser, once its tests run. */
  readonly browser: Chromium;
  /** Registers a test that the browser outlives. */
  pageTest(name: string, work: () => Promise<void>): void;
}

/** Starts a browser before a file's tests, and closes it after them. */
export function pageTests(): PageTests {
  const ignore = chromium === null;
  if (ignore) console.error("skipped: there is no chromium on PATH, in which the page is tried");
  let browser: Chromium | undefined;
  Deno.test.beforeAll(async () => {
    if (!ignore) browser = await Chromium.start(chromium!);
  });
  Deno.test.afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
  });
  return {
    get browser() {
      return browser!;
    },
    pageTest: (name, work) =>
      Deno.test(name, { ignore, sanitizeOps: false, sanitizeResources: false }, work),
  };
}
