/** `explore` in a browser: how soon the page is there, how it follows the mixer, how maps move. */
import { cacheFolder } from "../../src/files/cache.ts";
import { join } from "../../src/files/paths.ts";
import { CsnError } from "../../src/base/errors.ts";
import { Chromium, chromium } from "../../tests/helpers/chromium.ts";
import { exploredPaths, writeExplored } from "./explored_set.ts";
import { ExploreProcess } from "./explore_process.ts";
import { type Figure, figureOf } from "./figure.ts";
import { peakMegabytes, residentMegabytes } from "./memory.ts";
import { frameRates, mixerTimes } from "./page_speed.ts";
import type { BenchOptions } from "./setting.ts";

/** What is explored. */
export interface ExploringOptions {
  /** Images. @default {50,000} */
  readonly images?: number;
  /** Where the images and a model lie, and stay for the next time. @default {in the cache} */
  readonly folder?: string;
}

/** Width of the window. */
const width = 1400;

/** What is aimed at: seconds until the page is there, milliseconds of the mixer, frames a second. */
const aims = { start: 3, mixer: 50, frames: 30 } as const;

/** Seconds of each movement, movements of the mixer, and starts, at the length 1. */
const [seconds, moves, mostStarts] = [4, 60, 5];

/** Maps that are moved: the state in the address, and what it shows. */
const shownMaps = [
  ["maps=one", "one map with pictures"],
  ["maps=one&pictures=0", "one map without pictures"],
  ["maps=side", "five maps with pictures"],
  ["maps=side&pictures=0", "five maps without pictures"],
] as const;

/** Measures all; images are made, embedded and laid out once, before. */
export async function measureExploring(
  { length, repeats, threads, python, notice }: BenchOptions,
  { images = 50_000, folder = join(cacheFolder(), `bench-explore-${images}`) }: ExploringOptions =
    {},
): Promise<Figure[]> {
  if (chromium === null) {
    throw new CsnError("Cannot measure the page: there is no chromium on PATH; install one");
  }
  await writeExplored(folder, images, notice);
  const { set, model } = exploredPaths(folder);
  const start = () => ExploreProcess.start({ model, set, threads });
  await using browser = await Chromium.start(chromium);
  notice(`embedding ${images} images and laying out their maps, unless that was done`);
  await using once = await start();
  await once.mapsMade();
  const found: Figure[] = [];
  notice("exploring: starts");
  const starts: number[] = [];
  for (let repeat = 0; repeat < Math.min(mostStarts, repeats); repeat++) {
    const began = performance.now();
    await using server = await start();
    const { page } = await browser.visit(server.url, width);
    await page.waitForFunction(isDrawn);
    starts.push((performance.now() - began) / 1000);
    await page.close();
  }
  found.push(figureOf({ work: "from command to page", unit: "s", aim: aims.start }, starts));

  notice("exploring: the mixer");
  await using server = await start();
  const { page } = await browser.visit(`${server.url}#q=17`, width);
  await page.waitForFunction(isDrawn);
  const times = await mixerTimes(page, Math.max(3, Math.ceil(moves * length)));
  found.push(figureOf({ work: "mixer to row painted", unit: "ms", aim: aims.mixer }, times));
  await page.close();

  for (const [state, what] of shownMaps) {
    notice(`exploring: ${what}`);
    const { page } = await browser.visit(`${server.url}#view=maps&${state}`, width);
    await page.waitForFunction(isStill);
    for (const movement of ["dragged", "zoomed"] as const) {
      const rates = await frameRates(page, movement, Math.max(2, seconds * length));
      const work = { work: `${what}, ${movement}`, unit: "frames/s", aim: aims.frames } as const;
      found.push(figureOf(work, rates));
      await page.waitForFunction(isStill);
    }
    await page.close();
  }
  const { own } = await residentMegabytes(server.pid, python);
  const peak = await peakMegabytes(server.pid, python);
  const memory = (work: string, value: number) =>
    figureOf({ work, unit: "MB", aim: null }, [value]);
  return [
    ...found,
    memory("memory of the server, its own", own),
    memory("at most, with files", peak),
  ];
}

// What a page has, for functions that run in it.
// deno-lint-ignore no-explicit-any
declare const document: any;

/** In the page: whether all pictures in view are there. */
function isDrawn(): boolean {
  const pictures = [...document.querySelectorAll("#main img")]
    .filter((each) => each.getBoundingClientRect().top < document.documentElement.clientHeight);
  return pictures.length > 0 && pictures.every((each) => each.complete);
}

/** In the page: whether all maps are laid out and lie still. */
function isStill(): boolean {
  return document.querySelector(".map-stage")?.dataset.still === "true" &&
    document.querySelector(".map-progress") === null &&
    document.querySelector(".map-status").textContent.includes("images");
}
