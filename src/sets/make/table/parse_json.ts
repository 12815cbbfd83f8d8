/** What may stand outside of texts though JSON does not know it: Python writes it. */
const pythons = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g;

/** Whole numbers of so many digits may not fit a double. */
const longNumber = /\d{16}/;

/**
 * Parses JSON as programs write it: NaN and Infinity, which Python writes for what is not known,
 * become null, and a whole number that a double cannot hold becomes its text. Throws a SyntaxError
 * for what is no JSON.
 */
export function parseJson(text: string): unknown {
  try {
    return parsed(text);
  } catch (error) {
    if (!/\b(?:NaN|Infinity)\b/.test(text)) throw error;
    return parsed(text.replace(pythons, (found) => found.startsWith('"') ? found : "null"));
  }
}

function parsed(text: string): unknown {
  return longNumber.test(text) ? JSON.parse(text, withLongNumbers) : JSON.parse(text);
}

function withLongNumbers(_key: string, value: unknown, context?: { source?: string }): unknown {
  const isLong = typeof value === "number" && Number.isInteger(value) &&
    !Number.isSafeInteger(value);
  return isLong ? context?.source ?? value : value;
}
