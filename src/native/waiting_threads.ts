/**
 * How libtorch's threads wait for one another. Most operators end with a wait for the slowest thread, and
 * libgomp's threads spin there before they sleep: some 10 ms on processors of today. Beside another program
 * that is too long: who spins holds a core that the thread it waits for cannot have.
 */

/** Turns of libgomp's waiting loop before a thread sleeps: a millisecond or less. Its own are 300,000. */
export const spinCount = 20_000;

/** Variables by which users say themselves how threads wait. */
const ofUser = ["GOMP_SPINCOUNT", "OMP_WAIT_POLICY"] as const;

/**
 * Runs `load`, which loads libgomp: it reads its variables then, and never again. They are there only
 * meanwhile, so that programs that are started later get none that their user did not set.
 */
export function withSpinCount<Result>(load: () => Result): Result {
  if (ofUser.some((name) => Deno.env.has(name))) return load();
  Deno.env.set("GOMP_SPINCOUNT", String(spinCount));
  try {
    return load();
  } finally {
    Deno.env.delete("GOMP_SPINCOUNT");
  }
}
