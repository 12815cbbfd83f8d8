/** Debian's chromium, or another found on PATH, for tests of pages. */
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { findProgram } from "../../src/native/platform.ts";

/** The browser's program; null when there is none. */
export const chromium: string | null = findProgram(
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
);

/** A page that is open, and what it did. */
export interface OpenPage {
  readonly page: Page;
  /** Addresses that it asked for, data in the page itself apart. */
  readonly requests: readonly string[];
  /** What it wrote to the console, and errors that nothing caught. */
  readonly messages: readonly string[];
}

/** A browser that is closed with its block. */
export class Chromium implements AsyncDisposable {
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** Starts the browser, which keeps nothing. */
  static async start(executablePath: string): Promise<Chromium> {
    // Its sandbox refuses to run as root, as in a container; the pages are the tests' own.
    const args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];
    // No limits of time: on a busy machine a slow browser is no fault of the page.
    const limits = { timeout: 0, protocolTimeout: 0 };
    return new Chromium(await puppeteer.launch({ executablePath, args, ...limits }));
  }

  /** Opens a file in a window so wide. */
  async open(file: string, width: number): Promise<OpenPage> {
    return await this.visit(`file://${file}`, width);
  }

  /** Opens an address in a window so wide. */
  async visit(url: string, width: number): Promise<OpenPage> {
    const page = await this.#browser.newPage();
    page.setDefaultTimeout(0);
    const requests: string[] = [];
    const messages: string[] = [];
    page.on("request", (request) => {
      if (!request.url().startsWith("data:")) requests.push(request.url());
    });
    page.on("console", (message) => messages.push(message.text()));
    page.on("pageerror", (error) => messages.push(String(error)));
    await page.setViewport({ width, height: 900 });
    await page.goto(url);
    return { page, requests, messages };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}
