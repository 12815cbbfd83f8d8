/**
 * Writes checksums.json from freshly installed packages, after package.json was changed:
 *
 *     (cd src/sets/fonts/packages && deno install)
 *     deno run --allow-read --allow-write=src scripts/write_font_checksums.ts
 *
 * Commit package.json, deno.lock and checksums.json together; node_modules stays out.
 */
import { familyChecksum, fontPackagesFolder } from "../src/sets/fonts/font_packages.ts";
import { fromFileUrl, join } from "../src/files/paths.ts";

const here = fromFileUrl(fontPackagesFolder);
const { dependencies } = JSON.parse(await Deno.readTextFile(join(here, "package.json")));
const checksums: Record<string, string> = {};
for (const name of Object.keys(dependencies).sort()) {
  const family = name.split("/")[1];
  checksums[family] = await familyChecksum(join(here, "node_modules", name, "files"), family);
}
await Deno.writeTextFile(join(here, "checksums.json"), JSON.stringify(checksums, null, 2) + "\n");
