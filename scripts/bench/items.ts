import type { Comparison } from "./comparison.ts";
import { compareEmbedding } from "./embed.ts";
import { compareEpochs } from "./epoch.ts";
import { compareEvaluation } from "./evaluate.ts";
import { compareMemory } from "./memory.ts";
import type { BenchOptions } from "./setting.ts";
import { compareSearch } from "./search.ts";
import { compareProcesses } from "./processes.ts";
import { compareServing } from "./serve.ts";
import { compareStarts } from "./start.ts";
import { compareSteps } from "./step.ts";

/** What the benchmark compares, by the names that --items takes. */
export const items = {
  step: compareSteps,
  embed: compareEmbedding,
  evaluate: compareEvaluation,
  epoch: compareEpochs,
  start: compareStarts,
  memory: compareMemory,
  search: compareSearch,
  serve: compareServing,
  processes: compareProcesses,
} satisfies Record<string, (options: BenchOptions) => Promise<Comparison[]>>;

/** Items that have findings of their own. */
export const ownItems = ["busy", "explore", "teach"] as const;

/** The names that --items takes. */
export const itemNames = [...Object.keys(items) as (keyof typeof items)[], ...ownItems] as const;

/**
 * Items that are done only by name: busy keeps the whole machine busy, explore needs a browser and
 * makes a set of its own, for minutes, processes compares csn with itself, and teach with nothing.
 */
export const namedItems: readonly Item[] = ["busy", "explore", "processes", "teach"];

/** Items without PyTorch. */
export const withoutPytorch: readonly Item[] = [
  ...["search", "serve", "explore", "processes", "teach"] as const,
];

/** The name of an item. */
export type Item = typeof itemNames[number];

/** Whether there is an item of that name. */
export function isItem(name: string): name is Item {
  return (itemNames as readonly string[]).includes(name);
}
