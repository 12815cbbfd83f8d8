import { CsnError, messageOf } from "../base/errors.ts";
import { join } from "../files/paths.ts";
import { writeWhole } from "../files/write_whole.ts";
import { appendText, linesOf, members, readText, wholeLines } from "./log_lines.ts";
import { appendMasks, cutBackMasks } from "./mask_log.ts";
import type { EpochMetrics } from "./metrics.ts";
import { csvHeader, csvRow } from "./metrics_csv.ts";

/**
 * Writes the metrics of a run into its folder: metrics.jsonl, and metrics.csv for spreadsheets; and
 * what its masks have become, masks.jsonl.
 */
export class RunLog {
  readonly #folder: string;

  /** A log in `folder`, which must exist. Nothing is written yet. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Adds an epoch to the files, with its masks [notion][dimension] where they are given; it is on
   * the disk when the promise resolves. Throws a CsnError when it cannot be written; `cutBack` then
   * removes what was half written.
   */
  async append(
    metrics: EpochMetrics,
    masks?: readonly (readonly number[])[],
  ): Promise<void> {
    // First, so that who follows the metrics finds the masks of each of their epochs.
    if (masks !== undefined) await appendMasks(this.#folder, { epoch: metrics.epoch, masks });
    await appendText(jsonlPath(this.#folder), () => JSON.stringify(metrics) + "\n");
    await appendText(
      csvPath(this.#folder),
      (isNew) => (isNew ? csvHeader(metrics) : "") + csvRow(metrics),
    );
  }
}

/**
 * Reads metrics.jsonl; no epochs when there is no such file. Throws a CsnError that names file and
 * line of what is not an epoch's metrics.
 *
 * @example Read what a run measured
 * ```ts
 * import { readMetrics } from "@csn/csn/train";
 *
 * for (const { epoch, train, validation } of await readMetrics("runs/mine")) {
 *   console.log(epoch, train.loss, validation.accuracy);
 * }
 * ```
 */
export async function readMetrics(folder: string): Promise<EpochMetrics[]> {
  const text = await readText(jsonlPath(folder));
  return linesOf(text ?? "").map((line, i) => parseMetrics(line, `${jsonlPath(folder)}:${i + 1}`));
}

/**
 * Keeps the epochs up to `epoch` in all files. A last line that a kill cut short goes too;
 * metrics.csv is made anew from metrics.jsonl, since the kill may have come between the two.
 * Nothing is done when there are no such files. Throws a CsnError as `readMetrics`, or
 * for masks that cannot be read, with all files as they were.
 */
export async function cutBack(folder: string, epoch: number): Promise<void> {
  const file = jsonlPath(folder);
  const text = await readText(file);
  if (text === null) return await cutBackMasks(folder, epoch);
  const kept = wholeLines(linesOf(text), (line) => parseMetrics(line, ""))
    .map((line, i) => ({ line, metrics: parseMetrics(line, `${file}:${i + 1}`) }))
    .filter(({ metrics }) => metrics.epoch <= epoch);
  await cutBackMasks(folder, epoch);
  const header = kept.slice(0, 1).map(({ metrics }) => csvHeader(metrics));
  await writeWhole(file, kept.map(({ line }) => line + "\n").join(""));
  await writeWhole(
    csvPath(folder),
    [...header, ...kept.map(({ metrics }) => csvRow(metrics))].join(""),
  );
}

function jsonlPath(folder: string): string {
  return join(folder, "metrics.jsonl");
}

function csvPath(folder: string): string {
  return join(folder, "metrics.csv");
}

/** The metrics of a line of metrics.jsonl. Throws a CsnError that names its `place`. */
export function parseMetrics(line: string, place: string): EpochMetrics {
  const problem = (what: string) =>
    new CsnError(
      `Cannot read metrics: ${place}: ${what}; a line is the metrics of one epoch as JSON; mend or delete the line`,
    );
  let value: unknown;
  try {
    // JSON has no NaN: it is written as null, and every null here was a number.
    value = JSON.parse(line, (_key, each) => each === null ? NaN : each);
  } catch (error) {
    throw problem(messageOf(error));
  }
  const missing = missingPart(value);
  if (missing !== null) throw problem(`"${missing}" is missing or of the wrong kind`);
  return value as EpochMetrics;
}

const numbers = ["epoch", "step", "learningRate", "seconds", "tripletsPerSecond", "threads"];
const trainNumbers = ["loss", "accuracy", "embeddingNorm", "maskNorm"];
const validationNumbers = ["loss", "accuracy", "triplets"];

/** The first member of an EpochMetrics that `value` lacks; null when all are there. */
function missingPart(value: unknown): string | null {
  const { train, validation, best } = members(value);
  return missingNumber(value, numbers, "") ??
    missingNumber(train, trainNumbers, "train.") ??
    missingNumber(validation, validationNumbers, "validation.") ??
    missingNotions(train, "train.notions") ??
    missingNotions(validation, "validation.notions") ??
    (typeof best === "boolean" ? null : "best");
}

function missingNumber(value: unknown, names: readonly string[], prefix: string): string | null {
  const found = members(value);
  const missing = names.find((name) => typeof found[name] !== "number");
  return missing === undefined ? null : prefix + missing;
}

function missingNotions(value: unknown, name: string): string | null {
  const { notions } = members(value);
  if (!Array.isArray(notions)) return name;
  const good = notions.every((notion) =>
    typeof members(notion).name === "string" &&
    missingNumber(notion, ["triplets", "accuracy", "loss"], "") === null
  );
  return good ? null : name;
}
