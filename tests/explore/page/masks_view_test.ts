/** The page's view of masks in a real browser. */
import assert from "node:assert/strict";
import type { Page } from "puppeteer-core";
import { pageTests } from "../../helpers/page_tests.ts";
import { seriousFaults, waitForText } from "../../helpers/explore_page.ts";
import { type ExploredRun, exploredRun, unusedDimension } from "../../helpers/explored_run.ts";

/** What the columns of the chart show, from left to right. */
interface Column {
  readonly dimension: number;
  readonly label: string;
  readonly bars: readonly { readonly height: number; readonly fill: string }[];
}

const tests = pageTests();
const { pageTest } = tests;

/** Opens the view; `hash` is the rest of what the address says. */
async function opened(run: ExploredRun, hash = "", width = 1200) {
  const { page, requests, messages } = await tests.browser.visit(
    `${run.server.url}#view=masks${hash}`,
    width,
  );
  await page.waitForSelector(".mask-chart g.column");
  return { page, requests, messages };
}

async function columns(page: Page): Promise<Column[]> {
  return await page.$$eval(".mask-chart g.column", (groups) =>
    groups.map((group) => ({
      dimension: Number(group.getAttribute("data-dimension")),
      label: group.getAttribute("aria-label")!,
      bars: [...group.querySelectorAll("rect:not(.hit)")].map((bar) => ({
        height: Number(bar.getAttribute("height")),
        fill: bar.getAttribute("fill")!,
      })),
    })));
}

/** Chooses what has this text for a label. */
async function choose(page: Page, label: string): Promise<void> {
  await page.locator(`label ::-p-text(${label})`).click();
}

/** Waits until the address holds a part of the state. */
async function waitForHash(page: Page, part: string): Promise<void> {
  await page.waitForFunction(`location.hash.includes(${JSON.stringify(part)})`);
}

pageTest(
  "Masks shows each notion's mask over the dimensions, in three ways and sorted by a notion",
  async () => {
    await using run = await exploredRun();
    const { page, requests, messages } = await opened(run);
    const { model } = run.explored;
    const masks = model.notions.map((notion) => [...model.mask(notion)]);
    const all = masks[0].map((_, d) => d);

    const stacked = await columns(page);
    assert.deepEqual(stacked.map(({ dimension }) => dimension), all);
    const scale = stacked[0].bars[0].height / masks[0][0];
    for (const { dimension, bars } of stacked) {
      bars.forEach(({ height }, row) =>
        assert.ok(Math.abs(height - scale * masks[row][dimension]) < 1e-3, `${dimension} ${row}`)
      );
    }
    assert.equal(
      stacked[1].label,
      `Dimension 1: shape ${written(masks[0][1])}, colour ${written(masks[1][1])}`,
    );

    await choose(page, "heat map");
    await waitForHash(page, "bars=heat");
    const heat = await columns(page);
    assert.equal(new Set(heat.flatMap(({ bars }) => bars.map(({ height }) => height))).size, 1);
    assert.equal(heat[unusedDimension].bars[0].fill, "#440154");

    await choose(page, "bars notion by notion");
    await page.select(".controls select", "1");
    await waitForHash(page, "sort=1");
    assert.deepEqual(
      (await columns(page)).map(({ dimension }) => dimension),
      all.toSorted((a, b) => masks[1][b] - masks[1][a]),
    );
    // A link brings all of it back.
    const linked = await opened(run, "&bars=heat&sort=1");
    assert.deepEqual(
      (await columns(linked.page)).map(({ dimension }) => dimension),
      (await columns(page)).map(({ dimension }) => dimension),
    );
    assert.deepEqual(messages, []);
    assert.ok(requests.every((url) => url.startsWith(run.origin)), requests.join(" "));
  },
);

pageTest(
  "Masks names unused dimensions, and gives overlap and every number as tables",
  async () => {
    await using run = await exploredRun();
    const { page } = await opened(run);
    await waitForText(
      page,
      `1 of 8 dimensions is used by no notion after epoch 3: ${unusedDimension}.`,
    );
    const tables = await page.$$eval(
      "table.matrix tbody",
      (bodies) =>
        bodies.map((body) =>
          [...body.rows].map((row) => [...row.cells].map((cell) => cell.innerText))
        ),
    );
    const [a, b] = run.explored.model.notions.map((notion) => run.explored.model.mask(notion));
    const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, v, d) => sum + v * y[d], 0);
    const cosine = dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
    assert.deepEqual(tables[0], [
      ["shape", "1.00", cosine.toFixed(2)],
      ["colour", cosine.toFixed(2), "1.00"],
    ]);
    assert.equal(tables.length, 2);
    const rows = await page.$$eval(
      "details tbody tr",
      (found) => found.map((row) => [...row.cells].map((cell) => cell.textContent)),
    );
    assert.deepEqual(rows[3], ["3", a[3].toFixed(3), b[3].toFixed(3)]);
    assert.equal(rows.length, 8);
  },
);

