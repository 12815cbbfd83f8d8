/** An exported page in a real browser, from a plain server of files: what a server's page answers. */
import assert from "node:assert/strict";
import type { Page } from "puppeteer-core";
import { exportPage } from "../../../src/explore/exported/export_page.ts";
import type { SearchQuestion } from "../../../src/explore/exported/search_questions.ts";
import type { NeighboursAnswer, RowAnswer } from "../../../src/explore/protocol.ts";
import { filesBelow } from "../../../src/files/exists.ts";
import { dirname, join } from "../../../src/files/paths.ts";
import { chromium } from "../../helpers/chromium.ts";
import { imagesOf, seriousFaults, textsOf, waitForText } from "../../helpers/explore_page.ts";
import { type ExploredRun, exploredRun } from "../../helpers/explored_run.ts";
import { pageTests } from "../../helpers/page_tests.ts";
import { StaticSite } from "../../helpers/static_site.ts";
import { TemporaryFolder } from "../../helpers/temporary_folder.ts";

const tests = pageTests();

// What a page has, for functions that run in it.
// deno-lint-ignore no-explicit-any
declare const document: any, getComputedStyle: any;

let made: ExploredRun;
let site: StaticSite;
let folder: string;

Deno.test.beforeAll(async () => {
  if (chromium === null) return;
  made = await exploredRun();
  const authorization = `Bearer ${made.token}`;
  await made.ask("/api/analysis/begin?split=test", { method: "POST", headers: { authorization } });
  while ((await made.ask("/api/analysis?split=test")).body.state === "running");
  folder = join(made.runs, "page");
  await exportPage(made.explored.model, { among: made.set, folder });
  site = new StaticSite(folder);
});

Deno.test.afterAll(async () => {
  if (chromium === null) return;
  await site[Symbol.asyncDispose]();
  await made[Symbol.asyncDispose]();
});

/** Opens the exported page, does something, and sees that nothing went wrong on the way. */
function exportedTest(
  name: string,
  hash: string,
  work: (page: Page) => Promise<void>,
  width = 1280,
): void {
  tests.pageTest(name, async () => {
    const { page, requests, messages } = await tests.browser.visit(`${site.url}${hash}`, width);
    try {
      await work(page);
      assert.deepEqual(messages, []);
      const outside = requests.filter((url) => !url.startsWith(site.url) && !/^blob:/.test(url));
      assert.deepEqual(outside, []);
      assert.equal(await page.$(".message.trouble"), null);
    } finally {
      await page.close();
    }
  });
}

/** Asks the worker that the page asks. */
async function asked<Answer>(page: Page, question: SearchQuestion): Promise<Answer> {
  const answer = await page.evaluate(`new Promise((resolve) => {
    const worker = new Worker("search_worker.js", { type: "module" });
    worker.onmessage = ({ data }) => resolve(data);
    worker.postMessage({ number: 0, question: ${JSON.stringify(question)} });
  })`) as { readonly answer: Answer };
  return answer.answer;
}

/** By image: its value in a row. */
function valuesIn({ hits }: RowAnswer): [number, number][] {
  return hits.map(({ index, value }): [number, number] => [index, value])
    .sort(([a], [b]) => a - b);
}

