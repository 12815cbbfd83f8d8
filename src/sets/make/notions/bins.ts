/** A bin of numbers: its lowest and highest, and how many images are in it. */
export interface Bin {
  /** The lowest number in it. */
  readonly from: number;
  /** The highest number in it. */
  readonly to: number;
  /** Images in it. */
  readonly images: number;
}

/**
 * The borders of `count` bins of as many numbers each: the lowest number of every bin but the
 * first. Equal numbers stay in one bin. Where many are equal, the others are divided again, so
 * that there are `count` bins whenever there are as many different numbers, and else a bin for
 * each number.
 */
export function quantileBorders(numbers: readonly number[], count: number): number[] {
  const sorted = sortedNumbers(numbers);
  const borders = plainBorders(sorted, count);
  const isClear = borders.every((border, at) => border > (at === 0 ? sorted[0] : borders[at - 1]));
  return isClear ? borders : bordersAroundTies(sorted, count);
}

/** The quantiles themselves, as sets without stored borders have them; ties leave bins empty. */
export function plainBorders(numbers: ArrayLike<number>, count: number): number[] {
  const sorted = sortedNumbers(numbers);
  return Array.from(
    { length: count - 1 },
    (_, i) => sorted[Math.floor((i + 1) * sorted.length / count)],
  );
}

/** The number of the bin that a number is in; NaN stays. */
export function binOf(number: number, borders: readonly number[]): number {
  return Number.isNaN(number) ? NaN : borders.filter((border) => border <= number).length;
}

/** The bins that hold any of the numbers, from the lowest. */
export function binsOf(numbers: readonly number[], borders: readonly number[]): Bin[] {
  const byBin = Map.groupBy(sortedNumbers(numbers), (number) => binOf(number, borders));
  return [...byBin.values()].map((members) => ({
    from: members[0],
    to: members.at(-1)!,
    images: members.length,
  }));
}

function sortedNumbers(numbers: ArrayLike<number>): Float64Array {
  return Float64Array.from(numbers).filter((number) => !Number.isNaN(number)).sort();
}

/** Fills bins from the lowest on, each with its share of what is left, as nearly as ties allow. */
function bordersAroundTies(sorted: Float64Array, count: number): number[] {
  const groups = [...Map.groupBy(sorted, (number) => number)]
    .map(([number, members]) => ({ number, size: members.length }));
  const borders: number[] = [];
  let [inBin, left] = [0, sorted.length];
  groups.forEach(({ number, size }, at) => {
    const binsLeft = count - borders.length;
    const share = (left + inBin) / binsLeft;
    const mustPart = groups.length - at < binsLeft;
    const mayPart = binsLeft > 1 && inBin > 0;
    // Closing the bin here is nearer to its share than taking this number in.
    if (mayPart && (mustPart || Math.abs(share - inBin) <= Math.abs(inBin + size - share))) {
      borders.push(number);
      inBin = 0;
    }
    inBin += size;
    left -= size;
  });
  return borders;
}
