/** A text that was taken, and where what follows it begins. */
export interface TakenText {
  readonly text: string;
  readonly end: number;
  /** Whether it stood in double quotes. */
  readonly isQuoted: boolean;
}

/**
 * Takes a text from position `at` on: up to a character of `ends`, without blanks around it; or one
 * in double quotes, as JSON writes texts, with any character. Null for a quote that does not close
 * or has something else in front or behind.
 */
export function takeText(from: string, at: number, ends: RegExp): TakenText | null {
  const rest = from.slice(at);
  const quoted = /^\s*("(?:[^"\\]|\\.)*")\s*/.exec(rest);
  if (quoted !== null) {
    const next = rest.slice(quoted[0].length, quoted[0].length + 1);
    if (next === '"' || next !== "" && !ends.test(next)) return null;
    try {
      return { text: JSON.parse(quoted[1]), end: at + quoted[0].length, isQuoted: true };
    } catch {
      return null;
    }
  }
  const stop = rest.search(ends);
  if (stop !== -1 && rest[stop] === '"') return null;
  const text = stop === -1 ? rest : rest.slice(0, stop);
  return { text: text.trim(), end: at + text.length, isQuoted: false };
}
