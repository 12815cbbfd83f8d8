import { createHash } from "node:crypto";
import packageFile from "../../../scripts/fonts/package.json" with { type: "json" };
import checksumFile from "../../../scripts/fonts/checksums.json" with { type: "json" };
import { basename } from "../../paths.ts";
import { fontFaces } from "./font_faces.ts";

/** Where the pinned packages, their lock and the checksums of their fonts are kept. */
export const fontPackagesFolder: URL = new URL("../../../scripts/fonts/", import.meta.url);

/** The families of the fonts set, in order; each is the npm package `@fontsource/<family>`. */
export const fontFamilies: readonly string[] = Object.keys(packageFile.dependencies)
  .map((name) => basename(name))
  .sort();

/** SHA-256 of the fonts of each family, as `familyChecksum` computes it. */
export const fontChecksums: Readonly<Record<string, string>> = checksumFile;

/** Names these packages with these fonts: another list of families or other fonts have another key. */
export const fontPackagesKey: string = sha256(JSON.stringify([packageFile, checksumFile])).slice(
  0,
  16,
);

/** SHA-256 over the names and bytes of a family's faces in a folder. */
export async function familyChecksum(folder: string, family: string): Promise<string> {
  const hash = createHash("sha256");
  for (const { file } of await fontFaces(folder, family)) {
    const bytes = await Deno.readFile(file);
    hash.update(`${basename(file)} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest("hex");
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
