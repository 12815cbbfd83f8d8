import { pairedInterval } from "../statistics/paired_t.ts";
import type {
  ComparedVariant,
  Comparison,
  SeedDifference,
  SeedIntervals,
  VariantDifference,
} from "./comparison.ts";

/** The differences of two variants by seed, a minus b; of the seeds that both were trained with. */
export function seedDifferences(a: ComparedVariant, b: ComparedVariant): SeedDifference[] {
  return a.seeds.flatMap((one) => {
    const other = b.seeds.find(({ seed }) => seed === one.seed);
    if (other === undefined) return [];
    return [{
      seed: one.seed,
      error: one.error - other.error,
      notions: one.notions.map((error, row) => error - other.notions[row]),
    }];
  });
}

/** What other training runs could have given; null for fewer than two seeds. */
export function seedIntervals(
  seeds: readonly SeedDifference[],
  notions: readonly string[],
): SeedIntervals | null {
  const error = pairedInterval(seeds.map((seed) => seed.error));
  if (error === null) return null;
  return {
    error,
    notions: notions.map((name, row) => ({
      name,
      error: pairedInterval(seeds.map((seed) => seed.notions[row]))!,
    })),
  };
}

/**
 * Whether other training runs would show a difference of the same sign; null where that is not
 * known.
 */
export function isShown({ overSeeds }: Pick<VariantDifference, "overSeeds">): boolean | null {
  return overSeeds === null ? null : overSeeds.error.low > 0 || overSeeds.error.high < 0;
}

/**
 * A comparison of an older csn, which kept no differences by seed: they follow from the variants'.
 */
export function withSeedDifferences(comparison: Comparison): Comparison {
  const { notions, variants } = comparison;
  const of = (variant: string) => variants.find((each) => each.variant === variant)!;
  return {
    ...comparison,
    differences: comparison.differences.map((difference) => {
      if (difference.seeds !== undefined) return difference;
      const seeds = seedDifferences(of(difference.a), of(difference.b));
      return { ...difference, seeds, overSeeds: seedIntervals(seeds, notions) };
    }),
  };
}
