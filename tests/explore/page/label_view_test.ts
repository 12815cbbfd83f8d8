/** The view in which a notion is labelled and taught, in a real browser. */
import assert from "node:assert/strict";
import type { Page } from "puppeteer-core";
import { isFile } from "../../../src/files/exists.ts";
import { join } from "../../../src/files/paths.ts";
import { Model } from "../../../src/model/model.ts";
import { readTripletList } from "../../../src/sets/triplet_list.ts";
import { AnswersFile } from "../../../src/teach/answers_file.ts";
import { CliProcess } from "../../helpers/run_cli.ts";
import { TemporaryFolder } from "../../helpers/temporary_folder.ts";
import { Chromium, chromium, type OpenPage } from "../../helpers/chromium.ts";
import { type ExploreCase, exploreCase } from "../../helpers/explore_case.ts";
import {
  faultsOf,
  imagesOf,
  seriousFaults,
  textsOf,
  waitForText,
} from "../../helpers/explore_page.ts";

const ignore = chromium === null;
if (ignore) console.error("skipped: there is no chromium on PATH, in which the page is tried");

let made: ExploreCase;
let browser: Chromium;
let ann: OpenPage;

Deno.test.beforeAll(async () => {
  if (ignore) return;
  made = await exploreCase();
  browser = await Chromium.start(chromium!);
  ann = await browser.visit(`${made.server.url}#view=label`, 1280);
});

Deno.test.afterAll(async () => {
  if (ignore) return;
  await browser[Symbol.asyncDispose]();
  await made[Symbol.asyncDispose]();
});

function pageTest(name: string, work: (page: Page) => Promise<void>): void {
  Deno.test(name, { ignore, sanitizeOps: false, sanitizeResources: false }, async () => {
    await work(ann.page);
    assert.deepEqual(faultsOf(ann.messages), []);
  });
}

function fileOf(notion: string): string {
  return join(made.service.set, `answers_${notion}.txt`);
}

async function answersOf(notion: string) {
  const { names } = made.explored.embeddings;
  return (await AnswersFile.open(fileOf(notion), { notion, names })).answers;
}

/** The question that is shown: anchor, left, right. */
async function shown(page: Page): Promise<number[]> {
  await page.waitForSelector("[data-question]");
  return (await page.$eval("[data-question]", (each) => each.getAttribute("data-question")))!
    .split(",").map(Number);
}

/** Presses a key, and waits for the next question. */
async function press(page: Page, key: "ArrowLeft" | "ArrowRight" | "Space" | "Backspace") {
  const before = (await shown(page)).join();
  await page.keyboard.press(key);
  await page.waitForFunction(
    `document.querySelector("[data-question]")?.dataset.question !== "${before}"`,
  );
}

/** Dimensions of the embedding by which somebody compares. */
const planted = [1, 6];

function plantedDistance(a: number, b: number): number {
  const { embeddings } = made.explored;
  const [one, other] = [embeddings.at(a), embeddings.at(b)];
  return planted.reduce((sum, d) => sum + (one[d] - other[d]) ** 2, 0);
}

/** Answers as somebody does who compares by the planted dimensions. */
async function answerByPlan(page: Page): Promise<void> {
  const [anchor, left, right] = await shown(page);
  const [one, other] = [left, right].map((image) => plantedDistance(anchor, image));
  const isClose = Math.max(one, other) < 1.1 * Math.min(one, other);
  await press(page, isClose ? "Space" : one < other ? "ArrowLeft" : "ArrowRight");
}

pageTest(
  "the label view asks for a notion and a name, and then the first question",
  async (page) => {
    await page.waitForSelector("#notion");
    assert.deepEqual(await seriousFaults(page), []);
    await page.type("#notion", "tint/../x");
    await page.keyboard.press("Enter");
    await waitForText(page, 'A name has letters, digits, "_", "-" and "."');
    await page.$eval("#notion", (input) => (input as { value: string }).value = "");
    await page.type("#notion", "tint");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#annotator");
    await page.type("#annotator", "<b>Ann</b>");
    await page.keyboard.press("Enter");
    assert.equal(new Set(await shown(page)).size, 3);
    assert.match((await textsOf(page, ".annotator"))[0], /<b>Ann<\/b>/);
    assert.match((await textsOf(page, ".question h3"))[0], /by tint\?$/);
    assert.equal(await isFile(fileOf("tint")), false, "a file before the first answer");
  },
);

