/** One thing that was looked at on the GPU machine, and what came of it. */
import { messageOf } from "../../src/base/errors.ts";

/** The parts of the whole, in their order. */
export const parts = ["setup", "parity", "tests", "commands", "train", "bench"] as const;

/** One of them. */
export type Part = typeof parts[number];

/** What was found. */
export interface Found {
  readonly passed: boolean;
  /** A figure, or what went wrong. */
  readonly found: string;
}

/** A line of the table. */
export interface Check extends Found {
  readonly part: Part;
  readonly what: string;
  /** What would be right. */
  readonly wanted: string;
}

/** Where the parts work, and how much they do. */
export interface Setting {
  /** "cuda", "cuda:1", "cpu". */
  readonly device: string;
  readonly isCuda: boolean;
  /** The folder of csn. */
  readonly project: string;
  /** The folder for results and logs. */
  readonly out: string;
}

/** Looks at one thing; what it throws is what went wrong, and stops no other. */
export async function look(
  part: Part,
  what: string,
  wanted: string,
  how: () => Promise<Found>,
): Promise<Check> {
  console.error(`${part}: ${what}`);
  const found = await how().catch((error) => ({ passed: false, found: messageOf(error) }));
  console.error(`${part}: ${what}: ${found.passed ? "ok" : "FAILED"}: ${found.found}`);
  return { part, what, wanted, ...found };
}
