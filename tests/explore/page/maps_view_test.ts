/** The maps in a real browser: what is seen, and what pointers and keys do. */
import assert from "node:assert/strict";
import type { KeyInput, Page } from "puppeteer-core";
import {
  cameraFor,
  type Pane,
  readCamera,
  toScreen,
} from "../../../src/explore/page/maps/camera.ts";
import { pointsInBox } from "../../../src/explore/page/maps/points_in.ts";
import { sha256 } from "../../../src/files/sha256.ts";
import { join } from "../../../src/files/paths.ts";
import { bundlePage } from "../../../src/explore/bundle_page.ts";
import { exploreModel } from "../../../src/explore/explore_server.ts";
import { Chromium, chromium, type OpenPage } from "../../helpers/chromium.ts";
import { type ExploreCase, exploreCase } from "../../helpers/explore_case.ts";
import { seriousFaults } from "../../helpers/explore_page.ts";
import { valuesOf } from "../../helpers/valued_set.ts";

// What a page has, for functions that run in it.
// deno-lint-ignore no-explicit-any
declare const document: any, location: any, requestAnimationFrame: any, HTMLAnchorElement: any;

if (chromium === null) console.log("The maps are not tested: there is no chromium");

const options = { ignore: chromium === null, sanitizeOps: false, sanitizeResources: false };

let made: ExploreCase;
let browser: Chromium;
/** By notion, where the points lie. */
const layouts = new Map<string, Float32Array>();

Deno.test.beforeAll(async () => {
  if (chromium === null) return;
  made = await exploreCase();
  browser = await Chromium.start(chromium);
  for (;;) {
    const { body } = await made.get("/api/maps");
    if (body.maps.every(({ stage }: { stage: string }) => stage === "map")) break;
  }
  for (const notion of ["shape", "colour", ""]) {
    const answer = await fetch(`${made.origin}/api/maps/layout?notion=${notion}`);
    layouts.set(notion, new Float32Array(await answer.arrayBuffer()));
  }
});

Deno.test.afterAll(async () => {
  if (chromium === null) return;
  await browser[Symbol.asyncDispose]();
  await made[Symbol.asyncDispose]();
});

/** Opens the maps, in a state as the address has it, and waits until they lie still. */
async function openMaps(state = "", width = 1200): Promise<OpenPage> {
  const open = await browser.visit(`${made.server.url}#view=maps${state}`, width);
  await stillness(open.page);
  return open;
}

/** Waits until all maps are laid out and no point moves. */
async function stillness(page: Page): Promise<void> {
  await nextFrame(page);
  await page.waitForFunction(() =>
    document.querySelector(".map-stage")?.dataset.still === "true" &&
    document.querySelector(".map-progress") === null &&
    !document.querySelector(".map-status")!.textContent.includes("asked for")
  );
}

/** Waits until what changed before is drawn. */
async function nextFrame(page: Page): Promise<void> {
  await page.evaluate(() =>
    new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))
  );
}

/** Where map number `at` lies in the window. */
async function paneOf(page: Page, at: number): Promise<Pane> {
  const panes = await page.$$(".map-pane");
  const { x, y, width, height } = (await panes[at].boundingBox())!;
  return { left: x, top: y, width, height };
}

/** Where a point lies in the window while all is shown side by side. */
async function placeOf(page: Page, notion: string, point: number): Promise<[number, number]> {
  const notions = [...layouts.keys()];
  const pane = await paneOf(page, notions.indexOf(notion));
  const camera = cameraFor([...layouts.values()], pane.width / pane.height);
  const layout = layouts.get(notion)!;
  return toScreen(camera, pane, layout[2 * point], layout[2 * point + 1]);
}

/** A word of the address. */
function wordOf(page: Page, key: string): string | null {
  return new URLSearchParams(new URL(page.url()).hash.slice(1)).get(key);
}

/** Waits until a word of the address is what is expected of it. */
async function awaitWord(page: Page, key: string, expected: string | null): Promise<void> {
  await page.waitForFunction(
    (key, expected) => new URLSearchParams(location.hash.slice(1)).get(key) === expected,
    {},
    key,
    expected,
  );
}

async function text(page: Page, selector: string): Promise<string> {
  return await page.$eval(selector, (element) => element.textContent ?? "");
}

