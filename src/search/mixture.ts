import { shown, UsageError } from "../base/errors.ts";

/** A weight by notion: how much its squared distance counts. */
export type Weights = Readonly<Record<string, number>>;

/** Compare by one notion. */
export interface ByNotion {
  /** Its name. */
  readonly notion: string;
}

/** Compare by several notions at once. */
export interface ByMixture {
  /** How much each counts; those that are not named do not. */
  readonly mix: Weights;
}

/**
 * Look for what is like by some notions and unlike by others. What is measured is a score, not a
 * distance: the weighted squared distances of `unlike` are subtracted.
 */
export interface ByLikeness {
  /** How much each notion counts by which images are to be near. */
  readonly like: Weights;
  /** How much each notion counts by which images are to be far. */
  readonly unlike: Weights;
}

/** By what images are compared. */
export type Criterion = ByNotion | ByMixture | ByLikeness;

/** One notion of a mixture. */
export interface MixtureTerm {
  /** The notion. */
  readonly notion: string;
  /** Its mask [D], through ReLU. */
  readonly mask: Float32Array;
  /** Times this its squared distance counts: above 0, or below for a notion to be unlike by. */
  readonly weight: number;
}

/**
 * Notions with weights a_c: the squared distance is d(q, x)^2 = sum over c of a_c d_c(q, x)^2, with
 * each notion's own distance d_c as it is when it is asked for alone, 1e-6 of each dimension
 * included. So what the notions add is exactly the whole, and but for the 1e-6 it is the distance
 * with weights w_d = sum over c of a_c m_cd^2 of the dimensions.
 */
export interface Mixture {
  /** In the order of the model's notions; none has a weight of 0. */
  readonly terms: readonly MixtureTerm[];
  /** Whether some notions are to be unlike: the sum is a score then, no squared distance. */
  readonly isScore: boolean;
}

/** The masks [D] of a model by notion, in its order. */
export type Masks = ReadonlyMap<string, Float32Array>;

/**
 * The mixture that a criterion means. `owner` is what has the notions, for messages: "the model
 * runs/x/model_best". Throws a UsageError for a notion that it does not have, a weight that is
 * neither 0 nor a number from 1e-200 to 1e200, weights that are all 0, and a notion that is to be
 * like and unlike.
 */
export function mixtureOf(criterion: Criterion, masks: Masks, owner = "the model"): Mixture {
  const { notion, mix, like, unlike } = criterion as Partial<ByNotion & ByMixture & ByLikeness>;
  const ways = [notion, mix, like ?? unlike].filter((way) => way !== undefined);
  if (ways.length !== 1) {
    throw new UsageError(
      `Cannot compare: ${
        ways.length === 0 ? "no notion is named" : "notions are named in several ways"
      }; pass one of \`notion\`, \`mix\`, and \`like\` with \`unlike\``,
    );
  }
  if (notion !== undefined) {
    const mask = maskOf(masks, notion, owner);
    return { terms: [{ notion: spelt(masks, notion), mask, weight: 1 }], isScore: false };
  }
  if (like === undefined && unlike !== undefined) {
    throw new UsageError(
      "Cannot look for what is only unlike: `like` names no notion; name one that is to be alike",
    );
  }
  const near = weightsOf(mix === undefined ? "like" : "mix", mix ?? like!, masks, owner);
  const far = unlike === undefined ? null : weightsOf("unlike", unlike, masks, owner);
  const both = far === null ? [] : [...far.keys()].filter((each) => near.has(each));
  if (both.length > 0) {
    throw new UsageError(
      `Cannot look for what is like and unlike by the same notion: ${
        both.join(", ")
      }; name it in \`like\` or in \`unlike\``,
    );
  }
  const terms = [...masks].flatMap(([name, mask]): MixtureTerm[] => {
    const weight = near.get(name) ?? -(far?.get(name) ?? 0);
    return weight === 0 ? [] : [{ notion: name, mask, weight }];
  });
  return { terms, isScore: far !== null };
}

/** The notions that a criterion names. */
export function namedNotions(criterion: Criterion): string[] {
  const { notion, mix, like, unlike } = criterion as Partial<ByNotion & ByMixture & ByLikeness>;
  if (notion !== undefined) return [notion];
  return [mix, like, unlike].flatMap((weights) => Object.keys(weights ?? {}));
}

/** A name as a model spells it, which may come in Unicode's other form. */
function spelt(masks: Masks, name: string): string {
  if (masks.has(name)) return name;
  const form = String(name).normalize();
  return masks.keys().find((each) => each.normalize() === form) ?? name;
}

/** The mask of a notion. Throws a UsageError that lists the notions there are. */
export function maskOf(masks: Masks, notion: string, owner = "the model"): Float32Array {
  const mask = masks.get(spelt(masks, notion));
  if (mask !== undefined) return mask;
  throw new UsageError(
    `Cannot compare by ${shown(notion)}: ${owner} knows ${
      [...masks.keys()].join(", ")
    }; pass one of them`,
  );
}

/** [D]: the weight of each dimension, w_d = sum over c of a_c m_cd^2. */
export function dimensionWeights({ terms }: Mixture): Float64Array {
  const weights = new Float64Array(terms[0].mask.length);
  for (const { mask, weight } of terms) {
    for (let d = 0; d < weights.length; d++) weights[d] += weight * mask[d] * mask[d];
  }
  return weights;
}

/** Beyond these, a weight divided by a median, times a square, may be 0 or infinite in float64. */
const [leastWeight, mostWeight] = [1e-200, 1e200];

/** The weights above 0 that an option gives. */
function weightsOf(
  option: string,
  weights: Weights,
  masks: Masks,
  owner: string,
): Map<string, number> {
  const given = Object.entries(weights)
    .map(([name, weight]): [string, number] => [spelt(masks, name), weight]);
  for (const [notion, weight] of given) {
    maskOf(masks, notion, owner);
    if (typeof weight !== "number" || !Number.isFinite(weight) || weight < 0) {
      throw new UsageError(
        `Cannot compare by "${notion}" with the weight ${
          shown(weight)
        } in \`${option}\`: it must be a finite number of 0 or more`,
      );
    }
    if (weight > 0 && (weight < leastWeight || weight > mostWeight)) {
      throw new UsageError(
        `Cannot compare by "${notion}" with the weight ${weight} in \`${option}\`: it must be 0, or a number from ${leastWeight} to ${mostWeight}; only how weights compare with each other decides what is nearest`,
      );
    }
  }
  const counting = given.filter(([, weight]) => weight > 0);
  if (counting.length === 0) {
    throw new UsageError(
      `Cannot compare: \`${option}\` ${
        given.length === 0 ? "names no notion" : "has no weight above 0"
      }; name notions with weights, of ${[...masks.keys()].join(", ")}`,
    );
  }
  return new Map(counting);
}
