/** Messages of the library name options and functions; only src/cli turns them into flags and tasks. */
import assert from "node:assert/strict";
import { filesBelow } from "../src/files/exists.ts";

const source = new URL("../src", import.meta.url).pathname;

/** Flags and dashes of others: of Deno, pip and compilers, and of style sheets. */
const others = [
  /--allow-(ffi|env)\b/g,
  /"--frozen"/g,
  /xcode-select --install/g,
  /python3 -m pip --version/g,
  /"--(dest|only-binary|no-cache-dir|progress-bar|disable-pip-version-check|no-input|no-deps)\b/g,
  /"--(index-url|retries|timeout)"/g,
  /"--(quiet|platform|minify|outdir)"/g,
  /-Wl,--[a-z-]+/g,
  /: --others\b/g,
  /--(ink|ground|line|quiet|panel|link)\b/g,
];

Deno.test("src names no flag and no task outside src/cli", async () => {
  const found: string[] = [];
  for (const file of await filesBelow(source)) {
    if (file.startsWith("cli/") || !file.endsWith(".ts")) continue;
    const text = withoutComments(await Deno.readTextFile(`${source}/${file}`));
    const own = others.reduce((rest, other) => rest.replace(other, ""), text);
    const hit = /--\$\{|(?<![\w-])--[a-z][a-z-]+(?! *=)|deno task/.exec(
      own,
    );
    if (hit !== null) found.push(`src/${file}: ${hit[0]}`);
  }
  assert.deepEqual(found, []);
});

/** A file's text without comments, which begin a line or follow a blank. */
function withoutComments(text: string): string {
  return text.replace(/\/\*\*?[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "");
}