async function press(page: Page, ...keys: readonly KeyInput[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

async function clickButton(page: Page, label: string): Promise<void> {
  await page.evaluate((label) => {
    const buttons = [...document.querySelectorAll("main button")];
    buttons.find(({ textContent }) => textContent?.trim() === label)!.click();
  }, label);
}

/** Points near which a dot is nearest to itself: no other within so many pixels. */
async function lonelyPoint(page: Page, notion: string): Promise<number> {
  const places = await Promise.all(
    Array.from({ length: 36 }, (_, point) => placeOf(page, notion, point)),
  );
  const found = places.findIndex(([x, y], point) =>
    places.every(([ox, oy], other) => other === point || Math.hypot(ox - x, oy - y) > 5)
  );
  assert.notEqual(found, -1);
  return found;
}

Deno.test(
  "maps stand side by side, one of each notion and one without a mask, with dots and pictures",
  options,
  async () => {
    const { page, messages, requests } = await openMaps();
    const titles = await page.$$eval(
      ".map-title",
      (all) => all.map(({ textContent }) => textContent),
    );
    assert.deepEqual(titles, ["shape", "colour", "no mask"]);
    assert.equal(await text(page, ".map-status"), "36 images");
    // Dots on the lower canvas, and pictures, of the set's colours, on the upper one.
    await page.waitForFunction(() => {
      const upper = document.querySelector(".map-marks")!;
      const { data } = upper.getContext("2d")!.getImageData(0, 0, upper.width, upper.height);
      let drawn = 0;
      for (let at = 3; at < data.length; at += 4) {
        if (data[at] === 255) drawn++;
      }
      return drawn > 5000;
    });
    const colours = await page.$eval(".map-dots", (canvas) => {
      const { width, height } = canvas;
      const { data } = canvas.getContext("2d")!
        .getImageData(0, 0, width, height);
      return new Set(new Uint32Array(data.buffer)).size;
    });
    assert.ok(colours > 3);
    // The policy of the server lets all of it be, and nothing comes from elsewhere.
    assert.deepEqual(messages, []);
    assert.ok(requests.every((url) => url.startsWith(made.origin) || url.startsWith("blob:")));
    await page.close();
  },
);

Deno.test("maps are zoomed and dragged together, and all is shown again", options, async () => {
  const { page } = await openMaps("&pictures=0");
  const [x, y] = await placeOf(page, "shape", 4);
  await page.mouse.move(x, y);
  await page.mouse.wheel({ deltaY: -500 });
  await page.waitForFunction(() => location.hash.includes("camera="));
  const near = readCamera(wordOf(page, "camera"))!;
  const pane = await paneOf(page, 0);
  const home = cameraFor([...layouts.values()], pane.width / pane.height);
  assert.ok(Math.abs(near.span - home.span / Math.exp(0.9)) < 0.01 * home.span);
  // What lies under the pointer stays there, within a pixel before it was zoomed.
  const layout = layouts.get("shape")!;
  const [nowX, nowY] = toScreen(near, pane, layout[8], layout[9]);
  assert.ok(Math.hypot(nowX - x, nowY - y) < 4, `${nowX - x}, ${nowY - y}`);
  await page.mouse.down();
  await page.mouse.move(x + 40, y + 25, { steps: 4 });
  await page.mouse.up();
  const written = wordOf(page, "camera");
  await page.waitForFunction(
    (before) => {
      return new URLSearchParams(location.hash.slice(1)).get("camera") !== before;
    },
    {},
    written,
  );
  const moved = readCamera(wordOf(page, "camera"))!;
  const scale = Math.min(pane.width, pane.height) / near.span;
  assert.ok(Math.abs(moved.x - near.x + 40 / scale) < 1e-3);
  assert.ok(Math.abs(moved.y - near.y + 25 / scale) < 1e-3);
  // A drag is no click.
  assert.equal(wordOf(page, "q"), null);
  await clickButton(page, "Show all");
  await awaitWord(page, "camera", null);
  await page.close();
});

Deno.test(
  "a rectangle and a lasso select what lies in them, their pictures stand in a gallery",
  options,
  async () => {
    const { page } = await openMaps("&pictures=0");
    const pane = await paneOf(page, 1);
    const layout = layouts.get("colour")!;
    const camera = cameraFor([...layouts.values()], pane.width / pane.height);
    const middle = [pane.left + pane.width / 2, pane.top + pane.height / 2] as const;
    const drag = async (...places: readonly (readonly [number, number])[]) => {
      await page.mouse.move(...places[0]);
      await page.mouse.down();
      for (const place of places.slice(1)) await page.mouse.move(...place, { steps: 3 });
      await page.mouse.up();
    };
    await clickButton(page, "rectangle");
    const corner = [pane.left + 4, pane.top + 4] as const;
    await drag(corner, middle);
    const scale = Math.min(pane.width, pane.height) / camera.span;
    const edge = [
      camera.x - (pane.width / 2 - 4) / scale,
      camera.y - (pane.height / 2 - 4) / scale,
    ];
    const expected = pointsInBox(layout, [edge[0], edge[1]], [camera.x, camera.y]);
    assert.ok(expected.length > 0 && expected.length < 36);
    await awaitWord(page, "selected", expected.join("."));
    assert.equal(
      await text(page, ".map-selected h2"),
      `${expected.length} ${expected.length === 1 ? "image" : "images"} selected`,
    );
    await page.waitForFunction(
      (count) => document.querySelectorAll(".map-gallery img").length === count,
      {},
      expected.length,
    );
    // A lasso around all of the upper half adds to it with Ctrl.
    await clickButton(page, "lasso");
    await page.keyboard.down("Control");
    const [right, low] = [pane.left + pane.width - 4, middle[1]];
    await drag(corner, [right, corner[1]], [right, low], [corner[0], low]);
    await page.keyboard.up("Control");
    const upper = pointsInBox(layout, [-99, edge[1]], [99, camera.y]);
    const all = [...new Set([...expected, ...upper])];
    await page.waitForFunction(
      (count) => {
        const selected = new URLSearchParams(location.hash.slice(1)).get("selected") ?? "";
        return selected.split(".").length === count;
      },
      {},
      all.length,
    );
    await clickButton(page, "Let go");
    await awaitWord(page, "selected", null);
    await page.close();
  },
);

Deno.test(
  "pictures move with the map while it is dragged, and are drawn anew where it rests",
  options,
  async () => {
    const { page } = await openMaps("&maps=one&map=shape");
    const pane = await paneOf(page, 0);
    /** What a part in the middle of the map shows, moved by so much. */
    const middle = (right: number, down: number) =>
      page.$eval(
        ".map-marks",
        (canvas, left, top) => {
          const { data } = canvas.getContext("2d")!.getImageData(left, top, 300, 200);
          return [...new Uint32Array(data.buffer)];
        },
        Math.round(pane.width / 2) - 150 + right,
        Math.round(pane.height / 2) - 100 + down,
      );
    await page.waitForFunction(() => {
      const canvas = document.querySelector(".map-marks")!;
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
      let drawn = 0;
      for (let at = 3; at < data.length; at += 4) if (data[at] === 255) drawn++;
      return drawn > 5000;
    });
    const before = await middle(0, 0);
    assert.ok(before.filter((word) => word !== 0).length > 1000);
    const [x, y] = [pane.left + 6, pane.top + pane.height - 60];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 40, y + 24, { steps: 5 });
    await nextFrame(page);
    /** The share of pixels whose red is another by far, there where they were moved to. */
    const others = async () => {
      const now = await middle(40, 24);
      const red = (word: number) => word & 0xff;
      return now.filter((word, at) => Math.abs(red(word) - red(before[at])) > 40).length /
        now.length;
    };
    assert.ok(await others() < 0.02);
    await page.mouse.up();
    await stillness(page);
    assert.ok(await others() < 0.02);
    await page.close();
  },
);

Deno.test(
  "images that do not meet the conditions are faint, and no lasso selects them",
  options,
  async () => {
    const { page } = await openMaps("&pictures=0&maps=one&map=colour&where=shape%3D1");
    const meets = (image: number) => valuesOf(image)[0] === "1";
    await page.waitForFunction(() =>
      document.querySelector(".map-status")!.textContent.includes("meet the conditions")
    );
    assert.equal(
      await text(page, ".map-status"),
      "36 images · 11 meet the conditions, the others are faint",
    );
    await nextFrame(page);
    /** How far from the ground the colours of all dots are in all. */
    const ink = () =>
      page.$eval(".map-dots", (canvas) => {
        const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
        let sum = 0;
        for (let at = 0; at < data.length; at += 4) sum += 255 - data[at + 1];
        return sum;
      });
    const faint = await ink();
    // All in a rectangle: only those are taken that meet the conditions.
    await clickButton(page, "rectangle");
    const pane = await paneOf(page, 0);
    await page.mouse.move(pane.left + 2, pane.top + 2);
    await page.mouse.down();
    await page.mouse.move(pane.left + pane.width - 2, pane.top + pane.height - 2, { steps: 3 });
    await page.mouse.up();
    const expected = Array.from({ length: 36 }, (_, image) => image).filter(meets);
    await awaitWord(page, "selected", expected.join("."));
    await clickButton(page, "Let go");
    await page.click('.conditions button[aria-label="Take shape=1 away"]');
    await awaitWord(page, "where", null);
    await page.waitForFunction(() =>
      document.querySelector(".map-status")!.textContent === "36 images"
    );
    await nextFrame(page);
    assert.ok(await ink() > 1.5 * faint);
    await page.close();
  },
);

Deno.test(
  "the maps have no serious fault of accessibility, light, dark and narrow",
  options,
  async () => {
    for (const [scheme, width] of [["light", 1200], ["dark", 1200], ["light", 400]] as const) {
      // With a condition, a selection and the words open: as much as there is.
      const { page } = await openMaps("&where=shape%3D1&selected=3.4", width);
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      await page.click(".map-text summary");
      await page.waitForFunction(() => document.querySelector(".map-text ol button") !== null);
      assert.deepEqual(await seriousFaults(page), [], `${scheme}, ${width}`);
      await page.close();
    }
  },
);

Deno.test("names of what is selected are saved as a text, a name a line", options, async () => {
  const { page } = await openMaps("&selected=7.2.30");
  await page.evaluate(() => {
    const create = URL.createObjectURL;
    URL.createObjectURL = (blob: Blob) => {
      blob.text().then((saved) => Object.assign(globalThis, { saved }));
      return create(blob);
    };
    HTMLAnchorElement.prototype.click = function () {
      Object.assign(globalThis, { savedAs: this.download });
    };
  });
  await clickButton(page, "Save their names");
  await page.waitForFunction(() => "saved" in globalThis);
  const found = await page.evaluate(() => {
    const { saved, savedAs } = globalThis as unknown as Record<string, string>;
    return [saved, savedAs];
  });
  assert.deepEqual(found, ["2.png\n7.png\n30.png\n", "selected-3-of-36.txt"]);
  await page.close();
});

Deno.test(
  "the image under the pointer is shown in all maps, with its name and values; a click makes it the query",
  options,
  async () => {
    const { page } = await openMaps("&pictures=0");
    const point = await lonelyPoint(page, "shape");
    const [x, y] = await placeOf(page, "shape", point);
    const plain = await marksOf(page);
    await page.mouse.move(x + 1, y + 1);
    await page.waitForFunction(
      (name) => document.querySelector(".map-card")?.textContent?.includes(name),
      {},
      `${point}.png`,
    );
    const [shape, colour] = valuesOf(point);
    await page.waitForFunction(
      (values) => document.querySelector(".map-card")?.textContent?.includes(values),
      {},
      `shape ${shape}, colour ${colour}`,
    );
    const hovered = await marksOf(page);
    assert.ok(hovered.every((marks, at) => marks > plain[at]), `${plain} ${hovered}`);
    await page.mouse.down();
    await page.mouse.up();
    await awaitWord(page, "q", String(point));
    // The map is zoomed in until the point is far from the pointer, which does not move.
    await page.mouse.wheel({ deltaY: -4000 });
    await page.waitForFunction(() => document.querySelector(".map-card") === null);
    await clickButton(page, "Show all");
    await page.mouse.move(2, 2);
    await page.waitForFunction(() => document.querySelector(".map-card") === null);
    // The query is marked where nothing is under the pointer, too.
    assert.ok((await marksOf(page)).every((marks, at) => marks > plain[at]));
    await page.close();
  },
);

/** Pixels that are marked in each map. */
async function marksOf(page: Page): Promise<number[]> {
  await nextFrame(page);
  return await page.evaluate(() => {
    const canvas = document.querySelector(".map-marks")!;
    const { left, top } = canvas.getBoundingClientRect();
    const ratio = canvas.width / canvas.getBoundingClientRect().width;
    return [...document.querySelectorAll(".map-pane")].map((pane) => {
      const box = pane.getBoundingClientRect();
      const [x, y, width, height] = [box.left - left, box.top - top, box.width, box.height]
        .map((value) => Math.round(value * ratio));
      const { data } = canvas.getContext("2d")!.getImageData(x, y, width, height);
      let marked = 0;
      for (let at = 3; at < data.length; at += 4) if (data[at] > 0) marked++;
      return marked;
    });
  });
}

Deno.test(
  "points move to their places on the one large map of another notion",
  options,
  async () => {
    const { page } = await openMaps("&maps=one&map=shape&pictures=0");
    assert.equal((await page.$$(".map-pane")).length, 1);
    const before = await dotsOf(page);
    // What is drawn while they move is neither the one map nor the other.
    await page.evaluate(() => {
      const seen: number[] = [];
      Object.assign(globalThis, { seen });
      const look = () => {
        const stage = document.querySelector(".map-stage")!;
        if (stage.dataset.still === "false") seen.push(Number(stage.dataset.drawn));
        requestAnimationFrame(look);
      };
      look();
    });
    await clickButton(page, "colour");
    await page.waitForFunction(() =>
      (globalThis as unknown as { seen: number[] }).seen.length > 2 &&
      document.querySelector(".map-stage")!.dataset.still === "true"
    );
    const seen = await page.evaluate(() => (globalThis as unknown as { seen: number[] }).seen);
    assert.ok(new Set(seen).size > 2, `${seen}`);
    const after = await dotsOf(page);
    assert.notEqual(after, before);
    assert.equal(wordOf(page, "map"), "colour");
    // Back to the one before.
    await page.goBack();
    await awaitWord(page, "map", "shape");
    await stillness(page);
    assert.equal(await dotsOf(page), before);
    await page.close();
  },
);

/** What the lower canvas shows. */
async function dotsOf(page: Page): Promise<string> {
  return sha256(await page.$eval(".map-dots", (canvas) => canvas.toDataURL()));
}

Deno.test("keys pan, zoom, go from image to image, select, and make a query", options, async () => {
  const { page } = await openMaps("&pictures=0");
  await page.focus(".map-pane");
  await press(page, "+", "ArrowRight", "ArrowDown");
  await page.waitForFunction(() => location.hash.includes("camera="));
  const pane = await paneOf(page, 0);
  const home = cameraFor([...layouts.values()], pane.width / pane.height);
  const seen = readCamera(wordOf(page, "camera"))!;
  assert.ok(Math.abs(seen.span - home.span / 1.4) < 1e-3 * home.span);
  assert.ok(seen.x > home.x && seen.y > home.y);
  await press(page, "0");
  await awaitWord(page, "camera", null);
  await press(page, "n");
  const said = "[aria-live]";
  await page.waitForFunction(
    (said) =>
      [...document.querySelectorAll(said)].some((each) =>
        /^\d+\.png, shape \d, colour \d, 1 of 36 in view$/.test(each.textContent!)
      ),
    {},
    said,
  );
  await press(page, "n", "p", "n", "Space");
  await page.waitForFunction(() => location.hash.includes("selected="));
  const selected = wordOf(page, "selected");
  await press(page, "Enter");
  await awaitWord(page, "q", selected);
  await press(page, "Escape");
  await awaitWord(page, "selected", null);
  await press(page, "m");
  await awaitWord(page, "maps", "one");
  await press(page, "s");
  await awaitWord(page, "maps", null);
  await page.close();
});

Deno.test("a link holds the state of the maps", options, async () => {
  const state = "&q=3&maps=one&map=colour&colour=%3Dtags&camera=0.1%2C0.2%2C1.5&pictures=0" +
    "&selected=1.2.3";
  const { page } = await openMaps(state);
  assert.equal(await text(page, ".map-title"), "colour");
  assert.equal(await text(page, ".map-legend h3"), "tags");
  assert.equal(await text(page, ".map-selected h2"), "3 images selected");
  assert.equal(
    await page.$eval("input[type=checkbox]", (box) => box.checked),
    false,
  );
  for (const [key, value] of new URLSearchParams(state)) {
    assert.equal(wordOf(page, key), value, key);
  }
  await page.close();
});

Deno.test("colours have a legend; a colour selects its images", options, async () => {
  const { page } = await openMaps("&colour=%3Dcolour");
  await page.waitForSelector(".map-legend button");
  const entries = await page.$$eval(".map-legend button", (all) => all.map((e) => e.textContent));
  assert.deepEqual(entries, ["012", "112", "212"]);
  await page.click(".map-legend li:nth-child(2) button");
  const ones = Array.from({ length: 36 }, (_, i) => i).filter((i) => valuesOf(i)[1] === "1");
  await awaitWord(page, "selected", ones.join("."));
  await page.select(".map-tools select", "-");
  await page.waitForFunction(() => document.querySelector(".map-legend") === null);
  await page.close();
});

Deno.test("maps are put into words, and the images in view are a list", options, async () => {
  const { page } = await openMaps();
  await page.click(".map-text summary");
  await page.waitForFunction(() => document.querySelectorAll(".map-text li").length === 30);
  const words = await page.$$eval(
    ".map-text p",
    (all) => all.map(({ textContent }) => textContent),
  );
  assert.match(
    words[0]!,
    /^Map by shape: 36 images\. Of the five nearest on the map \d+ % have the same shape, of any two images \d+ %\.$/,
  );
  assert.match(words[3]!, /^In view by shape: 36 images; the 30 nearest to the middle are$/);
  await page.click(".map-text li:first-child button[aria-pressed]");
  await page.waitForFunction(() => location.hash.includes("selected="));
  await page.click(".map-text li:first-child button");
  await awaitWord(page, "q", wordOf(page, "selected"));
  await page.close();
});

Deno.test("maps fit a narrow window, and dark", options, async () => {
  const { page } = await openMaps("", 400);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 400, `${wide}`);
  const corner = () =>
    page.$eval(".map-dots", (canvas) => {
      const { data } = canvas.getContext("2d")!.getImageData(2, 60, 1, 1);
      return data[0];
    });
  const light = await corner();
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "dark" }]);
  await nextFrame(page);
  assert.ok(light > 200 && await corner() < 60);
  await page.close();
});

