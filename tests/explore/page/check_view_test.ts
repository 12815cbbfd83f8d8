/** The view in which labels are checked, in a real browser. */
import assert from "node:assert/strict";
import type { Page } from "puppeteer-core";
import { join } from "../../../src/files/paths.ts";
import { readCheckedTriplets } from "../../../src/sets/checked_triplets.ts";
import { Chromium, chromium } from "../../helpers/chromium.ts";
import { type ExploreCase, exploreCase } from "../../helpers/explore_case.ts";
import { faultsOf, seriousFaults, textsOf, waitForText } from "../../helpers/explore_page.ts";

const ignore = chromium === null;
if (ignore) console.error("skipped: there is no chromium on PATH, in which the page is tried");

let made: ExploreCase;
let browser: Chromium;
let page: Page;
let messages: readonly string[];
let file: string;

Deno.test.beforeAll(async () => {
  if (ignore) return;
  made = await exploreCase();
  browser = await Chromium.start(chromium!);
  file = join(made.service.set, "checked_triplets.jsonl");
  ({ page, messages } = await browser.visit(`${made.server.url}#view=check`, 1280));
});

Deno.test.afterAll(async () => {
  if (ignore) return;
  await browser[Symbol.asyncDispose]();
  await made[Symbol.asyncDispose]();
});

function pageTest(name: string, work: () => Promise<void>): void {
  Deno.test(name, { ignore, sanitizeOps: false, sanitizeResources: false }, work);
}

const status = async () => (await textsOf(page, ".check-view [role=status]"))[0];
const showing = (place: string) =>
  page.waitForFunction(
    `document.querySelector(".check-view p[role=status]")?.textContent.startsWith(${
      JSON.stringify(place)
    })`,
  );

pageTest(
  "the check view asks once who answers, and shows the worst suspect with its pictures",
  async () => {
    await page.waitForSelector("#annotator");
    await page.type("#annotator", "Ann");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".trio img");
    assert.match(await status(), /^1 of \d+, 0 of them checked$/);
    const { body } = await made.get("/api/suspects?notion=shape&split=train");
    const [{ near, anchor, far, nearDistance, farDistance }] = body.suspects;
    assert.ok(nearDistance >= farDistance);
    assert.deepEqual(
      await textsOf(page, ".trio .file"),
      [near, anchor, far].map(({ name }) => name),
    );
    await page.waitForFunction(
      `[...document.querySelectorAll(".trio img")].every((each) => each.naturalWidth > 0)`,
    );
    assert.deepEqual(await seriousFaults(page), []);
  },
);

pageTest(
  "the check view keeps marks by keys, takes back by a further line, and goes on after a reload",
  async () => {
    await page.keyboard.press("w");
    await showing("2 of");
    await page.keyboard.press("r");
    await showing("3 of");
    await page.keyboard.press("w");
    await showing("4 of");
    await page.keyboard.press("Backspace");
    await showing("3 of");
    const lines = (await Deno.readTextFile(file)).trimEnd().split("\n");
    assert.equal(lines.length, 5, "a head, three marks and one that takes back");
    const { body } = await made.get("/api/suspects?notion=shape&split=train");
    const marks = await readCheckedTriplets(file);
    assert.deepEqual(marks.map(({ notion, is, by }) => [notion, is, by]), [
      ["shape", "wrong", "Ann"],
      ["shape", "right", "Ann"],
    ]);
    assert.deepEqual(
      marks.map(({ images }) => images),
      [0, 1].map((at) => {
        const { anchor, far, near } = body.suspects[at];
        return [anchor.index, far.index, near.index];
      }),
    );
    await page.reload();
    await showing("3 of");
    assert.match(await status(), /, 2 of them checked$/);
    assert.match(
      (await textsOf(page, ".outcome"))[0],
      /^1 marked wrong, 1 marked right, .*checked_triplets.jsonl.*--exclude .*checked_triplets.jsonl$/,
    );
  },
);

pageTest(
  "the check view says that a mark was not kept, and keeps it when that is possible",
  async () => {
    const aside = `${file}.aside`;
    await Deno.rename(file, aside);
    await Deno.mkdir(file);
    await page.keyboard.press("w");
    await waitForText(page, "Your last answer was not kept");
    assert.match(await status(), /^3 of /);
    await Deno.remove(file);
    await Deno.rename(aside, file);
    await page.evaluate(`document.querySelector(".unkept button").click()`);
    await showing("4 of");
    assert.equal((await readCheckedTriplets(file)).length, 3);
    assert.equal(await page.$(".unkept"), null);
    assert.deepEqual(faultsOf(messages), []);
  },
);

pageTest("the check view writes only with the token, and marks that make sense", async () => {
  const right = { notion: "shape", images: [1, 2, 3], is: "wrong", by: "Eve" };
  assert.equal((await made.post("/api/check", right)).status, 401);
  const headers = { authorization: `Bearer ${made.token}` };
  const status = async (body: unknown) => (await made.post("/api/check", body, { headers })).status;
  assert.equal(await status({ ...right, images: [1, 2, 36] }), 422);
  assert.equal(await status({ ...right, notion: "heel" }), 422);
  assert.equal(await status({ ...right, is: "so" }), 422);
  assert.equal(await status({ ...right, by: " " }), 422);
  assert.equal((await readCheckedTriplets(file)).length, 3);
});
