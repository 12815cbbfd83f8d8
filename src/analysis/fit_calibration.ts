import { randomBelow, streamFor } from "../base/random.ts";
import {
  type ChanceMeasure,
  measured,
  type NearerCalibration,
  type SameCalibration,
} from "../search/calibration.ts";
import { crossEntropy, fitLogistic, logistic, smoothedTarget } from "../statistics/logistic_fit.ts";
import { reliabilityOf } from "../statistics/reliability.ts";

/** Parts of the data of which each is predicted by a fit to the others. */
const folds = 5;

/** Fewer triplets, or pairs of each kind, than these are not fitted. */
export const fewestFitted = 20;

/** Triplets of one notion by squared distances. */
export interface MeasuredTriplets {
  /** [n]: squared distance from the anchor to the far image. */
  readonly far: ArrayLike<number>;
  /** [n]: squared distance from the anchor to the near image. */
  readonly near: ArrayLike<number>;
  /** [3 n]: the images (or their groups), the anchor first. */
  readonly images: ArrayLike<number>;
}

/** Pairs of images by their squared distance by one notion. */
export interface MeasuredPairs {
  /** [n]: squared distances. */
  readonly squares: ArrayLike<number>;
  /** [n]: 1 for pairs with the same value, 0 for others. */
  readonly isSame: ArrayLike<number>;
  /** [3 n]: the images (or their groups), the second twice. */
  readonly images: ArrayLike<number>;
}

/** Observations as a logistic regression takes them, by one measure. */
interface Observations {
  readonly columns: readonly Float64Array[];
  /** [n]: what is to be predicted, smoothed. */
  readonly targets: Float64Array;
  /** [n]: which part each is of. */
  readonly fold: Uint8Array;
}

/**
 * Fits the chance that a person calls the near image of a triplet nearer than the far one. There is
 * no intercept: the chance that x is nearer than y, and that y is nearer than x, add up to 1.
 */
export function fitNearer(
  { far, near, images }: MeasuredTriplets,
  seed: number,
): NearerCalibration {
  const count = far.length;
  const targets = new Float64Array(count).fill(smoothedTarget(count));
  const by = (measure: ChanceMeasure): Observations => ({
    columns: [
      Float64Array.from(far, (square, i) => measured(measure, square) - measured(measure, near[i])),
    ],
    targets,
    fold: foldsOf(images, seed),
  });
  const { measure, logLikelihood, predicted, coefficients } = fitBest(by);
  // Of each triplet, the chance of the order that the model gives it, and whether that is right.
  const chances = predicted.map((logit) => logistic(Math.abs(logit)));
  const outcomes = predicted.map((logit) => logit === 0 ? 0.5 : logit > 0 ? 1 : 0);
  return {
    measure,
    slope: coefficients[0],
    triplets: count,
    logLikelihood,
    reliability: reliabilityOf({ chances, outcomes, images }, 0.5),
  };
}

/** Fits the chance that two images have the same value. */
export function fitSame({ squares, isSame, images }: MeasuredPairs, seed: number): SameCalibration {
  const count = squares.length;
  const same = Array.from(isSame).filter((each) => each === 1).length;
  const targets = Float64Array.from(
    isSame,
    (each) => each === 1 ? smoothedTarget(same) : 1 - smoothedTarget(count - same),
  );
  const by = (measure: ChanceMeasure): Observations => ({
    columns: [
      new Float64Array(count).fill(1),
      Float64Array.from(squares, (square) => measured(measure, square)),
    ],
    targets,
    fold: foldsOf(images, seed),
  });
  const { measure, logLikelihood, predicted, coefficients } = fitBest(by);
  const chances = predicted.map(logistic);
  return {
    measure,
    intercept: coefficients[0],
    slope: coefficients[1],
    pairs: count,
    logLikelihood,
    reliability: reliabilityOf({ chances, outcomes: isSame, images }),
  };
}

/**
 * By the measure that predicts what is left out better (the plain distance where they are alike):
 * logits [n] of what is left out, and the coefficients of all.
 */
function fitBest(by: (measure: ChanceMeasure) => Observations) {
  const [distance, square] = (["distance", "square"] as const).map((measure) => {
    const data = by(measure);
    const predicted = predictedApart(data);
    return { measure, data, predicted, likelihood: -crossEntropy(predicted, data.targets) };
  });
  const { measure, data, predicted } = square.likelihood > distance.likelihood ? square : distance;
  return {
    measure,
    predicted,
    logLikelihood: { distance: distance.likelihood, square: square.likelihood },
    coefficients: fitLogistic(data.columns, data.targets),
  };
}

/** [n]: logits of each fold by the fit to the others. */
function predictedApart({ columns, targets, fold }: Observations): Float64Array {
  const logits = new Float64Array(targets.length);
  for (let part = 0; part < folds; part++) {
    const rest = [...fold.keys()].filter((i) => fold[i] !== part);
    if (rest.length === 0 || rest.length === fold.length) continue;
    const fitted = fitLogistic(
      columns.map((column) => rest.map((i) => column[i])),
      rest.map((i) => targets[i]),
    );
    fold.forEach((each, i) => {
      if (each === part) logits[i] = fitted.reduce((sum, b, j) => sum + b * columns[j][i], 0);
    });
  }
  return logits;
}

/** [n]: the part of each observation. What begins with one image, or group, stays together. */
function foldsOf(images: ArrayLike<number>, seed: number): Uint8Array {
  return Uint8Array.from(
    { length: images.length / 3 },
    (_, i) => randomBelow(seed, streamFor("calibration"), images[3 * i], folds),
  );
}