pageTest(
  "the label view keeps an answer by each key, at once, with its annotator and time",
  async (page) => {
    const asked: number[][] = [];
    for (const key of ["ArrowLeft", "ArrowRight", "Space"] as const) {
      asked.push(await shown(page));
      await press(page, key);
      assert.equal((await answersOf("tint")).length, asked.length);
    }
    const answers = await answersOf("tint");
    assert.deepEqual(answers.map(({ anchor, left, right }) => [anchor, left, right]), asked);
    assert.deepEqual(answers.map(({ chosen }) => chosen), ["left", "right", null]);
    assert.ok(answers.every(({ by, at }) => by === "<b>Ann</b>" && !Number.isNaN(Date.parse(at))));
    // A click is an answer, too, and the next space is no second click.
    asked.push(await shown(page));
    const before = asked.at(-1)!.join();
    await page.click("[data-side=left]");
    await page.waitForFunction(
      `document.querySelector("[data-question]").dataset.question !== "${before}"`,
    );
    await press(page, "Space");
    assert.deepEqual((await answersOf("tint")).map(({ chosen }) => chosen).slice(3), [
      "left",
      null,
    ]);
  },
);

pageTest(
  "the label view takes an answer back by a further line, and asks its question again",
  async (page) => {
    const before = await Deno.readTextFile(fileOf("tint"));
    const [, , , given, last] = await answersOf("tint");
    await press(page, "Backspace");
    assert.deepEqual(await shown(page), [last.anchor, last.left, last.right]);
    await press(page, "Backspace");
    assert.deepEqual(await shown(page), [given.anchor, given.left, given.right]);
    assert.ok((await Deno.readTextFile(fileOf("tint"))).startsWith(before));
    assert.equal((await answersOf("tint")).length, 3);
    assert.equal((await readTripletList(fileOf("tint"), 36)).length, 6);
  },
);

pageTest(
  "the label view goes on after a reload, and another browser is asked other questions",
  async (page) => {
    await page.reload();
    await waitForText(page, "2 answers");
    await using second = await Chromium.start(chromium!);
    const address = `${made.server.url}#view=label&label=tint`;
    const { page: other, messages } = await second.visit(address, 800);
    await other.waitForSelector("#annotator");
    await other.type("#annotator", "Bo");
    await other.keyboard.press("Enter");
    const both = await Promise.all([page, other].map(async (each) => (await shown(each)).join()));
    assert.notEqual(both[0], both[1]);
    // Both at once: each answer is there.
    for (let i = 0; i < 4; i++) await Promise.all([page, other].map(answerByPlan));
    const answers = await answersOf("tint");
    assert.equal(answers.length, 11);
    const questions = answers.map(({ anchor, left, right }) =>
      [anchor, ...[left, right].sort((a, b) => a - b)].join()
    );
    assert.ok(new Set(questions).size >= 10, "the same questions");
    // After a reload, what was answered before can be taken back, too.
    await other.reload();
    await shown(other);
    await press(other, "Backspace");
    assert.equal((await answersOf("tint")).length, 10);
    assert.deepEqual(faultsOf(messages), []);
  },
);