Deno.test("a picture that is gone is shown as gone, where pictures are near", options, async () => {
  const folder = made.explored.pictureFolder!;
  const bytes = await Deno.readFile(join(folder, "8.png"));
  await Deno.remove(join(folder, "8.png"));
  const layout = layouts.get("shape")!;
  const camera = `${layout[16]},${layout[17]},0.002`;
  const { page } = await openMaps(`&maps=one&map=shape&camera=${encodeURIComponent(camera)}`);
  // Grey with a cross in the middle of the map, instead of a picture's colour.
  await page.waitForFunction(() => {
    const canvas = document.querySelector(".map-marks")!;
    const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
    let grey = 0;
    for (let at = 0; at < data.length; at += 4) {
      if (data[at] === 0x90 && data[at + 1] === 0x90 && data[at + 2] === 0x90) grey++;
    }
    return grey > 1000;
  });
  await Deno.writeFile(join(folder, "8.png"), bytes);
  await page.close();
});

Deno.test("a gallery says of each picture that cannot be shown why", options, async () => {
  const folder = made.explored.pictureFolder!;
  const secret = join(made.service.set, "secret.png");
  await Deno.rename(join(folder, "20.png"), secret);
  await Deno.symlink(secret, join(folder, "20.png"));
  await Deno.writeTextFile(join(folder, "21.png"), "no picture");
  await Deno.remove(join(folder, "22.png"));
  const { page } = await openMaps("&pictures=0&selected=20.21.22.23");
  await page.waitForFunction(() => document.querySelectorAll(".no-picture").length === 3);
  const shown = await page.$$eval(".map-gallery .thumbnail", (all) => {
    return all.map((each) => [each.textContent, each.getAttribute("title")]);
  });
  assert.deepEqual(shown.map(([text]) => text), [
    "picture lies outside the folder",
    "picture cannot be read",
    "picture is gone",
    "",
  ]);
  assert.equal(shown[2][1], "Cannot show image 22, 22.png: there is no such file");
  await page.close();
});

Deno.test("maps come back when the server was away, and go on meanwhile", options, async () => {
  const page = await bundlePage();
  const first = exploreModel(made.explored, { page, port: 0, token });
  const { port } = new URL(first.url);
  const open = await browser.visit(`${first.url}#view=maps`, 1200);
  await stillness(open.page);
  const asked = () => open.requests.filter((url) => url.includes("/api/maps/layout")).length;
  const before = asked();
  await first.close();
  // What was there is moved about without the server; what is asked for says that it is away.
  await open.page.focus(".map-pane");
  await press(open.page, "+", "n");
  await open.page.waitForFunction(() => location.hash.includes("camera="));
  await open.page.waitForSelector(".message.lost");
  await using _second = exploreModel(made.explored, { page, port: Number(port), token });
  await open.page.waitForFunction(() => document.querySelector(".message.lost") === null);
  await stillness(open.page);
  await open.page.waitForFunction(() => document.querySelector(".map-card") !== null);
  assert.ok(asked() > before);
  await open.page.close();
});

/** The same for both servers. */
const token = "the-same-for-both-servers";
