/** The page in Chromium: neighbours, the mixer, search, own pictures, keys, and what goes wrong. */
import assert from "node:assert/strict";
import type { Page } from "puppeteer-core";
import type { Hit } from "../../../src/explore/protocol.ts";
import { bundlePage } from "../../../src/explore/bundle_page.ts";
import { exploreModel } from "../../../src/explore/explore_server.ts";
import { openExplored } from "../../../src/explore/explored.ts";
import { join } from "../../../src/files/paths.ts";
import { Chromium, chromium } from "../../helpers/chromium.ts";
import { type ExploreCase, exploreCase } from "../../helpers/explore_case.ts";
import {
  faultsOf,
  imagesOf,
  seriousFaults,
  textsOf,
  waitForText,
} from "../../helpers/explore_page.ts";
import { TemporaryFolder } from "../../helpers/temporary_folder.ts";

const ignore = chromium === null;
if (ignore) console.error("skipped: there is no chromium on PATH, in which the page is tried");

let made: ExploreCase;
let browser: Chromium;

Deno.test.beforeAll(async () => {
  if (ignore) return;
  made = await exploreCase();
  browser = await Chromium.start(chromium!);
});

Deno.test.afterAll(async () => {
  if (ignore) return;
  await browser[Symbol.asyncDispose]();
  await made[Symbol.asyncDispose]();
});

/** Opens the page, does something and sees that nothing went wrong on the way. */
function pageTest(
  name: string,
  hash: string,
  work: (page: Page) => Promise<void>,
  width = 1280,
): void {
  Deno.test(name, { ignore, sanitizeOps: false, sanitizeResources: false }, async () => {
    const { page, messages } = await browser.visit(`${made.server.url}${hash}`, width);
    try {
      await page.waitForSelector(".card, .triplet, .empty");
      await work(page);
      assert.deepEqual(faultsOf(messages), []);
    } finally {
      await page.close();
    }
  });
}

/** Waits until a row of cards has other images than `before`. */
async function otherImages(page: Page, row: number, before: readonly number[]): Promise<number[]> {
  const now = `[...document.querySelectorAll("[data-row='${row}'] [data-image]")]`;
  await page.waitForFunction(
    `${now}.length > 0 && ${now}.map((each) => each.dataset.image).join() !== "${before.join()}"`,
  );
  return await imagesOf(page, row);
}

/** What the server finds by one row. */
async function found(row: object, more: object = {}): Promise<number[]> {
  const asked = { query: { index: 4 }, rows: [row], k: 12, order: "nearest", where: [], ...more };
  const { body } = await made.post("/api/neighbours", asked);
  return body.rows[0].hits.map(({ index }: Hit) => index);
}

