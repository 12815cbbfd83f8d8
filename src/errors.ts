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
