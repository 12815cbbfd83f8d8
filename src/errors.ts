/**
 * An error that csn expects and explains: what was attempted, what was found, what would be right and
 * the command that mends it, in one line. The command line prints its message alone, without a stack.
 */
export class CsnError extends Error {
  /** The class. */
  override readonly name: string = "CsnError";
  /** Process exit code of a command that ends with this error: 1, or 2 for wrong usage. */
  readonly exitCode: number = 1;
}

/** A flag, an argument or a combination of them that cannot be right; commands exit with code 2. */
export class UsageError extends CsnError {
  /** The class. */
  override readonly name: string = "UsageError";
  /** Process exit code of a command that ends with this error. */
  override readonly exitCode: number = 2;
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Why the system or Deno refused a path, for an error's message. */
export function reasonOf(thrown: unknown): string {
  const message = messageOf(thrown);
  // Deno keeps /proc, /sys and /dev to programs that may do all; advice to run csn so would be bad advice.
  return /^Requires all access/.test(message) ? "it is a place of the system's own" : message;
}
