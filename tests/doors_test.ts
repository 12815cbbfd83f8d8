/** The doors of the library: the files that deno.json exports. */
import assert from "node:assert/strict";
import denoJson from "../deno.json" with { type: "json" };
import { fromFileUrl } from "../src/files/paths.ts";

const project = fromFileUrl(new URL("..", import.meta.url));

/** The file of each door. */
const doors: Readonly<Record<string, string>> = denoJson.exports;

async function denoDoc(...args: string[]): Promise<Deno.CommandOutput> {
  return await new Deno.Command(Deno.execPath(), { args: ["doc", ...args], cwd: project }).output();
}

/** What `deno doc --json` says of a parameter. */
interface Parameter {
  readonly kind: "identifier" | "assign" | "object" | "rest" | "array";
  readonly name?: string;
  readonly left?: Parameter;
}

interface Callable {
  readonly params: readonly Parameter[];
}

/** What it says of an exported name. */
interface Documented {
  readonly name: string;
  readonly declarations: readonly {
    readonly kind: string;
    readonly def: Callable & {
      readonly constructors?: readonly Callable[];
      readonly methods?: readonly {
        readonly name: string;
        readonly accessibility?: string;
        readonly functionDef: Callable;
      }[];
    };
  }[];
}

/** Functions, methods and constructors with their parameters, as `Model.nearest`. */
function callablesOf({ name, declarations }: Documented): [name: string, Callable][] {
  return declarations.flatMap(({ kind, def }): [string, Callable][] => {
    if (kind === "function") return [[name, def]];
    if (kind !== "class") return [];
    return [
      ...(def.constructors ?? []).map((each): [string, Callable] => [`new ${name}`, each]),
      ...(def.methods ?? []).filter(({ accessibility }) => accessibility !== "private").map((
        each,
      ): [string, Callable] => [`${name}.${each.name}`, each.functionDef]),
    ];
  });
}

/** Whether a parameter is for options: an object that is taken apart, or one that is called so. */
function isForOptions(parameter: Parameter): boolean {
  const { kind, name, left } = parameter;
  if (kind === "assign") return isForOptions(left!);
  return kind === "object" || kind === "identifier" && name === "options";
}

/** Why a signature is not as Deno's standard library has them; null when it is. */
function signatureFault({ params }: Callable): string | null {
  const named = params.filter(({ kind }) => kind !== "rest");
  const positional = named.filter((each) => !isForOptions(each));
  const shown = params.map((each) => each.name ?? each.left?.name ?? each.kind).join(", ");
  if (positional.length > 2 || named.length > 3) return `(${shown})`;
  return null;
}

async function exportsOf(door: string): Promise<Documented[]> {
  const { success, stdout, stderr } = await denoDoc("--json", door);
  assert.ok(success, new TextDecoder().decode(stderr));
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout));
  return (Object.values(nodes) as { symbols: Documented[] }[]).flatMap(({ symbols }) => symbols);
}

const exported = new Map<string, readonly Documented[]>();
for (const [name, door] of Object.entries(doors)) exported.set(name, await exportsOf(door));

Deno.test("every door documents what it exports, and refers to types that a door exports (deno doc --lint)", async () => {
  const { success, stderr } = await denoDoc("--lint", ...Object.values(doors));
  assert.ok(success, new TextDecoder().decode(stderr));
});

Deno.test("every folder's mod.ts is a door, and every door says what it leads to", async () => {
  const found = ["./mod.ts"];
  for await (const { name } of Deno.readDir(`${project}/src`)) {
    const files = await Array.fromAsync(
      Deno.readDir(`${project}/src/${name}`),
      (each) => each.name,
    );
    if (files.includes("mod.ts")) found.push(`./src/${name}/mod.ts`);
  }
  assert.deepEqual(Object.values(doors).sort(), found.sort());
  for (const door of Object.values(doors)) {
    const text = await Deno.readTextFile(`${project}/${door}`);
    assert.match(text, /^\/\*\*[^]*? \* @module\n \*\/\n/, door);
  }
});

Deno.test("no name is exported twice", () => {
  const seen = new Map<string, string>();
  const twice: string[] = [];
  for (const [door, symbols] of exported) {
    for (const { name } of symbols) {
      if (seen.has(name)) twice.push(`${name}: ${seen.get(name)} and ${door}`);
      seen.set(name, door);
    }
  }
  assert.deepEqual(twice, []);
  // The walk sees far enough.
  for (const [name, door] of [["Model", "."], ["train", "./train"], ["Adam", "./tensor"]]) {
    assert.equal(seen.get(name), door);
  }
});

Deno.test("every signature has at most two positional arguments, then options", () => {
  const faults = [...exported.values()].flat().flatMap(callablesOf).flatMap(([name, callable]) => {
    const fault = signatureFault(callable);
    return fault === null ? [] : [`${name}${fault}`];
  });
  assert.deepEqual(faults, []);
  const names = [...exported.values()].flat().flatMap(callablesOf).map(([name]) => name);
  for (const name of ["train", "new EmbeddingSet", "Model.nearest", "Tensor.from"]) {
    assert.ok(names.includes(name), name);
  }
});

Deno.test("signatureFault() finds a third argument that is no options", () => {
  const identifier = (name: string): Parameter => ({ kind: "identifier", name });
  const [a, b, c, options] = ["a", "b", "c", "options"].map(identifier);
  assert.equal(signatureFault({ params: [a, b, options] }), null);
  assert.equal(signatureFault({ params: [a, { kind: "rest" }] }), null);
  assert.equal(signatureFault({ params: [a, b, { kind: "assign", left: options }] }), null);
  assert.equal(signatureFault({ params: [a, b, c] }), "(a, b, c)");
  assert.equal(signatureFault({ params: [a, b, { kind: "assign", left: c }] }), "(a, b, c)");
  assert.equal(signatureFault({ params: [a, b, options, options] }), "(a, b, options, options)");
});
