/** What files of each kind begin with, as bytes of Latin-1, and the place where it stands. */
const beginnings: readonly (readonly [ending: string, at: number, beginning: string])[] = [
  [".jpg", 0, "\xff\xd8\xff"],
  [".png", 0, "\x89PNG\r\n\x1a\n"],
  [".gif", 0, "GIF8"],
  [".webp", 8, "WEBP"],
  [".avif", 4, "ftypavif"],
  [".avif", 4, "ftypavis"],
  [".tif", 0, "II*\0"],
  [".tif", 0, "MM\0*"],
  [".bmp", 0, "BM"],
];

/** The ending of an image file by what is in it; null when it is no kind that csn reads. */
export function imageEnding(bytes: Uint8Array): string | null {
  const head = String.fromCharCode(...bytes.subarray(0, 16));
  const found = beginnings.find(([, at, beginning]) => head.startsWith(beginning, at));
  if (found !== undefined) return found[0];
  return /^P[1-6][\s#]/.test(head) ? ".pnm" : null;
}
