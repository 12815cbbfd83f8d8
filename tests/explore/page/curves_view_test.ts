/** The page's view of curves in a real browser. */
import assert from "node:assert/strict";
import type { Page } from "puppeteer-core";
import { bundlePage } from "../../../src/explore/bundle_page.ts";
import { exploreModel } from "../../../src/explore/explore_server.ts";
import { pageTests } from "../../helpers/page_tests.ts";
import { seriousFaults, waitForText } from "../../helpers/explore_page.ts";
import { type ExploredRun, exploredRun } from "../../helpers/explored_run.ts";

const tests = pageTests();
const { pageTest } = tests;

/** Opens the view; `hash` is the rest of what the address says. */
async function opened(run: ExploredRun, hash = "", width = 1200) {
  const { page, requests, messages } = await tests.browser.visit(
    `${run.server.url}#view=curves${hash}`,
    width,
  );
  await page.waitForSelector("#analysis-title");
  return { page, requests, messages };
}

/** What the charts say to those who do not see them. */
async function labels(page: Page): Promise<string[]> {
  await page.waitForSelector(".plot canvas");
  return await page.$$eval(".plot", (plots) => plots.map((plot) => plot.ariaLabel!));
}

pageTest(
  "Curves draws loss, accuracy, norms and learning rate by epoch under the page's own policy",
  async () => {
    await using run = await exploredRun();
    const { page, requests, messages } = await opened(run);
    assert.deepEqual(await labels(page), [
      "Loss over 4 epochs: training from 0.3000 to 0.0750; validation from 0.4000 to 0.1000",
      "Accuracy over 4 epochs: all notions from 56.0 % to 59.0 %; shape from 54.0 % to 57.0 %; colour from 55.0 % to 58.0 %",
      "Embedding norm over 4 epochs: embedding norm from 4 to 1",
      "Mask norm over 4 epochs: mask norm from 60 to 15",
      "Learning rate over 4 epochs: learning rate from 0.0985 to 0.09413",
    ]);
    await waitForText(page, "own: 4 of 6 epochs, the best on validation was epoch 3 with 58.0 %");
    // What is drawn is no empty canvas.
    const inked = await page.evaluate(
      `[...document.querySelectorAll(".plot canvas")].map((canvas) =>
      canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data
        .filter((alpha, i) => i % 4 === 3 && alpha > 0).length)`,
    ) as number[];
    assert.ok(inked.length === 5 && inked.every((count) => count > 1000), String(inked));
    const rows = await page.$$eval(
      ".curves details:last-of-type tbody tr",
      (found) => found.map((row) => row.textContent),
    );
    assert.equal(rows.length, 4);
    assert.match(rows[2]!, /^3 \(best so far\)0\.1000/);
    assert.deepEqual(messages, []);
    assert.ok(requests.every((url) => url.startsWith(run.origin)), requests.join(" "));
  },
);

pageTest(
  "Curves shows another run beside it, and one notion's accuracy of both, also by a link",
  async () => {
    await using run = await exploredRun();
    const { page } = await opened(run);
    await page.locator(".run-picker label ::-p-text(other)").click();
    await page.waitForSelector('.plot[aria-label*="other: validation"]');
    await page.select(".curves .controls select", "colour");
    await page.waitForFunction("/runs=other.*of=colour/.test(location.hash)");
    const wanted = [
      "Loss over 4 epochs: own: training from 0.3000 to 0.0750; own: validation from 0.4000 to 0.1000; other: validation from 0.4000 to 0.1333",
      "Accuracy by colour over 4 epochs: own: colour from 55.0 % to 58.0 %; other: colour from 55.0 % to 57.0 %",
    ];
    assert.deepEqual((await labels(page)).slice(0, 2), wanted);
    const linked = await opened(run, "&runs=other,missing&of=colour");
    await linked.page.waitForSelector('.plot[aria-label*="other: validation"]');
    assert.deepEqual((await labels(linked.page)).slice(0, 2), wanted);
    assert.deepEqual(linked.messages, []);
  },
);

pageTest(
  "Curves moves the masks with the epoch that is pointed at, and with the slider",
  async () => {
    await using run = await exploredRun();
    const { page } = await opened(run);
    await waitForText(page, "Masks after epoch 3");
    const box = (await (await page.waitForSelector(".plot .u-over"))!.boundingBox())!;
    await page.mouse.move(box.x + 3, box.y + box.height / 2);
    await waitForText(page, "Masks after epoch 1");
    await page.waitForFunction(`location.hash.includes("epoch=1")`);
    const legend = await page.$eval(".line-chart .legend", (list) => list.textContent);
    assert.equal(legend, "training0.3000validation0.4000");
    await page.focus(".epoch-slider input");
    await page.keyboard.press("ArrowRight");
    await waitForText(page, "Masks after epoch 2");
    await page.locator("button ::-p-text(show them large)").click();
    await waitForText(page, "after epoch 2:");
  },
);

