import { CsnError } from "../base/errors.ts";

/** The error of a file of embeddings that cannot be read. */
export function unreadable(path: string, found: string, cause?: unknown): CsnError {
  return new CsnError(
    `Cannot read embeddings from "${path}": ${found}; write them anew with \`writeEmbeddings()\``,
    { cause },
  );
}
