/** A part of the soak: what it is asked to do, and what it finds. */

/** The parts, in their order. */
export const parts = ["parsers", "kills", "steps", "faults", "sanitizers"] as const;

/** One of them. */
export type Part = typeof parts[number];

/** How much every part does. */
export interface Amounts {
  /** Generated inputs of each parser. */
  readonly inputs: number;
  /** Commands that are killed. */
  readonly kills: number;
  /** Commands that meet a fault of the machine. */
  readonly faults: number;
  /** Training steps. */
  readonly steps: number;
  /**
   * Whether the shim is built with sanitizers and the tests are run with it; it takes many minutes.
   */
  readonly sanitizers: boolean;
}

/** What a part works with. */
export interface Soak {
  readonly amounts: Amounts;
  /** Decides every input and every moment. */
  readonly seed: number;
  /** Names of what is tried, of those that a part has; all when it is empty. */
  readonly only: readonly string[];
  /** fast-check's path to one input, to try that alone. */
  readonly path?: string;
  /** Where what went wrong is kept. */
  readonly keep: string;
  /** Called with what is being done. */
  readonly notice: (text: string) => void;
}

/** Something that went wrong. */
export interface Finding {
  /** What happened, in a line. */
  readonly what: string;
  /** How to see it again. */
  readonly again: string;
}

/** A line of the table. */
export interface Row {
  readonly part: Part;
  /** What was tried: a parser, a command, a sanitizer. */
  readonly tried: string;
  /** Inputs, trials, steps or tests. */
  readonly count: number;
  readonly findings: readonly Finding[];
  readonly seconds: number;
}

/** Some of what a part has, by name. */
export function chosen<Named extends { readonly name: string }>(
  all: readonly Named[],
  { only }: Soak,
): readonly Named[] {
  const some = all.filter(({ name }) => only.includes(name));
  return some.length > 0 ? some : all;
}
