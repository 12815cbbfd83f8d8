import { accuracyAndLeakage } from "../analysis/analyse_model.ts";
import { embedSplit } from "../analysis/embedded_split.ts";
import type { ModelAnalysis } from "../analysis/model_analysis.ts";
import { seenSentence } from "../analysis/seen_sentence.ts";
import { CsnError, messageOf } from "../base/errors.ts";
import { isObject } from "../base/json_values.ts";
import { cacheFolder } from "../files/cache.ts";
import { keepRecent } from "../files/keep_recent.ts";
import { dirname, join } from "../files/paths.ts";
import { sha256 } from "../files/sha256.ts";
import { writeWhole } from "../files/write_whole.ts";
import { readModelFile } from "../model/model_file.ts";
import { notionsOnSet } from "../model/model_on_set.ts";
import type { Split } from "../sets/image_set.ts";
import { tripletListPath } from "../sets/triplet_list.ts";
import type { Estimate } from "../statistics/estimate.ts";
import { fewUnits } from "../statistics/test_units.ts";
import type { Explored } from "./explored.ts";
import type { AnalysisInfo, AnalysisState, ShareEstimate } from "./protocol.ts";
import { reportAnalysis } from "./report_analysis.ts";

/** What an analysis holds that is shown. */
type Shown = Pick<
  ModelAnalysis,
  "split" | "triplets" | "accuracy" | "leakage" | "seenImages"
>;

/** A computation that is under way. */
interface Running {
  readonly controller: AbortController;
  what: string;
  share: number | null;
  /** Resolves when it is over, however it ended. */
  ended: Promise<void>;
}

/**
 * Accuracy and leakage of the model on the splits of the set that is explored: those of the report
 * beside the model, or computed when they are asked for and kept in the cache.
 */
export class Analyses {
  readonly #explored: Explored;
  readonly #running = new Map<Split, Running>();
  readonly #failed = new Map<Split, string>();
  /** Of the embeddings. */
  #digest: string | null = null;

  /** Of what is explored. */
  constructor(explored: Explored) {
    this.#explored = explored;
  }

  /** What is known of a split. */
  async state(split: Split): Promise<AnalysisState> {
    const running = this.#running.get(split);
    if (running !== undefined) {
      return { state: "running", what: running.what, share: running.share };
    }
    const error = this.#failed.get(split);
    if (error !== undefined) return { state: "failed", error };
    const { model, runFolder } = this.#explored;
    const report = await reportAnalysis(runFolder, model, split);
    if (report.analysis !== null) {
      const { data, notions } = report.analysis.model;
      return {
        state: "known",
        analysis: shownOf(report.analysis, { from: "report", data, notions }),
      };
    }
    const refusal = this.#refusal();
    const kept = refusal === null ? await readKept(await this.#keptFile(split)) : null;
    if (kept !== null) return { state: "known", analysis: kept };
    return { state: "unknown", stale: report.stale, refusal };
  }

  /** Computes what is not known of a split; nothing where that is under way. */
  begin(split: Split): void {
    if (this.#running.has(split)) return;
    const refusal = this.#refusal();
    if (refusal !== null) throw new CsnError(refusal);
    const running: Running = {
      controller: new AbortController(),
      what: "Reading the model",
      share: null,
      ended: Promise.resolve(),
    };
    this.#running.set(split, running);
    this.#failed.delete(split);
    running.ended = this.#compute(split, running).catch((error) => {
      if (!running.controller.signal.aborted) this.#failed.set(split, messageOf(error));
    }).finally(() => this.#running.delete(split));
  }

  /** Ends a computation, and waits until it has ended. */
  async stop(split: Split): Promise<void> {
    const running = this.#running.get(split);
    running?.controller.abort();
    await running?.ended;
  }

  /** Why nothing can be computed; null where it can. */
  #refusal(): string | null {
    const { set, model, shown } = this.#explored;
    if (set === null) {
      return `Cannot measure accuracy and leakage: ${shown.among} is no image set, so it has no triplets; explore a set (\`among\`)`;
    }
    const unknown = notionsOnSet(model.info, set)
      .filter((notion) => !set.notions.includes(notion));
    if (unknown.length === 0) return null;
    return `Cannot measure accuracy and leakage: ${shown.among} has no triplets of ${
      unknown.join(", ")
    }; explore the model's own set (\`among\`)`;
  }

