/** What a run says of its data and of what ends it. */
import { CsnError, messageOf } from "../base/errors.ts";
import type { TrainConfig } from "../model/config.ts";
import type { TrainerState } from "../model/trainer_state.ts";

const notFormed =
  'no image of theirs has one alike and one unlike beside it; raise `batchSize`, or pass `sampler: "triplets"`';

/** The error of an epoch in none of whose batches a triplet could be formed. */
export function nothingFormed(batches: number): CsnError {
  return new CsnError(`Cannot form a triplet in any of the ${batches} batches: ${notFormed}`);
}

/**
 * What could not be formed of an epoch's images: batches without a triplet, notions without one.
 */
export function leftOutWarnings(
  { notions }: TrainConfig,
  { sums, epoch }: TrainerState,
  batches: number,
): string[] {
  const skipped = sums.skipped!;
  const without = notions.filter((_, row) => sums.notions[row].triplets === 0);
  const warnings: string[] = [];
  if (skipped > 0) {
    warnings.push(
      `${skipped} of the ${batches} batches of epoch ${epoch} were skipped: ${notFormed}`,
    );
  }
  if (without.length > 0) {
    warnings.push(`no triplet of ${without.join(", ")} was trained on in epoch ${epoch}`);
  }
  return warnings;
}

/** What a step throws: explained where memory ran out, else as it is. */
export function stepError(
  error: unknown,
  { batchSize, imageSize, device, precision }: TrainConfig,
): unknown {
  if (!/out of memory|can't allocate memory|_ALLOC_FAILED/i.test(messageOf(error))) return error;
  const half = Math.max(1, Math.floor(batchSize / 2));
  return new CsnError(
    `Memory of ${device} ran out in a step of ${batchSize} triplets (\`batchSize\`) at ${imageSize} pixels: ${
      messageOf(error).split("\n")[0]
    }; pass \`batchSize: ${half}\`${precision === "float32" ? ', or `precision: "bf16"`' : ""}`,
    { cause: error },
  );
}

/** The error of a run whose numbers are no longer finite; `good` is the last checkpoint. */
export function diverged(
  what: string,
  { learningRate }: TrainConfig,
  { epoch, sums }: TrainerState,
  good: string | null,
): CsnError {
  const batch = sums.batches + sums.skipped! + 1;
  return new CsnError(
    `Training stopped in epoch ${epoch}, batch ${batch}: ${what}; ` +
      (good === null ? "no checkpoint was saved yet" : `the last good checkpoint is ${good}`) +
      `; start again with \`overwrite: true\` and a lower rate, \`learningRate: ${
        learningRate / 10
      }\``,
  );
}
