/** The view in which pictures are given values, which teach a notion, in a real browser. */
import assert from "node:assert/strict";
import type { Page } from "puppeteer-core";
import { join } from "../../../src/files/paths.ts";
import { ValuesFile } from "../../../src/teach/values_file.ts";
import { Chromium, chromium, type OpenPage } from "../../helpers/chromium.ts";
import { type ExploreCase, exploreCase } from "../../helpers/explore_case.ts";
import {
  faultsOf,
  imagesOf,
  seriousFaults,
  textsOf,
  waitForText,
} from "../../helpers/explore_page.ts";
import { pageTests } from "../../helpers/page_tests.ts";
import { runCli } from "../../helpers/run_cli.ts";

const tests = pageTests();
let made: ExploreCase;
let ann: OpenPage;

Deno.test.beforeAll(async () => {
  made = await exploreCase();
});

Deno.test.afterAll(async () => await made[Symbol.asyncDispose]());

function pageTest(name: string, work: (page: Page) => Promise<void>): void {
  tests.pageTest(name, async () => {
    ann ??= await tests.browser.visit(`${made.server.url}#view=label`, 1280);
    await work(ann.page);
    assert.deepEqual(faultsOf(ann.messages), []);
  });
}

function pathOf(notion: string): string {
  return join(made.service.set, `values_${notion}.csv`);
}

async function valuesOf(notion: string) {
  const { names } = made.explored.embeddings;
  return (await ValuesFile.open(pathOf(notion), { notion, names })).values;
}

/** What is asked about: an image, by its index, or how many. */
async function shown(page: Page): Promise<string> {
  await page.waitForSelector("[data-valued]");
  return (await page.$eval("[data-valued]", (each) => each.getAttribute("data-valued")))!;
}

/** Does something, and waits until something else is asked about. */
async function next(page: Page, act: () => Promise<unknown>): Promise<void> {
  const before = await shown(page);
  await act();
  await page.waitForFunction(
    `document.querySelector("[data-valued]")?.dataset.valued !== ${JSON.stringify(before)}`,
  );
}

pageTest("the label view asks how a notion is taught, and for a first value", async (page) => {
  await page.waitForSelector("#notion");
  assert.deepEqual(await seriousFaults(page), []);
  await page.type("#notion", "tint");
  await page.click("button[value=values]");
  await page.waitForSelector("#annotator");
  await page.type("#annotator", "Ann");
  await page.keyboard.press("Enter");
  await shown(page);
  assert.match((await textsOf(page, ".question h3"))[0], /^What is the tint of this picture\?$/);
  // The first value is written where the focus is already.
  await next(page, async () => {
    await page.keyboard.type("low");
    await page.keyboard.press("Enter");
  });
  assert.deepEqual((await valuesOf("tint")).map(({ value, by }) => [value, by]), [["low", "Ann"]]);
  assert.deepEqual(await seriousFaults(page), []);
});

pageTest(
  "the label view keeps a value by a key, by a click, or written anew, at once",
  async (page) => {
    const asked: string[] = [];
    const step = async (act: () => Promise<unknown>) => {
      asked.push(await shown(page));
      await next(page, act);
      assert.equal((await valuesOf("tint")).length, asked.length + 1);
    };
    await step(() => page.keyboard.press("1"));
    await step(async () => {
      await page.keyboard.press("Enter");
      await page.keyboard.type("high");
      await page.keyboard.press("Enter");
    });
    await step(() => page.keyboard.press("2"));
    await step(() => page.click("[data-value=low]"));
    // "HIGH" is the value that is there.
    await step(async () => {
      await page.type("#new-value", "HIGH");
      await page.keyboard.press("Enter");
    });
    const given = (await valuesOf("tint")).slice(1);
    assert.deepEqual(given.map(({ image }) => String(image)), asked);
    assert.deepEqual(given.map(({ value }) => value), ["low", "high", "high", "low", "high"]);
    assert.ok(given.every(({ at }) => !Number.isNaN(Date.parse(at))));
    // A key without a value does nothing, space asks about another picture.
    await page.keyboard.press("9");
    await next(page, () => page.keyboard.press("Space"));
    assert.equal((await valuesOf("tint")).length, 6);
  },
);

pageTest(
  "the label view takes values back by further rows, and asks about the pictures again",
  async (page) => {
    const before = await Deno.readTextFile(pathOf("tint"));
    const [, , , , fourth, last] = await valuesOf("tint");
    await next(page, () => page.keyboard.press("Backspace"));
    assert.equal(await shown(page), String(last.image));
    await next(page, () => page.keyboard.press("Backspace"));
    assert.equal(await shown(page), String(fourth.image));
    assert.ok((await Deno.readTextFile(pathOf("tint"))).startsWith(before));
    assert.equal((await valuesOf("tint")).length, 4);
  },
);

pageTest(
  "the label view goes on after a reload, and asks another browser about others",
  async (page) => {
    await page.reload();
    await waitForText(page, "4 images have one of 2 values");
    const address = `${made.server.url}#view=label&label=tint&by=values`;
    await using second = await Chromium.start(chromium!);
    const { page: other, messages } = await second.visit(address, 400);
    await other.waitForSelector("#annotator");
    await other.type("#annotator", "Bo");
    await other.keyboard.press("Enter");
    const both = await Promise.all([page, other].map(shown));
    assert.notEqual(both[0], both[1]);
    await Promise.all([page, other].map((each) => next(each, () => each.keyboard.press("1"))));
    assert.deepEqual(
      (await valuesOf("tint")).slice(4).map(({ by }) => by).sort(),
      ["Ann", "Bo"],
    );
    assert.deepEqual(await seriousFaults(other), []);
    assert.deepEqual(faultsOf(messages), []);
  },
);

