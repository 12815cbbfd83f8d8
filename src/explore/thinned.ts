/**
 * Every so many of `all`, the first among them, that they hold `most` numbers at most where each
 * holds `size`. Those of a longer list begin with those of a shorter one as long as `step` is the
 * same.
 */
export function thinned<Item>(
  all: readonly Item[],
  size: number,
  most: number,
): { readonly items: readonly Item[]; readonly step: number } {
  const fitting = Math.max(1, Math.floor(most / size));
  const step = Math.max(1, Math.ceil(all.length / fitting));
  return { items: step === 1 ? all : all.filter((_, i) => i % step === 0), step };
}