exportedTest(
  "an exported page finds what the server finds, with distances as near as float16 is",
  "#q=4",
  async (page) => {
    const rows = [
      { by: "notion", notion: "shape" },
      { by: "unmasked" },
      { by: "mixture", weights: { shape: 0.5, colour: 1 }, isBalanced: true },
      { by: "mixture", weights: { shape: 1, colour: -0.25 }, isBalanced: false },
      { by: "mixture", weights: {}, isBalanced: true },
    ] as const;
    for (const order of ["nearest", "farthest"] as const) {
      const question = { query: { index: 4 }, rows, k: 40, order, where: ["shape=0,1"] };
      const { body } = await made.ask("/api/neighbours", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(question),
      });
      const found = await asked<NeighboursAnswer>(page, { ask: "neighbours", asked: question });
      assert.deepEqual(found.query, body.query);
      for (const [at, row] of found.rows.entries()) {
        const expected: RowAnswer = body.rows[at];
        assert.equal(row.refusal, expected.refusal);
        assert.equal(row.isScore, expected.isScore);
        const [mine, theirs] = [valuesIn(row), valuesIn(expected)];
        assert.deepEqual(mine.map(([index]) => index), theirs.map(([index]) => index));
        const largest = Math.max(...theirs.map(([, value]) => Math.abs(value)), 1e-9);
        mine.forEach(([index, value], i) => {
          const off = Math.abs(value - theirs[i][1]) / largest;
          assert.ok(off < 0.01, `row ${at}, image ${index}: ${value}, not ${theirs[i][1]}`);
        });
        const sign = order === "nearest" ? 1 : -1;
        row.hits.forEach(({ value }, i) =>
          assert.ok(i === 0 || sign * (value - row.hits[i - 1].value) >= 0, `row ${at}, hit ${i}`)
        );
        const known = new Map(expected.hits.map((hit) => [hit.index, hit]));
        for (const { index, name, alike, values } of row.hits) {
          const { name: theirName, alike: theirs, values: texts } = known.get(index)!;
          assert.deepEqual([name, alike, values], [theirName, theirs, texts]);
        }
      }
    }
  },
);