pageTest(
  "the page takes the token out of its address and shows images to begin with",
  "",
  async (page) => {
    assert.equal(new URL(page.url()).search, "");
    assert.equal((await textsOf(page, "[data-row=begin] .card")).length, 36);
    await page.click("[data-row=begin] .card:nth-child(5) button");
    await page.waitForSelector("[data-row='3'] .card");
    assert.match(page.url(), /#.*\bq=4\b/);
    assert.deepEqual(
      await textsOf(page, ".neighbours-row h2"),
      ["mixture", "shape", "colour", "no mask"],
    );
  },
);

pageTest(
  "rows show what the server finds, with distance, value and whether it is alike",
  "#q=4",
  async (page) => {
    await page.waitForSelector("[data-row='3'] .card");
    assert.deepEqual(await imagesOf(page, 0), await found({ by: "notion", notion: "shape" }));
    assert.deepEqual(await imagesOf(page, 2), await found({ by: "unmasked" }));
    const { hits } = made.service.model.search(
      made.explored.embeddings.at(4),
      made.explored.embeddings,
      { notion: "colour", k: 1, where: (index) => index !== 4 },
    );
    const value = hits[0].index % 3;
    const first = (await textsOf(page, "[data-row='1'] .card"))[0];
    assert.ok(first.includes((hits[0] as { distance: number }).distance.toFixed(3)), first);
    assert.ok(first.includes(`${value === 1 ? "✓" : "✗"} ${value}`), first);
    const label = await page.$eval(
      "[data-row='1'] button",
      (each) => each.getAttribute("aria-label"),
    );
    assert.match(label!, /^\d+\.png, distance 0\.\d+ by colour, (un)?alike, .*shares: shape \d+/);
  },
);

pageTest(
  "a click makes an image the query; the trail and the back button lead back",
  "#q=4",
  async (page) => {
    await page.waitForSelector("[data-row='0'] .card");
    const before = await imagesOf(page, 0);
    await page.click("[data-row='0'] .card:nth-child(2) button");
    await otherImages(page, 0, before);
    assert.match(page.url(), new RegExp(`\\bq=${before[1]}\\b.*trail=4\\b`));
    await page.waitForSelector(".trail li");
    await page.goBack();
    await page.waitForFunction(() => /\bq=4\b/.test(location.hash));
    await waitForText(page, "4.png");
    assert.equal((await page.$$(".trail li")).length, 0);
    await page.goForward();
    await page.waitForSelector(".trail li button");
    await page.click(".trail li button");
    await page.waitForFunction(() => /\bq=4\b/.test(location.hash) && !/trail/.test(location.hash));
  },
);

pageTest(
  "an image in several rows is linked when it is pointed at or has the focus",
  "#q=4&k=20",
  async (page) => {
    await page.waitForSelector("[data-row='3'] .card");
    const image = (await imagesOf(page, 3))[0];
    const rows = await Promise.all([0, 1, 2, 3].map((row) => imagesOf(page, row)));
    const times = rows.filter((images) => images.includes(image)).length;
    assert.ok(times > 1);
    await page.hover("[data-row='3'] .card:nth-child(1) button");
    await page.waitForSelector(".links polyline");
    assert.equal((await page.$$(`.card.linked[data-image="${image}"]`)).length, times);
    assert.equal((await page.$$(".card.linked")).length, times);
    await page.hover("h1");
    await page.waitForSelector(".linked", { hidden: true });
    await page.focus("[data-row='3'] .card:nth-child(1) button");
    await page.waitForSelector(".links polyline");
    assert.equal((await page.$$(".card.linked")).length, times);
  },
);

pageTest(
  "the mixer's row follows its sliders, and the address holds them",
  "#q=4",
  async (page) => {
    await page.waitForSelector("[data-row='3'] .card");
    const even = await imagesOf(page, 3);
    assert.deepEqual(
      even,
      await found({ by: "mixture", weights: { shape: 1, colour: 1 }, isBalanced: true }),
    );
    await page.focus(".mixer input[type=range]");
    await page.keyboard.press("Home");
    await otherImages(page, 3, even);
    await page.waitForFunction(() => location.hash.includes("mix=shape:-1,colour:1"));
    assert.deepEqual(
      await imagesOf(page, 3),
      await found({ by: "mixture", weights: { shape: -1, colour: 1 }, isBalanced: true }),
    );
    await waitForText(page, "unlike 1.00");
    await waitForText(page, "by score: the lowest is the best");
    await page.click(".mixer .check input");
    await page.waitForFunction(() => location.hash.includes("balanced=0"));
    await page.reload();
    await page.waitForSelector("[data-row='3'] .card");
    assert.deepEqual(
      await imagesOf(page, 3),
      await found({ by: "mixture", weights: { shape: -1, colour: 1 }, isBalanced: false }),
    );
  },
);

pageTest(
  "a mixture of nothing says so, and the other rows stay",
  "#q=4&mix=shape:0,colour:-1",
  async (page) => {
    await waitForText(page, "none is to be alike; give one a weight above 0");
    assert.equal((await imagesOf(page, 0)).length, 12);
  },
);

pageTest("farthest and hardest triplets are other modes", "#q=4&mode=farthest", async (page) => {
  await page.waitForSelector("[data-row='3'] .card");
  assert.deepEqual(
    await imagesOf(page, 0),
    await found({ by: "notion", notion: "shape" }, { order: "farthest" }),
  );
  await page.keyboard.press("t");
  await page.waitForSelector(".triplet");
  assert.match(page.url(), /mode=triplets/);
  const { body } = await made.get("/api/triplets?notion=shape&split=test&count=12");
  const [first] = await textsOf(page, ".triplet");
  assert.ok(first.includes(`near ${body.triplets[0].nearDistance.toFixed(3)}`), first);
  assert.ok(first.includes(`far ${body.triplets[0].farDistance.toFixed(3)}`), first);
  await page.click(".triplet button");
  await page.waitForSelector("[data-row='3'] .card");
  assert.match(page.url(), new RegExp(`\\bq=${body.triplets[0].anchor.index}\\b`));
});

pageTest("search finds names and values, by mouse and by keys", "", async (page) => {
  await page.keyboard.press("/");
  await page.keyboard.type("17");
  await page.waitForSelector("#found-17");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => /\bq=17\b/.test(location.hash));
  await page.waitForSelector("[data-row='3'] .card");
  const before = await imagesOf(page, 2);
  await page.type("#search", "colour=2");
  await page.waitForSelector("#found-value-0");
  await page.click("#found-value-0");
  await waitForText(page, "only colour=2");
  const images = await otherImages(page, 2, before);
  assert.deepEqual(images.filter((index) => index % 3 !== 2), []);
  await page.click(".conditions button");
  await page.waitForFunction(() => !location.hash.includes("where"));
});

