import { CsnError } from "../base/errors.ts";
import { sha256 } from "../files/sha256.ts";
import type { ProcessGroup } from "./process_group.ts";

/** What must be the same on all ranks: how it is called in an error, and what it is here. */
export type Facts = Readonly<Record<string, string>>;

/** Letters of a fact that an error shows; of a longer one it shows a digest. */
const mostLetters = 40;

/**
 * Throws a CsnError on every rank where the facts of one are not those of rank 0; it names the ranks
 * that differ, and in what.
 */
export async function assertSameEverywhere(
  group: ProcessGroup,
  facts: Facts,
  attempted: string,
): Promise<void> {
  const shown = Object.fromEntries(
    Object.entries(facts).map(([name, fact]) => [name, shortOf(fact)]),
  );
  const all: Facts[] = (await group.gatherTexts(JSON.stringify(shown))).map((text) =>
    JSON.parse(text)
  );
  const wrong = differences(all);
  if (wrong.length === 0) return;
  throw new CsnError(
    `${attempted}: ${
      wrong.join("; ")
    }; give all processes the same options, the same image set and the same version of csn`,
  );
}

/** The kind of a device: ranks on GPUs and on processors would wait for each other in vain. */
export function deviceFacts(device: string): Facts {
  return { "the kind of device": device.replace(/:.*/, "") };
}

/** How each rank differs from the first: "rank 1 has `seed` 2, rank 0 has 1". */
export function differences(all: readonly Facts[]): string[] {
  return all.flatMap((facts, rank) => {
    const names = new Set([...Object.keys(all[0]), ...Object.keys(facts)]);
    const other = [...names].filter((name) => facts[name] !== all[0][name]);
    if (other.length === 0) return [];
    const each = other.map((name) =>
      `${name} (${facts[name] ?? "unknown"}, not ${all[0][name] ?? "unknown"})`
    );
    return [`rank ${rank} differs from rank 0 in ${each.join(", ")}`];
  });
}

function shortOf(fact: string): string {
  return fact.length <= mostLetters ? fact : `SHA-256 ${sha256(fact).slice(0, 12)}`;
}
