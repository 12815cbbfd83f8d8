/**
 * An error that csn expects and explains: what was attempted, what was found, what would be right
 * and the option or call that mends it, in one line. The command line prints the message without a
 * stack.
 */
export class CsnError extends Error {
  /** The class. */
  override readonly name: string = "CsnError";
  /** Process exit code of a command that ends with this error: 1, or 2 for wrong usage. */
  readonly exitCode: number = 1;

  /**
   * A message may quote a file: control characters are escaped, and the middle of a long message is
   * left out.
   */
  constructor(message: string, options?: ErrorOptions) {
    super(shortened(visible(message, /(?!\n)\p{Cc}/gu)), options);
  }
}

/** A flag, an argument or a combination of them that cannot be right; commands exit with code 2. */
export class UsageError extends CsnError {
  /** The class. */
  override readonly name: string = "UsageError";
  /** Process exit code of a command that ends with this error. */
  override readonly exitCode: number = 2;
}

/** The message of anything that was thrown, in one line. */
export function messageOf(thrown: unknown): string {
  return inLine(thrown instanceof Error ? thrown.message : String(thrown));
}

/** A text from a file as part of a message of one line. */
export function inLine(text: string): string {
  return visible(text, /\p{Cc}/gu);
}

/** A value from a file as JSON in one line, cut where it is long. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value, plainer) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}

function plainer(_key: string, part: unknown): unknown {
  return typeof part === "bigint" ? String(part) : part instanceof Uint8Array ? "bytes" : part;
}

/** Letters that a message may have. */
const mostLetters = 4000;

/** The beginning and the end, where the advice stands. */
function shortened(message: string): string {
  if (message.length <= mostLetters) return message;
  return `${message.slice(0, 3000)} [...] ${message.slice(-900)}`;
}

/**
 * Control characters as JSON writes them: they would break a line or move the terminal's cursor.
 */
function visible(text: string, control: RegExp): string {
  return text.replace(control, (letter) => {
    const escaped = JSON.stringify(letter).slice(1, -1);
    return escaped !== letter ? escaped : `\\u00${letter.charCodeAt(0).toString(16)}`;
  });
}

/** Why the system or Deno refused a path, for an error's message. */
export function reasonOf(thrown: unknown): string {
  const message = messageOf(thrown);
  // Deno opens /proc, /sys and /dev only with all permissions; advising that would be wrong.
  return /^Requires all access/.test(message) ? "it is a place of the system's own" : message;
}
