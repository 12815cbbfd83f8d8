import { someOf } from "../files/exists.ts";

/** The links of a folder and of those in it, by where they lead; paths relative to the folder. */
export interface FolderLinks {
  /** To images, and to folders elsewhere. */
  readonly followed: readonly string[];
  /** To nothing. */
  readonly broken: readonly string[];
  /** To the folder itself, one in it or one above it: their images would be there twice. */
  readonly inner: readonly string[];
}

/** Says which links of a folder gave no image; null when all did. */
export function lostLinksText(folder: string, { broken, inner }: FolderLinks): string | null {
  const parts: string[] = [];
  if (broken.length > 0) {
    parts.push(`${links(broken, folder)} to nothing (${someOf(broken)}): mend or remove them`);
  }
  if (inner.length > 0) {
    parts.push(
      `${links(inner, folder)} to a folder in it or above it (${
        someOf(inner)
      }), which is not followed: no image is taken twice`,
    );
  }
  return parts.length === 0 ? null : parts.join("; ");
}

/** How many links gave no image: "2 links to nothing"; "" when all did. */
export function lostLinksCount({ broken, inner }: FolderLinks): string {
  return [
    ...(broken.length === 0 ? [] : [`${count(broken)} to nothing`]),
    ...(inner.length === 0 ? [] : [`${count(inner)} to a folder in it or above it`]),
  ].join(", ");
}

function links(paths: readonly string[], folder: string): string {
  return `${count(paths)} of ${folder} ${paths.length === 1 ? "leads" : "lead"}`;
}

function count({ length }: readonly string[]): string {
  return length === 1 ? "1 link" : `${length} links`;
}
