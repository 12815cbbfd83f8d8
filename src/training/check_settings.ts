import { shown, UsageError } from "../base/errors.ts";
import { isVariant, variants } from "../network/variant.ts";
import type { RunOptions, TrainOptions } from "./train_options.ts";

/** What a setting must be, in words. */
interface Kind {
  readonly words: string;
  readonly isRight: (value: unknown) => boolean;
}

function wholeFrom(least: number): Kind {
  const isRight = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= least;
  return { words: `a whole number from ${least} on`, isRight };
}

const notNegative: Kind = {
  words: "a number from 0 on",
  isRight: (value) => Number.isFinite(value) && (value as number) >= 0,
};

function oneOf(...words: readonly string[]): Kind {
  return {
    words: words.map((word) => JSON.stringify(word)).join(", "),
    isRight: (value) => words.includes(value as string),
  };
}

const kinds: Readonly<Partial<Record<keyof RunOptions, Kind>>> = {
  variant: { ...oneOf(...variants), isRight: isVariant },
  imageSize: wholeFrom(16),
  batchSize: wholeFrom(1),
  epochs: wholeFrom(1),
  startEpoch: wholeFrom(1),
  learningRate: {
    words: "a number above 0",
    isRight: (value) => Number.isFinite(value) && (value as number) > 0,
  },
  seed: wholeFrom(0),
  margin: notNegative,
  embedLoss: notNegative,
  maskLoss: notNegative,
  trainTriplets: wholeFrom(1),
  dimension: wholeFrom(1),
  precision: oneOf("auto", "float32", "bf16"),
  sampler: oneOf("triplets", "dense", "dense-lists", "dense-values"),
  logInterval: wholeFrom(1),
  saveEveryMinutes: notNegative,
};

/**
 * Throws a UsageError that names what is missing, or a setting that is given and cannot be right.
 */
export function checkSettings(given: TrainOptions): void {
  if (given.resume === undefined) {
    for (const name of ["data", "out"] as const) {
      if (typeof given[name] === "string") continue;
      throw new UsageError(
        `Cannot train: \`${name}\` is missing; a new run needs \`data\`, the folder of an image set, and \`out\`, a folder for the run`,
      );
    }
  }
  for (const [name, { words, isRight }] of Object.entries(kinds)) {
    const value = given[name as keyof RunOptions];
    if (value === undefined || isRight(value)) continue;
    throw new UsageError(
      `Cannot train: \`${name}\` is ${
        typeof value === "number" ? String(value) : shown(value)
      }; it must be ${words.includes('", "') ? `one of ${words}` : words}`,
    );
  }
}
