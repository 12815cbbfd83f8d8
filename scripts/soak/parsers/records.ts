/** What csn wrote of runs and experiments. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { readComparison, readSweep } from "../../../src/report/read_experiment.ts";
import { cutBackMasks, type EpochMasks, readMasks } from "../../../src/training/mask_log.ts";
import type { EpochMetrics } from "../../../src/training/metrics.ts";
import { cutBack, readMetrics } from "../../../src/training/run_log.ts";
import { dirname, join } from "../../../src/files/paths.ts";
import { comparison, sweep } from "../../../tests/helpers/experiment_files.ts";
import { bytesOf, type Parser } from "./parser.ts";
import { spoilt, spoiltJson, spoiltJsonFiles } from "./spoil.ts";

const notion = { name: "a", triplets: 8, accuracy: 0.5, loss: 0.1 };
const scores = { loss: 0.1, accuracy: 0.5, notions: [notion, { ...notion, name: "b" }] };

function epoch(number: number): EpochMetrics {
  return {
    ...{ epoch: number, step: 4 * number, learningRate: 1e-3, best: true, seconds: 1 },
    ...{ tripletsPerSecond: 8, threads: 1 },
    train: { ...scores, images: 24, embeddingNorm: 1, maskNorm: 2 },
    validation: { ...scores, triplets: 8 },
  };
}

const lines = [1, 2, 3].map((number) => JSON.stringify(epoch(number)) + "\n");

/**
 * metrics.jsonl, read and cut back. What is cut back must be readable, with metrics.csv beside it.
 */
export function metrics(folder: string): Parser<readonly EpochMetrics[]> {
  const withOther = fc.tuple(fc.nat(3), spoiltJson([epoch(2)])).map(([at, value]) =>
    bytesOf(lines.toSpliced(at, 0, JSON.stringify(value) + "\n").join(""))
  );
  return {
    name: "metrics.jsonl",
    file: "metrics.jsonl",
    inputs: fc.oneof(withOther, spoilt([bytesOf(lines.join(""))])).map((bytes) => ({ bytes })),
    read: async (file) => {
      const before = await Deno.readFile(file);
      try {
        await cutBack(dirname(file), 2);
      } catch (error) {
        assert.deepEqual(await Deno.readFile(file), before, "the file was changed");
        throw error;
      }
      return await readMetrics(dirname(file));
    },
    verify: (found) => {
      for (const { epoch, step, train, validation } of found) {
        assert.ok(typeof epoch === "number" && epoch <= 2 && typeof step === "number");
        for (const { notions } of [train, validation]) {
          assert.ok(notions.every(({ name }) => typeof name === "string"));
        }
      }
      // A notion's name may hold a line's end, in quotes.
      const csv = Deno.readTextFileSync(join(folder, "metrics.csv"))
        .replace(/"(?:[^"]|"")*"/g, "");
      assert.equal(
        csv.split("\n").length,
        found.length === 0 ? 1 : found.length + 2,
        "metrics.csv",
      );
    },
  };
}

const maskLines = [1, 2, 3].map((number) => ({ epoch: number, masks: [[0, number], [0.5, 0]] }));

/** masks.jsonl, read and cut back. */
export function maskLogs(): Parser<readonly EpochMasks[]> {
  const texts = maskLines.map((line) => JSON.stringify(line) + "\n");
  const withOther = fc.tuple(fc.nat(3), spoiltJson([maskLines[1]])).map(([at, value]) =>
    bytesOf(texts.toSpliced(at, 0, JSON.stringify(value) + "\n").join(""))
  );
  return {
    name: "masks.jsonl",
    file: "masks.jsonl",
    inputs: fc.oneof(withOther, spoilt([bytesOf(texts.join(""))])).map((bytes) => ({ bytes })),
    read: async (file) => {
      const before = await Deno.readFile(file);
      try {
        await cutBackMasks(dirname(file), 2);
      } catch (error) {
        assert.deepEqual(await Deno.readFile(file), before, "the file was changed");
        throw error;
      }
      return await readMasks(dirname(file));
    },
    verify: (found) => {
      for (const { epoch, masks } of found) {
        assert.ok(typeof epoch === "number" && epoch <= 2);
        assert.ok(masks.flat().every((value) => typeof value === "number"));
      }
    },
  };
}

/** compare.json. */
export function comparisons(): Parser<unknown> {
  return {
    name: "compare.json",
    file: "compare.json",
    inputs: spoiltJsonFiles([comparison]).map((bytes) => ({ bytes })),
    read: (file) => readComparison(dirname(file)),
    verify: (found) => assert.ok(typeof found === "object" && found !== null),
  };
}

/** sweep.json. */
export function sweeps(): Parser<unknown> {
  return {
    name: "sweep.json",
    file: "sweep.json",
    inputs: spoiltJsonFiles([sweep]).map((bytes) => ({ bytes })),
    read: (file) => readSweep(dirname(file)),
    verify: (found) => assert.ok(typeof found === "object" && found !== null),
  };
}