pageTest(
  "an own picture becomes the query, by choosing and by dropping, and a link keeps it",
  "",
  async (page) => {
    const path = join(made.service.set, "images", "7.png");
    const input = (await page.$("#own-picture"))!;
    await (input as unknown as { uploadFile(path: string): Promise<void> }).uploadFile(path);
    await page.waitForSelector("[data-row='3'] .card");
    assert.equal((await imagesOf(page, 0))[0], 7);
    assert.deepEqual(await textsOf(page, "#query-name"), ["7.png"]);
    const link = page.url();
    assert.match(link, /own=[\w-]{43}/);
    const bytes = [...await Deno.readFile(join(made.service.set, "images", "11.png"))];
    await page.evaluate((bytes) => {
      // deno-lint-ignore no-explicit-any
      const { DataTransfer, DragEvent, document } = globalThis as any;
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(bytes)], "dropped.png", { type: "image/png" }));
      const drop = new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
      document.body.dispatchEvent(drop);
    }, bytes);
    await waitForText(page, "dropped.png");
    await page.waitForFunction(() =>
      // deno-lint-ignore no-explicit-any
      (globalThis as any).document.querySelector("[data-row='0'] [data-image]").dataset.image ===
        "11"
    );
    // Elsewhere the link finds the same, but has no picture to show.
    await page.evaluate(() => sessionStorage.clear());
    await page.goto(link);
    await page.reload();
    await waitForText(page, "The address holds its embedding");
    await page.waitForSelector("[data-row='3'] .card");
    assert.equal((await imagesOf(page, 0))[0], 7);
  },
);

pageTest("a file that is no picture is refused in a line that can be closed", "", async (page) => {
  const path = join(made.service.set, "set.json");
  const input = (await page.$("#own-picture"))!;
  await (input as unknown as { uploadFile(path: string): Promise<void> }).uploadFile(path);
  await page.waitForSelector(".trouble");
  assert.match((await textsOf(page, ".trouble"))[0], /^Cannot (take a body|decode an image)/);
  await page.click(".trouble button");
  await page.waitForSelector(".trouble", { hidden: true });
});

pageTest("keys go to every picture, and ? lists them", "#q=4", async (page) => {
  await page.waitForSelector("[data-row='3'] .card");
  const focused = () =>
    page.evaluate("Number(document.activeElement.closest('[data-image]')?.dataset.image)");
  const [first, second] = [await imagesOf(page, 0), await imagesOf(page, 1)];
  await page.keyboard.press("1");
  assert.equal(await focused(), first[0]);
  await page.keyboard.press("ArrowRight");
  assert.equal(await focused(), first[1]);
  await page.keyboard.press("ArrowDown");
  assert.equal(await focused(), second[1]);
  await page.keyboard.press("Enter");
  await page.waitForFunction((image) => location.hash.includes(`q=${image}&`), {}, second[1]);
  await page.keyboard.press("Backspace");
  await page.waitForFunction(() => /\bq=4\b/.test(location.hash));
  await page.keyboard.press("?");
  await page.waitForSelector("dialog[open]");
  const keys = await textsOf(page, "dialog dd");
  assert.ok(keys.includes("go from picture to picture; Enter makes it the query"), keys.join());
  await page.keyboard.press("Escape");
  await page.waitForSelector("dialog[open]", { hidden: true });
  // Somebody who writes means the letters.
  await page.type("#search", "t/?");
  assert.doesNotMatch(page.url(), /mode=/);
});