pageTest(
  "Masks shows a dimension's pictures and uses by a click and by keys, and a picture becomes the query",
  async () => {
    await using run = await exploredRun();
    const { page } = await opened(run);
    await page.click('g.column[data-dimension="2"]');
    await page.waitForSelector(".ends img");
    const { embeddings, model } = run.explored;
    const order = embeddings.names.map((_, index) => index)
      .sort((x, y) => embeddings.at(x)[2] - embeddings.at(y)[2] || x - y);
    const names = () => page.$$eval(".ends img", (images) => images.map(({ alt }) => alt));
    const wanted = [...order.slice(0, 8), ...order.toReversed().slice(0, 8)]
      .map((index) => embeddings.names[index]);
    assert.deepEqual((await names()).toSorted(), wanted.toSorted());
    assert.equal((await names())[0], embeddings.names[order[0]]);
    const used = await page.$$eval(
      ".uses tbody tr td:nth-child(2)",
      (cells) => cells.map((cell) => cell.textContent),
    );
    assert.deepEqual(used, model.notions.map((notion) => model.mask(notion)[2].toFixed(3)));

    // By keys alone, to one that nobody uses.
    await page.$eval(
      'g.column[tabindex="0"]',
      (column) => (column as unknown as { focus(): void }).focus(),
    );
    await page.keyboard.press("End");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Enter");
    await waitForText(page, `Dimension ${unusedDimension}\n`);
    await waitForText(page, "No notion uses this dimension.");
    await waitForHash(page, `dim=${unusedDimension}`);
    // The back button brings the dimension before back.
    await page.goBack();
    await waitForText(page, "Dimension 2\n");

    await page.waitForSelector(".ends img");
    await page.click(".ends li:first-child button");
    await waitForHash(page, `q=${order[0]}`);
    assert.doesNotMatch(page.url(), /view=masks/);
  },
);

pageTest(
  "Masks moves through the run's epochs by a slider, and follows a run in training",
  async () => {
    await using run = await exploredRun();
    const { page } = await opened(run, "&epoch=1");
    await waitForText(page, "after epoch 1:");
    const first = (await columns(page))[0].bars[0].height;
    await page.focus(".epoch-slider input");
    await page.keyboard.press("ArrowRight");
    await waitForText(page, "after epoch 2:");
    const second = (await columns(page))[0].bars[0].height;
    assert.ok(Math.abs(second - 2 * first) < 0.01, `${first} ${second}`);
    // The same by a key that does it wherever the focus is.
    await page.evaluate("document.activeElement.blur()");
    await page.keyboard.press(",");
    await waitForText(page, "after epoch 1:");
    await page.keyboard.press(".");
    await waitForText(page, "after epoch 2:");
    await page.focus(".epoch-slider input");
    await run.addEpoch(5);
    await page.waitForSelector('.epoch-slider input[max="4"]');
    await page.keyboard.press("End");
    await waitForText(page, "after epoch 5:");
    await page.locator("button ::-p-text(back to the model's)").click();
    await waitForText(page, "after epoch 3:");
  },
);

pageTest(
  "Masks says of masks that are not learned what they are",
  async () => {
    const cases = [
      ["standard", "This network has no masks"],
      ["specialists", "Each notion has a network of its own"],
      ["fixed", "The masks of this network are fixed"],
    ] as const;
    for (const [variant, text] of cases) {
      await using run = await exploredRun({ variant });
      const { page, messages } = await opened(run);
      await waitForText(page, text);
      assert.equal(await page.$(".epoch-slider"), null, variant);
      assert.equal((await columns(page)).length, run.explored.model.info.dimension);
      assert.deepEqual(messages, []);
    }
    await using alone = await exploredRun({ hasRun: false });
    const { page } = await opened(alone);
    await waitForText(page, "The run of this model kept no masks by epoch");
  },
);

pageTest(
  "Masks fits a narrow screen, and axe finds nothing serious, in light and in dark",
  async () => {
    await using run = await exploredRun();
    const { page } = await opened(run, "&dim=1&bars=apart", 400);
    await page.waitForSelector(".ends img");
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

function written(value: number): string {
  return value === 0 ? "0" : value.toFixed(2);
}
