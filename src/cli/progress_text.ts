import type { Progress } from "../base/listener.ts";
import { bytes, duration, rate } from "./format.ts";

/** How fast a piece of work goes on. */
export interface Pace {
  /** Since its first report. */
  readonly seconds: number;
  /** Units done since its first report: a download that goes on does not begin at 0. */
  readonly units: number;
}

/**
 * Widths of the bar, of which the largest that fits is taken: steps, so that it does not flicker.
 */
const barWidths = [30, 20, 10];

/** "1200 of 5000 images", "3.20 MB of 190 MB"; without a total "1200 images". */
export function amount({ done, total, unit }: Progress): string {
  if (unit === "bytes") return total === null ? bytes(done) : `${bytes(done)} of ${bytes(total)}`;
  return total === null ? `${done} ${unit}` : `${done} of ${total} ${unit}`;
}

/** Speed and time left, as far as they are known yet: "350 images/s", "11 s left". */
export function paceTexts({ done, total, unit }: Progress, pace: Pace): string[] {
  const perSecond = pace.units / pace.seconds;
  // A first moment's speed is mostly noise.
  if (pace.seconds < 0.5 || !(perSecond > 0)) return [];
  const left = total === null ? [] : [`${duration((total - done) / perSecond)} left`];
  return [rate(perSecond, unit), ...left];
}

/** A line about a piece of work that goes on. */
export function progressLine(progress: Progress, pace: Pace): string {
  return [`${progress.what}: ${amount(progress)}`, ...paceTexts(progress, pace)].join(", ");
}

/** The line about a piece of work that is complete. */
export function doneLine({ what, done, unit }: Progress, pace: Pace): string {
  const time = pace.seconds >= 0.05 ? ` in ${duration(pace.seconds)}` : "";
  return `${what}: ${unit === "bytes" ? bytes(done) : `${done} ${unit}`}${time}`;
}

/** A progress bar that fits `columns`; `colour` paints its full part. */
export function progressBar(
  progress: Progress,
  pace: Pace,
  columns: number,
  colour: (text: string) => string,
): string {
  const { what, done, total } = progress;
  const share = total === null || total <= 0 ? null : Math.min(1, Math.max(0, done / total));
  const numbers = [
    ...(share === null ? [] : [`${Math.floor(share * 100)} %`]),
    amount(progress),
    ...paceTexts(progress, pace),
  ].join("  ");
  // Beside the texts there are two brackets and three blanks.
  const room = columns - what.length - numbers.length - 5;
  const width = barWidths.find((each) => each <= room);
  if (share === null || width === undefined) return `${what}  ${numbers}`.slice(0, columns);
  const full = Math.floor(share * width);
  return `${what} [${colour("#".repeat(full))}${"-".repeat(width - full)}]  ${numbers}`;
}
