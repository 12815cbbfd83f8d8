/** What is measured in a page of `explore`, by its own clock. */
import type { Page } from "puppeteer-core";

// What a page has, for functions that run in it.
// deno-lint-ignore no-explicit-any
declare const document: any, requestAnimationFrame: any, MutationObserver: any;

/** Milliseconds from a slider's movement until the mixture's row is painted anew. */
export async function mixerTimes(page: Page, moves: number): Promise<number[]> {
  // Rows: one of each notion, one without a mask, the mixture's.
  const row =
    await page.evaluate(() => document.querySelectorAll(".mixer input[type=range]").length) +
    1;
  const times: number[] = [];
  for (let move = 0; move < moves; move++) {
    // Each is another mixture than the one before.
    const weight = (move * 7 % 19 + 1) / 20;
    times.push(await page.evaluate(moveSlider, row, move % (row - 1), weight));
  }
  return times;
}

/** In the page: moves a slider, and waits until its row is drawn. */
function moveSlider(row: number, slider: number, weight: number): Promise<number> {
  const cards = document.querySelector(`[data-row="${row}"]`);
  const input = document.querySelectorAll(".mixer input[type=range]")[slider];
  return new Promise((resolve) => {
    const began = performance.now();
    const observer = new MutationObserver(() => {
      observer.disconnect();
      requestAnimationFrame(() => {
        // What comes after a frame's callbacks comes after it was painted.
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(performance.now() - began);
        port2.postMessage(null);
      });
    });
    observer.observe(cards, {
      ...{ subtree: true, childList: true, attributes: true, characterData: true },
    });
    input.value = String(weight);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

/** How the maps are moved. */
export type Movement = "dragged" | "zoomed";

/** How far the pointer goes from the middle, in CSS pixels, and how far at a time. */
const [reach, step] = [120, 6];

/**
 * Frames a second while the first map is moved by the mouse for some seconds: one number for each
 * half of a second.
 */
export async function frameRates(
  page: Page,
  movement: Movement,
  seconds: number,
): Promise<number[]> {
  const pane = (await page.$(".map-pane"))!;
  const { x, y, width, height } = (await pane.boundingBox())!;
  const [left, top] = [x + width / 2, y + height / 2];
  await page.mouse.move(left, top);
  if (movement === "dragged") await page.mouse.down();
  await page.evaluate(watchFrames);
  const end = performance.now() + 1000 * seconds;
  for (let move = 0; performance.now() < end; move++) {
    // There and back, so that the points stay in view.
    const along = (move * step + reach) % (4 * reach);
    const right = Math.abs(along - 2 * reach) - reach;
    if (movement === "dragged") await page.mouse.move(left + right, top + right / 2);
    else await page.mouse.wheel({ deltaY: Math.floor(move / 10) % 2 === 0 ? -60 : 60 });
  }
  const times = await page.evaluate(watchedFrames);
  if (movement === "dragged") await page.mouse.up();
  return ratesOf(times);
}

/** Milliseconds over which frames are counted. */
const countedMs = 500;

/** Frames a second in each half of a second; the first, in which the movement begins, is left out. */
export function ratesOf(times: readonly number[]): number[] {
  const [first, last] = [times[0] + countedMs, times[times.length - 1]];
  const parts = Math.floor((last - first) / countedMs);
  return Array.from({ length: parts }, (_, part) => {
    const from = first + part * countedMs;
    const frames = times.filter((time) => time >= from && time < from + countedMs).length;
    return frames / (countedMs / 1000);
  });
}

/** In the page: notes when the maps are drawn. */
function watchFrames(): void {
  const stage = document.querySelector(".map-stage");
  const times: number[] = [];
  const observer = new MutationObserver(() => times.push(performance.now()));
  observer.observe(stage, { attributeFilter: ["data-drawn"] });
  // deno-lint-ignore no-explicit-any
  (globalThis as any).endWatch = () => {
    observer.disconnect();
    return times;
  };
}

function watchedFrames(): number[] {
  // deno-lint-ignore no-explicit-any
  return (globalThis as any).endWatch();
}