  async #compute(split: Split, running: Running): Promise<void> {
    const { model, set, embeddings, shown } = this.#explored;
    const { signal } = running.controller;
    const file = await readModelFile(model.path);
    if (!await model.isFileUnchanged()) {
      throw new CsnError(
        `Cannot measure accuracy and leakage: ${shown.model} is another model now than the one that is explored; start \`explore\` again`,
      );
    }
    const embedded = await embedSplit(file, {
      split,
      data: set!.folder,
      known: embeddings.vectors,
      signal,
      listener: {
        progress: ({ what, done, total }) => {
          running.what = what;
          running.share = total === null ? null : done / total;
        },
      },
    });
    running.what = "Comparing triplets under every mask";
    running.share = null;
    // So that who asks meanwhile is answered first.
    await new Promise((resolve) => setTimeout(resolve));
    signal.throwIfAborted();
    const found: Shown = {
      split,
      seenImages: embedded.seenImages,
      ...accuracyAndLeakage(embedded),
    };
    const from = { from: "computed", data: shown.among, notions: embedded.notions } as const;
    await keep(await this.#keptFile(split), shownOf(found, from));
  }

  /** Named after all that decides what is found. */
  async #keptFile(split: Split): Promise<string> {
    const { model, set, embeddings } = this.#explored;
    const lists = set === null ? [] : [
      ...notionsOnSet(model.info, set)
        .map((notion) => tripletListPath(set.folder, { notion, split })),
      ...["set.json", "attributes.csv"].map((name) => join(set.folder, name)),
    ];
    const parts = await Promise.all(lists.map(async (file) => {
      const bytes = await Deno.readFile(file).catch(() => null);
      return bytes === null ? "" : sha256(bytes);
    }));
    const { vectors } = embeddings;
    // Once: it takes a second for a million images.
    const digest = this.#digest ??= sha256(
      new Uint8Array(vectors.buffer, vectors.byteOffset, vectors.byteLength),
    );
    const masks = [...model.masks].map(([notion, mask]) => [notion, [...mask]]);
    const key = [method, split, set?.folder, embeddings.names, masks, digest, parts];
    return join(cacheFolder(), "analyses", `${sha256(JSON.stringify(key)).slice(0, 32)}.json`);
  }
}

/** Changes when the same comes to other numbers than before. */
const method = "analysis 1";

/** Analyses that are kept in any case, and the days that others are kept unused. */
const [most, days] = [256, 90];

async function keep(file: string, analysis: AnalysisInfo): Promise<void> {
  await Deno.mkdir(dirname(file), { recursive: true });
  await writeWhole(file, JSON.stringify(analysis));
  await keepRecent(dirname(file), { named: /\.json$/, most, days });
}

/** Null where there is none, or a damaged one. */
async function readKept(file: string): Promise<AnalysisInfo | null> {
  try {
    const kept: unknown = JSON.parse(await Deno.readTextFile(file));
    const isWhole = isObject(kept) && Array.isArray(kept.accuracy) &&
      Array.isArray(kept.remarks) && isObject(kept.leakage) && Array.isArray(kept.leakage.error);
    return isWhole ? kept as unknown as AnalysisInfo : null;
  } catch {
    return null;
  }
}

function shownOf(
  { split, triplets, accuracy, leakage, seenImages }: Shown,
  from: Pick<AnalysisInfo, "from" | "data" | "notions">,
): AnalysisInfo {
  const few = fewUnits(accuracy.units);
  return {
    ...from,
    split,
    triplets,
    accuracy: [accuracy.all, ...accuracy.notions].map(shareOf),
    units: accuracy.units.kind,
    remarks: [seenSentence({ seenImages, split }), ...few === null ? [] : [few]],
    leakage: {
      columns: leakage.columns,
      error: leakage.error.map((row, of) =>
        row.map((value, by) => shareOf({ value, ...leakage.intervals[of][by] }))
      ),
      baseline: leakage.baseline,
      excess: leakage.excess?.map((row) => row.map((each) => each && shareOf(each))) ?? null,
    },
  };
}

function shareOf({ value, low, high }: Estimate): ShareEstimate {
  return { value: finite(value), low: finite(low), high: finite(high) };
}

/** JSON has no NaN, which a report's analysis holds as null. */
function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}