pageTest("a link for other images says so", "#q=4&set=00000000", async (page) => {
  await page.waitForSelector(".trouble");
  assert.match((await textsOf(page, ".trouble"))[0], /^The address was written for other images/);
});

pageTest(
  "words of an address that make no sense are passed over",
  "#q=x&k=0&mode=best&mix=a:b&own=%%&trail=a.1&where=colour%3D1",
  async (page) => {
    await page.waitForSelector("[data-row=begin] .card");
    assert.equal((await imagesOf(page, "begin")).length, 12);
  },
);

for (const width of [1280, 400]) {
  for (const scheme of ["light", "dark"]) {
    pageTest(
      `axe-core finds nothing serious: ${scheme}, ${width} pixels wide`,
      "",
      async (page) => {
        await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
        const examine = async (what: string) => {
          assert.deepEqual(await seriousFaults(page), [], what);
          const wide = Number(await page.evaluate("document.scrollingElement.scrollWidth"));
          assert.ok(wide <= width, `${what}: ${wide}`);
        };
        await examine("where to begin");
        await page.click(".card button");
        await page.waitForSelector("[data-row='3'] .card");
        await page.focus(".card button");
        await examine("rows");
        await page.type("#search", "1");
        await page.waitForSelector("#found [role=option]");
        await examine("what was found");
        await page.keyboard.press("Escape");
        await page.focus("main");
        await page.keyboard.press("t");
        await page.waitForSelector(".triplet");
        await examine("triplets");
        await page.keyboard.press("?");
        await page.waitForSelector("dialog[open]");
        await examine("help");
      },
      width,
    );
  }
}

Deno.test("names of images are text and never markup", {
  ignore,
  sanitizeOps: false,
  sanitizeResources: false,
}, async () => {
  await using folder = await TemporaryFolder.make();
  const wild = `<img src=x onerror=document.title='run'>"&.png`;
  await Deno.copyFile(join(made.service.set, "images", "1.png"), join(folder.path, wild));
  await Deno.copyFile(join(made.service.set, "images", "2.png"), join(folder.path, "b.png"));
  const explored = await openExplored(made.service.model, { among: folder.path });
  await using server = exploreModel(explored, { page: await bundlePage(), port: 0 });
  const { page, messages } = await browser.visit(`${server.url}#q=1`, 1000);
  await page.waitForSelector("[data-row='0'] .card");
  const label = await page.$eval(
    "[data-row='0'] button",
    (each) => each.getAttribute("aria-label"),
  );
  assert.ok(label!.startsWith(`${wild}, distance`), label!);
  await page.click("[data-row='0'] button");
  await waitForText(page, wild);
  assert.doesNotMatch(await page.title(), /run$/);
  assert.deepEqual(faultsOf(messages), []);
  await page.close();
});

Deno.test("the page says when the server is away, and goes on when it is back", {
  ignore,
  sanitizeOps: false,
  sanitizeResources: false,
}, async () => {
  const first = exploreModel(made.explored, { page: await bundlePage(), port: 0 });
  const { page } = await browser.visit(`${first.url}#q=4`, 1000);
  await page.waitForSelector("[data-row='3'] .card");
  const port = Number(new URL(first.url).port);
  await first.close();
  const before = await imagesOf(page, 0);
  await page.click("[data-row='0'] button");
  await waitForText(page, "The server does not answer");
  await using _second = exploreModel(made.explored, { page: await bundlePage(), port });
  await page.waitForSelector(".lost", { hidden: true });
  // What was clicked meanwhile is asked for.
  await otherImages(page, 0, before);
  await page.close();
});

Deno.test("a picture that was deleted is shown as gone, and its neighbours are still known", {
  ignore,
  sanitizeOps: false,
  sanitizeResources: false,
}, async () => {
  await using own = await exploreCase();
  const { page } = await browser.visit(`${own.server.url}#q=4`, 1000);
  await page.waitForSelector("[data-row='3'] .card");
  await Deno.remove(join(own.service.set, "images", "20.png"));
  await page.type("#search", "20.png");
  await page.waitForSelector("#found-20");
  await page.keyboard.press("Enter");
  await waitForText(page, "Its picture is gone; its neighbours are still known.");
  await page.waitForSelector("[data-row='3'] .card");
  assert.equal((await imagesOf(page, 0)).length, 12);
  await page.close();
});
