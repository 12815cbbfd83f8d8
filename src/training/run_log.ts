import { CsnError, messageOf } from "../base/errors.ts";
import { join } from "../files/paths.ts";
import { writeWhole } from "../files/write_whole.ts";
import type { EpochMetrics } from "./metrics.ts";
import { csvHeader, csvRow } from "./metrics_csv.ts";

/** Writes the metrics of a run into its folder: metrics.jsonl, and metrics.csv for spreadsheets. */
export class RunLog {
  readonly #folder: string;

  /** A log in `folder`, which must exist. Nothing is written yet. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Adds an epoch to both files; it is on the disk when the promise resolves. Throws a CsnError
   * when it cannot be written; `cutBack` then removes what was half written.
   */
  async append(metrics: EpochMetrics): Promise<void> {
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
  return lines(text ?? "").map((line, i) => parse(line, `${jsonlPath(folder)}:${i + 1}`));
}

/**
 * Keeps the epochs up to `epoch` in both files. A last line that a kill cut short goes too;
 * metrics.csv is made anew from metrics.jsonl, since the kill may have come between the two.
 * Nothing is done when there is no metrics.jsonl. Throws a CsnError as `readMetrics`, with both
 * files as they were.
 */
export async function cutBack(folder: string, epoch: number): Promise<void> {
  const file = jsonlPath(folder);
  const text = await readText(file);
  if (text === null) return;
  const kept = whole(lines(text))
    .map((line, i) => ({ line, metrics: parse(line, `${file}:${i + 1}`) }))
    .filter(({ metrics }) => metrics.epoch <= epoch);
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

async function appendText(path: string, text: (isNew: boolean) => string): Promise<void> {
  try {
    using file = await Deno.open(path, { append: true, create: true });
    const bytes = new TextEncoder().encode(text((await file.stat()).size === 0));
    for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
    await file.sync();
  } catch (error) {
    throw new CsnError(`Cannot write ${path}: ${messageOf(error)}`, { cause: error });
  }
}

async function readText(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw new CsnError(`Cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
}

function lines(text: string): string[] {
  const all = text.split("\n");
  if (all.at(-1) === "") all.pop();
  return all;
}

/** All lines but a last one that is not an epoch's metrics. */
function whole(all: readonly string[]): readonly string[] {
  try {
    if (all.length > 0) parse(all[all.length - 1], "");
    return all;
  } catch {
    return all.slice(0, -1);
  }
}

function parse(line: string, place: string): EpochMetrics {
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

function members(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
}