pageTest(
  "the label view gives pictures that are selected in the maps one value together",
  async (page) => {
    await page.goto(`${made.server.url}#view=maps&selected=3.5.7&by=values&label=tint`);
    await page.waitForFunction(
      `[...document.querySelectorAll("button")].some((each) =>
      each.textContent === "Give them a value" && (each.click(), true))`,
    );
    assert.equal(await shown(page), "3 images");
    assert.match((await textsOf(page, ".question h3"))[0], /of these 3 images\?$/);
    assert.deepEqual(await seriousFaults(page), []);
    const before = (await valuesOf("tint")).length;
    await next(page, () => page.keyboard.press("2"));
    const given = (await valuesOf("tint")).filter(({ image }) => [3, 5, 7].includes(image));
    assert.deepEqual(given.map(({ value }) => value), ["high", "high", "high"]);
    assert.equal(new Set(given.map(({ at }) => at)).size, 1);
    // What was given together is taken back together; then pictures are asked about one by one.
    await next(page, () => page.keyboard.press("Backspace"));
    assert.equal(await shown(page), "3 images");
    await next(page, () => page.keyboard.press("Space"));
    assert.match(await shown(page), /^\d+$/);
    assert.ok((await valuesOf("tint")).length <= before);
  },
);

/** By which somebody gives values. */
const planted = 1;

pageTest(
  "the label view teaches from values, and keeps what add-notion makes of their list",
  async (page) => {
    const { embeddings } = made.explored;
    const middle = [...embeddings.names.keys()].map((row) => embeddings.at(row)[planted])
      .sort((a, b) => a - b)[18];
    await page.goto(`${made.server.url}#view=label&label=level&by=values`);
    const isLow = (row: string) => embeddings.at(Number(row))[planted] < middle;
    await waitForText(page, "Two values, each of two pictures at least");
    for (let given = 0; given < 35; given++) {
      const value = isLow(await shown(page)) ? "low" : "high";
      await next(page, async () => {
        const there = await page.$(`[data-value=${value}]`);
        if (there !== null) return await there.click();
        await page.type("#new-value", value);
        await page.keyboard.press("Enter");
      });
    }
    await page.waitForSelector(".accuracies");
    await waitForText(page, "comparisons of images that were left out of the fit");
    assert.equal((await textsOf(page, ".accuracies tbody th"))[0], "level (new)");
    await page.waitForSelector("[data-row=taught] [data-image]");
    assert.equal((await imagesOf(page, "taught")).length, 8);
    assert.deepEqual(await seriousFaults(page), []);
    await page.click(".keep summary");
    const anyway = await page.$("[name=anyway]");
    await anyway?.click();
    await page.click(".keep button[type=submit]");
    await waitForText(page, "Written:");
    const { set, model } = made.service;
    const { code, stderr } = await runCli([
      ...["add-notion", "--resume", model.path, "--notion", "level", "--values", pathOf("level")],
      ...["--among", set, "--out", join(set, "by_command"), "--anyway"],
    ]);
    assert.equal(code, 0, stderr);
    assert.deepEqual(
      await Deno.readFile(join(set, "model_with_level.safetensors")),
      await Deno.readFile(join(set, "by_command.safetensors")),
    );
  },
);

pageTest("the label view teaches from a column that is no notion of the model", async (page) => {
  await page.goto(`${made.server.url}#view=label`);
  await page.waitForSelector("[data-column=size]");
  const columns = await page.$$eval(
    "[data-column]",
    (all) => all.map((each) => each.getAttribute("data-column")),
  );
  assert.deepEqual(columns, ["size", "tags"]);
  await page.click("[data-column=size]");
  await page.waitForSelector(".verdict");
  await waitForText(page, "from the column size of the images’ table, which knows a value of 35");
  assert.equal((await textsOf(page, ".accuracies tbody th"))[0], "size (new)");
  await page.waitForSelector(".taught-anchor");
  await page.waitForSelector("[data-row=taught] [data-image]");
  assert.deepEqual(await seriousFaults(page), []);
});

pageTest(
  "the label view says that a value was not kept, and keeps it when that is possible",
  async (page) => {
    await page.goto(`${made.server.url}#view=label&label=late&by=values`);
    await shown(page);
    await next(page, async () => {
      await page.type("#new-value", "flat");
      await page.keyboard.press("Enter");
    });
    const file = pathOf("late");
    const text = await Deno.readTextFile(file);
    await Deno.rename(file, `${file}.aside`);
    await Deno.mkdir(file);
    const image = await shown(page);
    await page.keyboard.press("1");
    await waitForText(page, "was not kept");
    assert.equal(await shown(page), image);
    await Deno.remove(file);
    await Deno.rename(`${file}.aside`, file);
    await page.click(".unkept button");
    await page.waitForFunction(`document.querySelector(".unkept") === null`);
    assert.ok((await Deno.readTextFile(file)).startsWith(text));
    assert.deepEqual((await valuesOf("late")).map(({ value }) => value), ["flat", "flat"]);
  },
);
