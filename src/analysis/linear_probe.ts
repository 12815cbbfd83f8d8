import type { LinearProbe } from "./model_analysis.ts";
import { fitLogisticRegression, predict } from "./logistic_regression.ts";
import type { ProbeColumn } from "./probe_column.ts";
import { wilsonInterval } from "../statistics/interval.ts";
import { scatterOf } from "../statistics/unit_scatter.ts";

/** Embeddings [n, D], unmasked, and the image of the set that each belongs to. */
export interface Embedded {
  readonly images: Uint32Array;
  readonly vectors: Float32Array;
  readonly dimension: number;
}

/** The most values that a probe distinguishes. */
const mostClasses = 500;

/** How a probe is made. */
export interface LinearProbeOptions {
  /** [image of the set]: its group, where groups are what was drawn; else images are. */
  readonly groups?: ArrayLike<number>;
  /** Stops it; the promise then rejects with its reason. */
  readonly signal?: AbortSignal;
}

/** A probe's result, or why there is none. */
export type ProbeResult = { readonly probe: LinearProbe } | { readonly reason: string };

/**
 * Fits a multinomial logistic regression that predicts a column's values from unmasked embeddings
 * of `train`, and scores it on those of `test`. Images whose value is not known are left out, and
 * of `test` those whose value no image of `train` has. The accuracy's interval is Wilson's, over
 * images (or groups) of `test`: other images for the same classifier, not other classifiers.
 */
export async function linearProbe(
  { name, values }: ProbeColumn,
  train: Embedded,
  test: Embedded,
  { groups, signal }: LinearProbeOptions = {},
): Promise<ProbeResult> {
  const fitted = labelled(train, values);
  const classes = [...new Set(fitted.values)].sort();
  if (classes.length < 2) {
    const found = classes.length === 0 ? "has no value" : `has the one value "${classes[0]}"`;
    return {
      reason: `it ${found} among the ${train.images.length} training images; two are needed`,
    };
  }
  if (classes.length > mostClasses) {
    return {
      reason:
        `it has ${classes.length} values among the training images; a probe distinguishes at most ${mostClasses}`,
    };
  }
  const labelOf = new Map(classes.map((value, label) => [value, label]));
  const known = labelled(test, values);
  const scored = labelled(test, values.map((value) => labelOf.has(value) ? value : ""));
  if (scored.values.length === 0) {
    return { reason: "no image to score has a value that a training image has" };
  }
  const labels = Uint32Array.from(fitted.values, (value) => labelOf.get(value)!);
  const model = await fitLogisticRegression(
    fitted.vectors,
    train.dimension,
    labels,
    classes.length,
    signal,
  );
  const guesses = predict(model, scored.vectors);
  const truth = scored.values.map((value) => labelOf.get(value)!);
  const mostFrequent = mostFrequentOf(labels, classes.length);
  const share = (isRight: (label: number, place: number) => boolean) =>
    truth.filter(isRight).length / truth.length;
  const accuracy = share((label, place) => label === guesses[place]);
  const scatter = scatterOf(
    Float64Array.from(truth, (label, place) => (label === guesses[place] ? 1 : 0) / truth.length),
    groups && Array.from(scored.images, (image) => groups[image]),
  );
  return {
    probe: {
      column: name,
      classes: classes.length,
      accuracy,
      interval: wilsonInterval(accuracy, scatter),
      majority: share((label) => label === mostFrequent),
      train: labels.length,
      test: truth.length,
      unseen: known.values.length - scored.values.length,
    },
  };
}

/** The images whose value is known, their embeddings and those values. */
function labelled(
  { images, vectors, dimension }: Embedded,
  values: readonly string[],
): { images: Uint32Array; vectors: Float32Array; values: string[] } {
  const rows = Uint32Array.from(images.keys()).filter((row) => values[images[row]] !== "");
  const chosen = new Float32Array(rows.length * dimension);
  rows.forEach((row, at) =>
    chosen.set(vectors.subarray(row * dimension, (row + 1) * dimension), at * dimension)
  );
  return {
    images: rows.map((row) => images[row]),
    vectors: chosen,
    values: Array.from(rows, (row) => values[images[row]]),
  };
}

function mostFrequentOf(labels: Uint32Array, classes: number): number {
  const counts = new Uint32Array(classes);
  for (const label of labels) counts[label]++;
  return counts.indexOf(Math.max(...counts));
}
