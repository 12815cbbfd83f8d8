/** How early a ranking brings what is relevant, 0 to 1 each. */
export interface QueryScores {
  /** 1 when the first is relevant. */
  readonly recallAt1: number;
  /** 1 when one of the first ten is. */
  readonly recallAt10: number;
  /** Mean, over what is relevant, of the precision down to its rank; over the whole ranking. */
  readonly averagePrecision: number;
}

/**
 * Scores the ranking of one query, given its distances to what is relevant and to what is not. Of
 * equal distances the irrelevant come first, so a collapsed embedding gains nothing. Null when
 * nothing is relevant.
 */
export function queryScores(
  relevant: Float64Array,
  irrelevant: Float64Array,
): QueryScores | null {
  if (relevant.length === 0) return null;
  const sorted = relevant.slice().sort();
  const passed = countPassed(sorted, irrelevant);
  let [before, precisions] = [0, 0];
  for (let place = 0; place < sorted.length; place++) {
    before += passed[place];
    precisions += (place + 1) / (place + 1 + before);
  }
  const firstRank = passed[0] + 1;
  return {
    recallAt1: firstRank <= 1 ? 1 : 0,
    recallAt10: firstRank <= 10 ? 1 : 0,
    averagePrecision: precisions / sorted.length,
  };
}

/**
 * [place]: distances of `others` that come right before sorted distance number `place` and after
 * the one before it. Only ranks are asked for, and this is quicker than sorting the many irrelevant
 * ones too.
 */
function countPassed(sorted: Float64Array, others: Float64Array): Uint32Array {
  const counts = new Uint32Array(sorted.length + 1);
  for (const distance of others) {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sorted[middle] < distance) low = middle + 1;
      else high = middle;
    }
    counts[low]++;
  }
  return counts;
}

/**
 * What a ranking at random of `count` images, `relevant` of them relevant, is expected to score.
 * With the first rank relevant with probability R / N, the rest follows from drawing without
 * replacement: at rank k, if relevant, (R - 1) / (N - 1) of the k - 1 before it are expected to be
 * relevant too.
 */
export function chanceScores(relevant: number, count: number): QueryScores {
  let missed = 1;
  for (let place = 0; place < Math.min(10, count); place++) {
    missed *= Math.max(0, count - relevant - place) / (count - place);
  }
  const others = count === 1 ? 0 : (relevant - 1) / (count - 1);
  let precisions = 0;
  for (let rank = 1; rank <= count; rank++) precisions += (1 + (rank - 1) * others) / rank;
  return {
    recallAt1: relevant / count,
    recallAt10: 1 - missed,
    averagePrecision: precisions / count,
  };
}
