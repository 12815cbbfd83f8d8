import { UsageError } from "../base/errors.ts";

/** Refuses a number of neighbours that is no whole number from 1 on. */
export function checkK(k: number): void {
  if (Number.isSafeInteger(k) && k >= 1) return;
  throw new UsageError(
    `Cannot find neighbours: \`k\` is ${k}; it must be a whole number from 1 on`,
  );
}