exportedTest(
  "an exported page shows rows of pictures, and the mixer's row follows its sliders",
  "",
  async (page) => {
    await page.waitForSelector("[data-row=begin] .card");
    assert.equal((await textsOf(page, "[data-row=begin] .card")).length, 36);
    await page.click("[data-row=begin] .card:nth-child(5) button");
    await page.waitForSelector("[data-row='3'] .card");
    assert.match(page.url(), /#.*\bq=4\b/);
    const parts = await page.$$eval(
      "[data-row='0'] .sheet-part",
      (found) => found.map((each) => getComputedStyle(each).backgroundImage),
    );
    assert.ok(parts.length >= 12 && parts.every((each) => each.includes("data/sheet_0.jpg")));
    const before = await imagesOf(page, 3);
    await page.focus(".mixer input[type=range]");
    await page.keyboard.press("Home");
    await page.waitForFunction(
      `[...document.querySelectorAll("[data-row='3'] [data-image]")]
        .map((each) => each.dataset.image).join() !== "${before.join()}"`,
    );
    await page.waitForFunction("/mix=shape:-1/.test(location.hash)");
  },
);

exportedTest(
  "an exported page shows what a deep link says: query, conditions, farthest, one large map",
  "#q=7&mode=farthest&where=colour%3D1",
  async (page) => {
    await page.waitForSelector("[data-row='0'] .card");
    const images = await imagesOf(page, 0);
    assert.equal(images.length, 11);
    assert.ok(images.every((image) => image % 3 === 1), images.join());
    await waitForText(page, "only colour=1");
  },
);

exportedTest(
  "an exported page finds images by name, by number and by value",
  "",
  async (page) => {
    await page.waitForSelector("#search");
    await page.type("#search", "17.p");
    await page.waitForFunction(`document.querySelector("#found").innerText.includes("17.png")`);
    await page.keyboard.press("Enter");
    await page.waitForFunction("/q=17/.test(location.hash)");
    await page.type("#search", "tags");
    await page.waitForFunction(`document.querySelector("#found").innerText.includes("tags")`);
    await page.keyboard.press("Enter");
    await page.waitForFunction("/where=/.test(location.hash)");
    await page.waitForSelector(".conditions li");
  },
);

exportedTest(
  "an exported page lays its maps out as the server does, and has their values and pictures",
  "#view=maps&q=4",
  async (page) => {
    await page.waitForFunction(() =>
      document.querySelector(".map-stage")?.getAttribute("data-still") === "true" &&
      document.querySelector(".map-progress") === null
    );
    assert.equal((await page.$$(".map-pane")).length, 3);
    const exported = JSON.parse(await Deno.readTextFile(join(folder, "exported.json")));
    for (const notion of ["shape", "colour", ""]) {
      const path = `/api/maps/layout?notion=${notion}`;
      for (;;) {
        const { body } = await made.ask("/api/maps");
        if (body.maps.every(({ stage }: { stage: string }) => stage === "map")) break;
      }
      const theirs = await (await fetch(`${made.origin}${path}`)).bytes();
      const mine = await Deno.readFile(join(folder, exported.maps.layouts[notion]));
      assert.deepEqual(mine, theirs, notion);
    }
    await page.waitForSelector(".map-legend, .legends, [class*=legend]");
  },
);

exportedTest(
  "an exported page shows masks by epoch, and the pictures at both ends of a dimension",
  "#view=masks&dim=2",
  async (page) => {
    await page.waitForSelector(".mask-chart g.column");
    await waitForText(page, "epoch");
    const { body } = await made.ask("/api/dimensions/2?count=8");
    await page.waitForFunction(
      `document.querySelectorAll(".sheet-part").length >= ${body.low.length}`,
    );
    const before = await page.$eval(".mask-chart", (each) => each.innerHTML);
    await page.keyboard.press(",");
    await page.waitForFunction("/epoch=2/.test(location.hash)");
    assert.notEqual(await page.$eval(".mask-chart", (each) => each.innerHTML), before);
  },
);

exportedTest(
  "an exported page shows the curves of its run alone, and the accuracy that was measured",
  "#view=curves",
  async (page) => {
    await page.waitForSelector(".plot canvas");
    await waitForText(page, "own: 4 of 6 epochs");
    assert.equal(await page.$(".run-picker"), null);
    await waitForText(page, "95 %");
    await page.select(".analysis select", "train");
    await waitForText(page, "They were not measured; that needs a server.");
  },
);

exportedTest(
  "an exported page shows the triplets that the model gets wrong by most",
  "#mode=triplets&split=train",
  async (page) => {
    await page.waitForSelector(".triplets-view section");
    const { body } = await made.ask("/api/triplets?notion=shape&split=train&count=12");
    await waitForText(page, `${body.wrong} of ${body.total}`);
    await page.waitForSelector(".triplets-view .sheet-part");
  },
);

exportedTest(
  "an exported page says of labels, checks and own pictures that they need a server",
  "#view=label",
  async (page) => {
    await waitForText(page, "Questions are asked where the page has a server");
    await page.evaluate(`location.hash = "view=check"`);
    await waitForText(page, "Labels are checked where the page has a server");
    await page.evaluate(`location.hash = "q=4"`);
    await waitForText(page, "A picture of yours can be the query where the server runs");
    await page.keyboard.press("?");
    await waitForText(page, "It has no server. Embeddings are rounded to float16");
  },
);

for (const view of ["neighbours&q=4", "maps", "masks&dim=1", "curves", "label", "check"]) {
  exportedTest(
    `an exported page has no serious fault of accessibility: ${view}`,
    `#view=${view}`,
    async (page) => {
      await page.waitForSelector("main > :not(.quiet)");
      assert.deepEqual(await seriousFaults(page), []);
    },
  );
}

exportedTest(
  "an exported page fits a narrow screen",
  "#q=4",
  async (page) => {
    await page.waitForSelector("[data-row='3'] .card");
    const wide = await page.evaluate("document.documentElement.scrollWidth");
    assert.ok(Number(wide) <= 400, String(wide));
  },
  400,
);

tests.pageTest("an exported page that is opened as a file says how it is opened", async () => {
  const { page } = await tests.browser.open(join(folder, "index.html"), 1000);
  await waitForText(page, "python3 -m http.server -b 127.0.0.1 8000");
  await waitForText(page, "it was opened as a file");
  await page.close();
});

tests.pageTest("an exported page of which a file is missing says which", async () => {
  await using copy = await copyOf(folder);
  await Deno.remove(join(copy.path, "data", "embeddings.bin"));
  await using broken = new StaticSite(copy.path);
  const { page } = await tests.browser.visit(`${broken.url}#q=4`, 1000);
  await waitForText(page, "data/embeddings.bin does not come (404)");
  await page.close();
});

async function copyOf(from: string): Promise<TemporaryFolder> {
  const copy = await TemporaryFolder.make();
  for (const path of await filesBelow(from)) {
    await Deno.mkdir(dirname(join(copy.path, path)), { recursive: true });
    await Deno.copyFile(join(from, path), join(copy.path, path));
  }
  return copy;
}
