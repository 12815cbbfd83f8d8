/** Answers that were taken back: by a further line of the list, which itself is a remark. */
import { isObject } from "../base/json_values.ts";

const head = '# {"takenBack":';

/** The line that takes back an answer, which is the text of that answer's remark. */
export function takenBackLine(answer: object, at: string): string {
  return `# ${JSON.stringify({ takenBack: answer, at })}`;
}

/**
 * The places of lines that do not count: those that take an answer back, and of each the last line
 * before it with that answer.
 */
export function takenBackPlaces(lines: readonly string[]): ReadonlySet<number> {
  const places = new Set<number>();
  for (const [at, line] of lines.entries()) {
    const answer = takenBack(line);
    if (answer === null) continue;
    places.add(at);
    const meant = lines.findLastIndex((other, place) =>
      place < at && !places.has(place) && other.endsWith(`# ${answer}`)
    );
    if (meant >= 0) places.add(meant);
  }
  return places;
}

/** The remark of the answer that a line takes back; null for another line. */
function takenBack(line: string): string | null {
  if (!line.startsWith(head)) return null;
  try {
    const { takenBack } = JSON.parse(line.slice(2));
    return isObject(takenBack) ? JSON.stringify(takenBack) : null;
  } catch {
    return null;
  }
}

/** A list of answers in which what was taken back is but a remark; lines keep their numbers. */
export function withoutTakenBack(bytes: Uint8Array): Uint8Array {
  const text = new TextDecoder().decode(bytes);
  if (!text.includes(head)) return bytes;
  const lines = text.split("\n");
  const places = takenBackPlaces(lines);
  const left = lines.map((line, at) => places.has(at) ? line.slice(line.indexOf("#")) : line);
  return new TextEncoder().encode(left.join("\n"));
}
