import { sha256 } from "../../files/sha256.ts";
import { createHash } from "node:crypto";
import packageFile from "./packages/package.json" with { type: "json" };
import checksumFile from "./packages/checksums.json" with { type: "json" };
import { CsnError, messageOf } from "../../base/errors.ts";
import { basename } from "../../files/paths.ts";
import { fontFaces } from "./font_faces.ts";

/** Where the pinned packages, their lock and the checksums of their fonts are kept. */
export const fontPackagesFolder: URL = new URL("./packages/", import.meta.url);

/** The families of the fonts set, in order; each is the npm package `@fontsource/<family>`. */
export const fontFamilies: readonly string[] = Object.keys(packageFile.dependencies)
  .map((name) => basename(name))
  .sort();

/** SHA-256 of the fonts of each family, as `familyChecksum` computes it. */
export const fontChecksums: Readonly<Record<string, string>> = checksumFile;

/**
 * Names these packages with these fonts: another list of families or other fonts have another key.
 */
export const fontPackagesKey: string = sha256(JSON.stringify([packageFile, checksumFile])).slice(
  0,
  16,
);

/** Throws a CsnError when the fonts of a family in a folder are not the pinned ones. */
export async function verifyFamily(folder: string, family: string): Promise<void> {
  let found: string;
  try {
    found = `the checksum of its fonts is ${await familyChecksum(folder, family)}`;
  } catch (error) {
    found = messageOf(error);
  }
  if (found.endsWith(` ${fontChecksums[family]}`)) return;
  throw new CsnError(
    `Cannot use the font package @fontsource/${family}: ${found}, it should be ${
      fontChecksums[family]
    }; clear Deno's cache (deno clean) and run the command again`,
  );
}

/** SHA-256 over the names and bytes of a family's faces in a folder. */
export async function familyChecksum(folder: string, family: string): Promise<string> {
  const hash = createHash("sha256");
  for (const { file } of await fontFaces(folder, family)) {
    const bytes = await Deno.readFile(file);
    hash.update(`${basename(file)} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest("hex");
}
