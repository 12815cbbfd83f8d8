import type { ComparedVariant, SeedDifference } from "./comparison.ts";

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
