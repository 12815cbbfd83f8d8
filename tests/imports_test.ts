/**
 * The floors of the house: which folder of src may import which, and what a light command loads.
 */
import assert from "node:assert/strict";
import { dirname, fromFileUrl, join, relative } from "../src/files/paths.ts";

const project = dirname(dirname(fromFileUrl(import.meta.url)));

/**
 * Folders of src from the top floor down; a file imports from its own folder and from floors below.
 */
const floors: readonly (readonly string[])[] = [
  ["cli"],
  ["explore"],
  ["service"],
  ["report", "visdom", "database"],
  ["experiment"],
  ["analysis"],
  ["training"],
  ["teach"],
  ["model"],
  ["sets"],
  ["network", "search"],
  ["distributed"],
  ["tensor"],
  ["native", "images"],
  ["statistics", "files"],
  ["base"],
];

/** A file and those of the project that it imports, types included. */
type Imports = ReadonlyMap<string, readonly string[]>;

async function sourceFiles(folder: string): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) files.push(...await sourceFiles(join(folder, name)));
    else if (/\.tsx?$/.test(name)) files.push(join(folder, name));
  }
  return files.sort();
}

/** What a text imports, by `import`, `export ... from`, `import()` or as a worker. */
function specifiers(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "");
  const ways = [
    /^(?:import|export)\b[^;"'`]*?from\s+"([^"]+)"/gm,
    /^import\s+"([^"]+)"/gm,
    /\bimport\("([^"]+)"\)/g,
    /new Worker\(new URL\("([^"]+)"/g,
  ];
  return ways.flatMap((way) => [...code.matchAll(way)].map(([, specifier]) => specifier));
}

async function importsOf(folder: string): Promise<Imports> {
  const imports = new Map<string, string[]>();
  for (const file of await sourceFiles(folder)) {
    const found = specifiers(await Deno.readTextFile(file))
      .filter((specifier) => specifier.startsWith(".") && /\.tsx?$/.test(specifier))
      .map((specifier) => relative(folder, join(dirname(file), specifier)));
    imports.set(relative(folder, file), found);
  }
  return imports;
}

/**
 * A door, `mod.ts` of a folder, exports what its users need from every floor below the command
 * line, and nothing in src comes in by it.
 */
function isDoor(file: string): boolean {
  return file.split("/").length === 2 && file.endsWith("/mod.ts");
}

/** The floor of a file, from the top; -1 for a file in no folder of the plan. */
function floorOf(file: string): number {
  return floors.findIndex((folders) => folders.includes(file.split("/")[0]));
}

function upwardImports(imports: Imports): string[] {
  const wrong: string[] = [];
  for (const [file, found] of imports) {
    for (const imported of found) {
      const isInside = file.split("/")[0] === imported.split("/")[0];
      const isUpwards = isDoor(file)
        ? imported.startsWith("cli/")
        : !isInside && floorOf(imported) <= floorOf(file);
      if (isUpwards || isDoor(imported)) wrong.push(`${file} -> ${imported}`);
    }
  }
  return wrong;
}

/** The circles that imports close, each once, as a list of files. */
function circles(imports: Imports): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]) => {
    const at = path.indexOf(file);
    if (at >= 0) found.push([...path.slice(at), file].join(" -> "));
    if (at >= 0 || done.has(file)) return;
    for (const imported of imports.get(file) ?? []) visit(imported, [...path, file]);
    done.add(file);
  };
  for (const file of imports.keys()) visit(file, []);
  return found;
}

const imports = await importsOf(join(project, "src"));

Deno.test("src has no file outside the folders of the plan", () => {
  assert.deepEqual([...imports.keys()].filter((file) => floorOf(file) < 0), []);
});

Deno.test("src imports only downwards", () => {
  assert.deepEqual(upwardImports(imports), []);
});

Deno.test("src closes no circle of imports", () => {
  assert.deepEqual(circles(imports), []);
});

Deno.test("upwardImports() and circles() find what is planted", () => {
  const planted = new Map([
    ["tensor/a.ts", ["training/b.ts", "base/c.ts"]],
    ["training/b.ts", ["tensor/a.ts"]],
    ["base/c.ts", []],
    ["tensor/mod.ts", ["tensor/a.ts", "training/b.ts", "cli/e.ts"]],
    ["training/d.ts", ["tensor/mod.ts"]],
  ]);
  assert.deepEqual(upwardImports(planted), [
    "tensor/a.ts -> training/b.ts",
    "tensor/mod.ts -> cli/e.ts",
    "training/d.ts -> tensor/mod.ts",
  ]);
  assert.deepEqual(circles(planted), ["tensor/a.ts -> training/b.ts -> tensor/a.ts"]);
});

Deno.test("specifiers() finds every way to import", () => {
  const text = [
    `import { a,\n  b } from "./a.ts";`,
    `export type { C } from "./c.ts";`,
    `import "./d.ts";`,
    `const e = await import("./e.ts");`,
    `new Worker(new URL("./f.ts", import.meta.url));`,
    `/* import { g } from "./g.ts"; */`,
  ].join("\n");
  assert.deepEqual(specifiers(text), ["./a.ts", "./c.ts", "./d.ts", "./e.ts", "./f.ts"]);
});