pageTest(
  "the label view teaches as answers come: accuracy beside guessing and the best notion, and neighbours",
  async (page) => {
    await waitForText(page, "you see here what the model makes of them");
    while ((await answersOf("tint")).filter(({ chosen }) => chosen !== null).length < 60) {
      await answerByPlan(page);
    }
    // That of all answers: those before are fitted to fewer.
    await page.waitForSelector(".verdict[data-answers='60']");
    const verdict = await page.$eval(".verdict", (each) => each.getAttribute("data-verdict"));
    assert.ok(["learned", "not shown better", "already known"].includes(verdict!), verdict!);
    const names = await textsOf(page, ".accuracies tbody th");
    assert.equal(names[0], "tint (new)");
    assert.ok(names.some((name) => name.endsWith("the best there is")));
    assert.equal(names.at(-1), "guessing");
    assert.match((await textsOf(page, ".accuracies tbody td"))[0], /^\d+ % \(\d+ % to \d+ %\)$/);
    await waitForText(page, "You agree with yourself on");
    const [anchor] = await shown(page);
    await page.waitForSelector("[data-row=taught] [data-image]");
    const { body } = await made.post("/api/neighbours", {
      ...{ query: { index: anchor }, rows: [{ by: "taught", notion: "tint" }] },
      ...{ k: 8, order: "nearest", where: [] },
    });
    const hits = body.rows[0].hits.map(({ index }: { index: number }) => index);
    assert.deepEqual(await imagesOf(page, "taught"), hits);
    assert.deepEqual(await seriousFaults(page), []);
  },
);

pageTest("the neighbours view has a row of a notion that was taught", async (page) => {
  await page.click(".taught-neighbours button");
  await page.waitForSelector(".found-rows .card");
  const rows = await textsOf(page, ".neighbours-row h2");
  assert.ok(rows.some((title) => title === "tint (new, not kept in the model)"), rows.join());
  assert.equal(rows.length, 5);
  await page.evaluate("history.back()");
  await shown(page);
});

pageTest(
  "the label view keeps a notion in a copy of the model, never over a file",
  async (page) => {
    await page.click(".keep summary");
    await page.click(".keep button[type=submit]");
    await waitForText(page, "Written:");
    const path = join(made.service.set, "model_with_tint.safetensors");
    using model = await Model.load(path);
    assert.deepEqual(model.notions, ["shape", "colour", "tint"]);
    assert.deepEqual(model.mask("tint"), made.explored.taught.maskOf("tint"));
    const bytes = await Deno.readFile(path);
    await page.click(".keep button[type=submit]");
    await waitForText(page, "a file lies there");
    assert.deepEqual(await Deno.readFile(path), bytes);
  },
);

pageTest(
  "the label view says that thrown answers are not learnable, and keeps that only if asked to",
  async (page) => {
    const { names } = made.explored.embeddings;
    const file = await AnswersFile.open(fileOf("mood"), { notion: "mood", names });
    for (let i = 0; i < 80; i++) {
      const [anchor, left, right] = [i % 36, (i * 7 + 1) % 36, (i * 11 + 2) % 36];
      if (new Set([anchor, left, right]).size < 3) continue;
      // As good as thrown.
      const chosen = Math.floor(1000 * Math.abs(Math.sin(900 + i * i))) % 2 === 0
        ? "left"
        : "right";
      await file.add({ anchor, left, right, chosen, by: "coin" });
    }
    await page.goto(`${made.server.url}#view=label&label=mood`);
    await page.waitForSelector("[data-verdict='not learnable']");
    await waitForText(page, "Not learnable from this embedding");
    await page.click(".keep summary");
    assert.ok(
      await page.$eval(".keep button", (button) => (button as { disabled: boolean }).disabled),
    );
    const headers = { authorization: `Bearer ${made.token}` };
    const kept = await made.post(
      "/api/teach/keep",
      { notion: "mood", from: "answers", name: "mood", file: "mood", anyway: false },
      { headers },
    );
    assert.equal(kept.status, 409);
    await page.click("[name=anyway]");
    await page.click(".keep button[type=submit]");
    await waitForText(page, "Written:");
  },
);

pageTest(
  "the label view says that an answer was not kept, and keeps it when that is possible",
  async (page) => {
    await page.goto(`${made.server.url}#view=label&label=late`);
    await shown(page);
    await press(page, "ArrowLeft");
    const file = fileOf("late");
    const text = await Deno.readTextFile(file);
    await Deno.rename(file, `${file}.aside`);
    await Deno.mkdir(file);
    const question = await shown(page);
    await page.keyboard.press("ArrowRight");
    await waitForText(page, "Your last answer was not kept");
    assert.deepEqual(await shown(page), question);
    await Deno.remove(file);
    await Deno.rename(`${file}.aside`, file);
    await page.click(".unkept button");
    await page.waitForFunction(`document.querySelector(".unkept") === null`);
    assert.ok((await Deno.readTextFile(file)).startsWith(text));
    assert.deepEqual((await answersOf("late")).map(({ chosen }) => chosen), ["left", "right"]);
  },
);

