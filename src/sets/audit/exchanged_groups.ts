/** What suggests that far and near are exchanged in a list, where no values are known. */
export interface ExchangedGroups {
  /** Groups into which the far pairs close. */
  readonly groups: number;
  /** Near pairs inside of such a group. */
  readonly inside: number;
  /** How many would be, if near images were dealt out to the anchors by chance. */
  readonly expected: number;
}

/** So many near pairs must be expected inside of groups before their absence says anything. */
const leastExpected = 20;

/** Share of the expected near pairs that may be inside all the same: wrong labels. */
const tolerated = 0.02;

/**
 * Whether the far pairs of [3 n] image indices (anchor, far, near) behave as near pairs should:
 * pairs that are alike by a category close into groups, and pairs that are unlike never lie inside
 * of one. Null when they do not, or when there are too few to decide.
 *
 * Right lists are not accused: their far pairs join different values, so near pairs, of one value,
 * lie inside of what far pairs join. Where alike is not transitive (several values, neighbouring
 * steps), pairs of either kind join nearly all images, and nothing is said, exchanged or not. So do
 * a few wrong labels.
 */
export function exchangedGroups(triplets: Uint32Array, imageCount: number): ExchangedGroups | null {
  const farGroups = new Groups(imageCount);
  const nearGroups = new Groups(imageCount);
  for (let at = 0; at < triplets.length; at += 3) {
    farGroups.join(triplets[at], triplets[at + 1]);
    nearGroups.join(triplets[at], triplets[at + 2]);
  }
  const near = pairsInside(farGroups, triplets, 2);
  const isApart = near.expected >= leastExpected && near.inside <= tolerated * near.expected;
  if (!isApart) return null;
  // Near pairs that close into groups of their own are no worse than the far ones.
  const far = pairsInside(nearGroups, triplets, 1);
  return far.inside > triplets.length / 3 / 2 ? near : null;
}

/**
 * How many pairs of anchors and their images of a role lie inside of a group, and how many would by
 * chance.
 */
function pairsInside(
  groups: Groups,
  triplets: Uint32Array,
  role: 1 | 2,
): { groups: number; inside: number; expected: number } {
  const anchors = new Map<number, number>();
  const others = new Map<number, number>();
  let inside = 0;
  for (let at = 0; at < triplets.length; at += 3) {
    const [anchor, other] = [groups.of(triplets[at]), groups.of(triplets[at + role])];
    anchors.set(anchor, (anchors.get(anchor) ?? 0) + 1);
    others.set(other, (others.get(other) ?? 0) + 1);
    if (anchor === other) inside++;
  }
  const count = triplets.length / 3;
  let expected = 0;
  for (const [group, some] of anchors) expected += some * (others.get(group) ?? 0) / count;
  return { groups: anchors.size, inside, expected };
}

/** Images in groups that grow together (union-find, halving paths). */
class Groups {
  readonly #above: Uint32Array;

  constructor(count: number) {
    this.#above = Uint32Array.from({ length: count }, (_, image) => image);
  }

  of(image: number): number {
    const above = this.#above;
    while (above[image] !== image) image = above[image] = above[above[image]];
    return image;
  }

  join(a: number, b: number): void {
    this.#above[this.of(a)] = this.of(b);
  }
}