pageTest(
  "Curves follows a run in training, asking for nothing that it has",
  async () => {
    await using run = await exploredRun();
    const { page, requests } = await opened(run);
    await waitForText(page, "own: 4 of 6 epochs");
    await run.addEpoch(5);
    await waitForText(page, "own: 5 of 6 epochs");
    await page.waitForSelector('.plot[aria-label*="Loss over 5 epochs"]');
    await run.addEpoch(6);
    await waitForText(page, "own: 6 of 6 epochs");
    const asked = requests.filter((url) => url.includes("/api/epochs"));
    assert.match(asked[0], /generation=&after=0$/);
    assert.ok(asked.slice(1).every((url) => !/generation=&|after=0$/.test(url)), asked.join(" "));
    assert.match(asked.at(-1)!, /after=5$/);
  },
);

pageTest(
  "Curves goes on when the server was away, with what the run has added meanwhile",
  async () => {
    await using run = await exploredRun();
    const { page } = await opened(run);
    await waitForText(page, "own: 4 of 6 epochs");
    await run.server.close();
    await waitForText(page, "The server does not answer");
    await run.addEpoch(5);
    await using _again = exploreModel(run.explored, {
      page: await bundlePage(),
      port: Number(new URL(run.origin).port),
      token: run.token,
    });
    await waitForText(page, "own: 5 of 6 epochs");
    await page.waitForSelector('.plot[aria-label*="Loss over 5 epochs"]');
    await page.close();
  },
);

pageTest(
  "Curves measures accuracy and leakage when asked to, and shows what was measured before",
  async () => {
    await using run = await exploredRun();
    const { page, messages } = await opened(run);
    await page.locator("button ::-p-text(Measure them now)").click();
    await page.waitForSelector("table.leakage");
    const cells = (selector: string) =>
      page.$$eval(
        `${selector} tbody tr`,
        (rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent!)),
      );
    const { body } = await run.ask("/api/analysis?split=test");
    const { accuracy, leakage } = body.analysis;
    const percent = (share: number) => `${(100 * share).toFixed(1)}\u00a0%`;
    const rows = await cells("table.accuracy");
    assert.deepEqual(rows.map(([name, , value]) => [name, value]), [
      ["all notions", percent(accuracy[0].value)],
      ["shape", percent(accuracy[1].value)],
      ["colour", percent(accuracy[2].value)],
    ]);
    assert.equal(rows[1][3], `${percent(accuracy[1].low)} to ${percent(accuracy[1].high)}`);
    const [shape] = await cells("table.leakage");
    assert.equal(shape[1], percent(leakage.error[0][0].value));
    assert.equal(
      shape[2],
      `${percent(leakage.error[0][1].value)}(${percent(leakage.baseline[0][1])})`,
    );
    const again = await opened(run);
    await again.page.waitForSelector("table.leakage");
    assert.deepEqual(messages, []);
  },
);

pageTest(
  "Curves says of a model without its run what is missing, and of a spoilt log what is wrong",
  async () => {
    await using alone = await exploredRun({ hasRun: false });
    const { page } = await opened(alone);
    await waitForText(
      page,
      "There are no curves: the model does not lie in the folder of its run.",
    );
    await using run = await exploredRun();
    await Deno.writeTextFile(`${run.runs}/other/metrics.jsonl`, "spoilt\n");
    const spoilt = await opened(run, "&runs=other");
    await waitForText(spoilt.page, "other/metrics.jsonl:1:");
    assert.equal((await labels(spoilt.page)).length, 5);
  },
);

pageTest(
  "Curves fits a narrow screen, and axe finds nothing serious, in light and in dark",
  async () => {
    await using run = await exploredRun();
    const { page } = await opened(run, "&runs=other", 400);
    await labels(page);
    await page.locator("button ::-p-text(Measure them now)").click();
    await page.waitForSelector("table.leakage");
    assert.ok(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"));
    // With more dimensions and notions these scroll, also by keys.
    assert.ok(
      await page.evaluate(`[...document.querySelectorAll(".scroll")]
        .every((each) => each.tabIndex === 0 || each.querySelector("[tabindex='0']") !== null)`),
    );
    for (const scheme of ["light", "dark"]) {
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      assert.deepEqual(await seriousFaults(page), [], scheme);
    }
  },
);
