/** What every command and every import of csn loads must stay small; large libraries come when they are used. */
import assert from "node:assert/strict";
import denoJson from "../deno.json" with { type: "json" };
import { dirname, fromFileUrl, join, relative } from "../src/files/paths.ts";

const root = dirname(dirname(fromFileUrl(import.meta.url)));

/** Libraries that take tens to hundreds of milliseconds to load, or that few commands use. */
const heavy = [
  "echarts",
  "umap-js",
  "sharp",
  "@napi-rs/canvas",
  "yauzl",
  "hyparquet",
  "hyparquet-compressors",
  "csv-parse",
  "csv-parse/sync",
  "read-excel-file/universal",
  "pg",
  "pg-copy-streams",
];

/** What a module imports when it is loaded: not types, and not what it imports later. */
function staticImports(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
  const from = /^(?:import|export)\s+(?!type\s)(?:[\w*\s{},$]*?\sfrom\s+)?"([^"]+)"/gm;
  return [...code.matchAll(from)].map(([, specifier]) => specifier);
}

/** Each library that a module reaches by static imports, with the way to it. */
async function reached(entry: string): Promise<Map<string, string[]>> {
  const libraries = new Map<string, string[]>();
  const ways = new Map([[entry, [entry]]]);
  for (const [file, way] of ways) {
    for (const specifier of staticImports(await Deno.readTextFile(file))) {
      const isFile = specifier.startsWith(".");
      const target = isFile ? join(dirname(file), specifier) : specifier;
      const known = isFile ? ways : libraries;
      if (!known.has(target)) known.set(target, [...way, target]);
    }
  }
  return libraries;
}

Deno.test("staticImports() finds what is loaded at once, and neither types nor later imports", () => {
  const text = [
    'import sharp from "a";',
    'import type B from "b";',
    'import {\n  one,\n  type Two,\n} from "c";',
    'export { d } from "d";',
    'export type { E } from "e";',
    'import "f";',
    'const g = await import("g");',
    '// import h from "h";',
    ' * import i from "i";',
    'import * as j from "j";',
  ].join("\n");
  assert.deepEqual(staticImports(text), ["a", "c", "d", "f", "j"]);
});

const doors = Object.values(denoJson.exports).map((door) => door.slice("./".length));

for (const entry of [...doors, "src/cli/main.ts"]) {
  Deno.test(`${entry} loads no large library before it is used`, async () => {
    const libraries = await reached(join(root, entry));
    const found = heavy.filter((library) => libraries.has(library)).map((library) =>
      libraries.get(library)!.map((step) => step.startsWith("/") ? relative(root, step) : step)
        .join(" > ")
    );
    assert.deepEqual(found, []);
  });
}

Deno.test("the page of a report does load echarts: the walk sees far enough", async () => {
  const libraries = await reached(join(root, "src/report/report_page.ts"));
  assert.ok(libraries.has("echarts"), [...libraries.keys()].join());
});
