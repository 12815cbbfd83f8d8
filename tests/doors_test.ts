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

/** What `deno doc --json` says of an exported name. */
interface Documented {
  readonly name: string;
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
