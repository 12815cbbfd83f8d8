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
  /**
   * When nothing more is begun, in milliseconds as `performance.now()` counts, though less is done
   * than was asked for.
   */
  readonly until: number;
  /** Aborted when the soak is to end: what is being tried then says nothing and is not counted. */
  readonly stop: AbortSignal;
  /** Seconds after which a part goes on with another of the things that it tries. */
  readonly turn: number;
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
  /** How many it was to be, where that is known before. */
  readonly asked?: number;
  readonly findings: readonly Finding[];
  readonly seconds: number;
}

/** Whether a part's time is over, or the soak is to end. */
export function isOver({ until, stop }: Soak): boolean {
  return stop.aborted || performance.now() >= until;
}

/** The same with a share of the time that is left: that of one of so many that follow. */
export function withShare(soak: Soak, following: number): Soak {
  const now = performance.now();
  return { ...soak, until: now + (soak.until - now) / following };
}

/** Some of what a part has, by name. */
export function chosen<Named extends { readonly name: string }>(
  all: readonly Named[],
  { only }: Soak,
): readonly Named[] {
  const some = all.filter(({ name }) => only.includes(name));
  return some.length > 0 ? some : all;
}