pageTest("the label view's requests write only with the token, and what makes sense", async () => {
  const asked = { notion: "late", by: "Eve", tab: "t" };
  const answer = {
    ...asked,
    anchor: 1,
    left: 2,
    right: 3,
    chosen: "left",
    at: "2026-11-28T12:00:00Z",
  };
  for (
    const path of ["label/question", "label/answer", "label/undo", "teach", "teach/keep"]
  ) {
    assert.equal((await made.post(`/api/${path}`, answer)).status, 401, path);
  }
  const headers = { authorization: `Bearer ${made.token}` };
  const status = async (path: string, body: unknown) =>
    (await made.post(`/api/${path}`, body, { headers })).status;
  assert.equal(await status("label/answer", { ...answer, notion: "../late" }), 422);
  assert.equal(await status("label/answer", { ...answer, right: 36 }), 422);
  assert.equal(await status("label/answer", { ...answer, right: 2 }), 422);
  assert.equal(await status("label/answer", { ...answer, at: "now" }), 422);
  assert.equal(await status("label/undo", { ...asked, answer: null }), 409);
  assert.equal(await status("teach/keep", { ...asked, name: "x", file: "../x" }), 422);
  assert.equal((await answersOf("late")).length, 2);
  // The same answer sent twice, because a reply was lost, counts once.
  assert.equal(await status("label/answer", answer), 200);
  assert.equal(await status("label/answer", answer), 200);
  assert.equal((await answersOf("late")).length, 3);
});

pageTest(
  "explore --answers keeps asking to try again on a full disk, and loses no earlier answer",
  async () => {
    await using folder = await TemporaryFolder.make();
    const { model, set } = made.service;
    const explorer = new CliProcess(
      ["explore", "--resume", model.path, "--among", set, "--answers", folder.path, "--port", "0"],
      // What follows finds no room: 16 KiB are all that a file can have.
      { mostFileBlocks: 32 },
    );
    await using second = await Chromium.start(chromium!);
    try {
      const [url] = await explorer.printed(/http:\/\/\S+token=\w+/);
      const path = join(folder.path, "answers_full.txt");
      const { names } = made.explored.embeddings;
      const file = await AnswersFile.open(path, { notion: "full", names });
      const size = async () => (await Deno.stat(path)).size;
      do await file.add({ anchor: 0, left: 1, right: 2, chosen: null, by: "Bo" }); while (
        await size() < 15_900
      );
      const { page } = await second.visit(`${url}#view=label&label=full`, 1000);
      await page.waitForSelector("#annotator");
      await page.type("#annotator", "Ann");
      await page.keyboard.press("Enter");
      while (await page.$(".unkept") === null) {
        const question = (await shown(page)).join();
        await page.keyboard.press("ArrowLeft");
        await page.waitForFunction(
          `document.querySelector(".unkept") !== null ||
          document.querySelector("[data-question]").dataset.question !== "${question}"`,
        );
      }
      assert.match((await textsOf(page, ".unkept"))[0], /was not kept: .*free some disk space/);
      const text = await Deno.readTextFile(path);
      assert.ok(text.endsWith("}\n"));
      const kept = (await file.reload()).length;
      await page.click(".unkept button");
      await page.waitForSelector(".unkept");
      assert.equal(await Deno.readTextFile(path), text);
      // Room is made: the answer is kept by itself.
      await Deno.rename(path, `${path}.full`);
      await page.waitForFunction(`document.querySelector(".unkept") === null`);
      const after = await AnswersFile.open(path, { notion: "full", names });
      assert.deepEqual(after.answers.map(({ chosen, by }) => [chosen, by]), [["left", "Ann"]]);
      assert.ok(kept > 50);
    } finally {
      explorer.kill("SIGINT");
      await explorer.ended();
    }
  },
);
