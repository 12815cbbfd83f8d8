/** The settings of the study: sizes, errors and effects as real sets and runs have them. */
import type { Places } from "./measures.ts";
import type { Effects, Plan } from "./world.ts";

/** Images that are hard for any network; none. */
const effects: readonly Effects[] = [{}, { images: 0.3 }];

/** One network on other images. */
export const imagePlans: readonly Plan[] = [
  [15, 200],
  [30, 200],
  [30, 1000],
  [45, 2000],
  [60, 400],
  [60, 5000],
  [200, 2000],
  [1000, 5000],
].flatMap(([images, triplets]) =>
  [0.25, 0.02, 0.001].flatMap((error) =>
    effects.map((each) => planOf({ images, triplets, error, effects: each }))
  )
);

/** One network on other groups of images, such as typefaces that are held out. */
export const groupPlans: readonly Plan[] = [
  [5, 40, 1000],
  [8, 40, 1000],
  [10, 40, 1000],
  [10, 40, 10_000],
  [15, 20, 2000],
  [20, 20, 2000],
  [40, 10, 2000],
].flatMap(([groups, groupSize, triplets]) =>
  [0.25, 0.02].flatMap((error) =>
    [{ images: 0.1 }, { images: 0.1, groups: 0.2 }, { images: 0.05, groups: 0.5 }].map((each) =>
      planOf({ images: groups * groupSize, groupSize, triplets, error, effects: each })
    )
  )
);

/**
 * Several runs: `run` 0.02 of the variance moves an error of 20 % by four points, 0.001 by one, as
 * seeds of the README's comparison do.
 */
export const runPlans: readonly Plan[] = [[60, 400], [500, 2000]].flatMap(([images, triplets]) =>
  [2, 3, 5, 10].flatMap((runs) =>
    [0, 0.001, 0.02].map((run) =>
      planOf({
        ...{ images, triplets, error: 0.2, runs },
        effects: { images: 0.3, runOnImages: 0.3, run },
      })
    )
  )
);

/** Of retrieval: signals from one that hardly tells kinds apart to one that nearly always does. */
export const retrievalPlans: readonly Places[] = [
  ...placed([[45, 1], [100, 1], [60, 4], [120, 4]], { kinds: 3, signals: [0.3, 0.6, 1.5, 4] }),
  ...placed([[300, 1], [400, 4]], { kinds: 3, signals: [0.3, 1.5] }),
  ...placed([[45, 1], [120, 4]], { kinds: 10, signals: [0.3, 1.5] }),
  // R@10 is far from 1 where kinds are many; five images each.
  ...placed([[100, 1]], { kinds: 20, signals: [0.3, 0.6, 1.5, 4] }),
];

/** Of an order. */
export const orderPlans: readonly Places[] = placed(
  [[45, 1], [60, 1], [120, 1], [200, 4]],
  { kinds: 3, signals: [0.3, 0.6, 1.5, 4, 12] },
);

function placed(
  sizes: readonly (readonly [images: number, groupSize: number])[],
  { kinds, signals }: { readonly kinds: number; readonly signals: readonly number[] },
): Places[] {
  return sizes.flatMap(([images, groupSize]) =>
    signals.map((signal) => ({ images, groupSize, kinds, signal }))
  );
}

/** What is tried on the test triplets of a set. */
export const setPlans: readonly Pick<Plan, "error" | "effects" | "runs">[] = [
  { error: 0.1, effects: {}, runs: 1 },
  { error: 0.1, effects: { images: 0.3 }, runs: 1 },
  { error: 0.02, effects: { images: 0.3 }, runs: 1 },
  { error: 0.1, effects: { images: 0.3, runOnImages: 0.3, run: 0.001 }, runs: 3 },
];

/** Equal networks, compared by notion. */
export const familyPlans: readonly Plan[] = [1, 3, 5].map((runs) =>
  planOf({
    ...{ images: 200, triplets: 600, error: 0.2, runs },
    effects: { images: 0.3, runOnImages: 0.3, run: 0.001 },
  })
);

function planOf(
  plan: Omit<Plan, "name" | "groupSize" | "runs"> & Partial<Pick<Plan, "groupSize" | "runs">>,
): Plan {
  const { groupSize = 1, runs = 1, images, triplets, error } = plan;
  const units = groupSize === 1 ? `${images} images` : `${images / groupSize} groups`;
  const name = `${units}, ${triplets} triplets, error ${100 * error} %`;
  return { ...plan, groupSize, runs, name };
}
