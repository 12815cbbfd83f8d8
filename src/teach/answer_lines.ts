import { isObject, isText } from "../base/json_values.ts";
import { answersHead } from "../sets/triplet_list.ts";
import type { Answer } from "./answer.ts";

/** What a list of answers says first. */
export interface AnswersHead {
  /** Version of the form. */
  readonly format: 1;
  /** By which notion is answered. */
  readonly notion: string;
}

/** An answer as it is stored: with the names of its images, which numbers alone would lose. */
export interface StoredAnswer extends Answer {
  /** Of anchor, left and right. */
  readonly names: readonly [anchor: string, left: string, right: string];
}

/** The first line: a remark in a triplet list. */
export function headLine(notion: string): string {
  const head: AnswersHead = { format: 1, notion };
  return `${answersHead}${JSON.stringify(head)}`;
}

/** The first line read; null where it is another. */
export function parseHead(line: string): AnswersHead | null {
  if (!line.startsWith(answersHead)) return null;
  const head = parsed(line.slice(answersHead.length));
  return isObject(head) && head.format === 1 && isText(head.notion)
    ? head as unknown as AnswersHead
    : null;
}

/**
 * An answer as a line of a triplet list, "anchor far near # {...}"; where the annotator cannot say,
 * a remark alone. It always ends in "}" and a line end, so that a line that was cut short shows.
 */
export function answerLine(answer: StoredAnswer): string {
  const { anchor, left, right, chosen, by, at, names } = answer;
  const triplet = chosen === null
    ? ""
    : chosen === "left"
    ? `${anchor} ${right} ${left} `
    : `${anchor} ${left} ${right} `;
  return `${triplet}# ${JSON.stringify({ anchor, left, right, chosen, by, at, names })}`;
}

/** An answer's line read, without its line end; null where it is another, or was cut short. */
export function parseAnswer(line: string): StoredAnswer | null {
  const at = line.indexOf("#");
  if (at < 0) return null;
  const found = parsed(line.slice(at + 1));
  if (!isObject(found)) return null;
  const { anchor, left, right, chosen, by, at: time, names } = found;
  const isRow = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
  const isWhole = isRow(anchor) && isRow(left) && isRow(right) &&
    (chosen === "left" || chosen === "right" || chosen === null) && isText(by) && isText(time) &&
    Array.isArray(names) && names.length === 3 && names.every(isText);
  if (!isWhole) return null;
  const answer = { anchor, left, right, chosen, by, at: time, names } as unknown as StoredAnswer;
  return answerLine(answer) === line.trimEnd() ? answer : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
