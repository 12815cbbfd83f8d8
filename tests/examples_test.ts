/**
 * The examples in docstrings run, as they are printed: in a folder as their readers have it, with
 * pictures and a table, an image set and a model.
 */
import assert from "node:assert/strict";
import denoJson from "../deno.json" with { type: "json" };
import { filesBelow } from "../scripts/gpu/archive.ts";
import { fromFileUrl, join } from "../src/files/paths.ts";
import { makeTriplets } from "../src/sets/make/make_triplets.ts";
import { train } from "../src/training/train.ts";
import { TemporaryFolder } from "./helpers/temporary_folder.ts";
import { writeTinySet } from "./helpers/tiny_set.ts";

const project = fromFileUrl(new URL("..", import.meta.url));

/** What each door is opened for: these have an example. */
const main: Readonly<Record<string, readonly string[]>> = {
  ".": [
    ...[
      "start",
      "Model",
      "EmbeddingSet",
      "embedFolder",
      "embedSet",
      "decodeImage",
      "readModelFile",
    ],
    ...["readEmbeddings", "writeEmbeddings", "testModel"],
  ],
  "./train": ["train", "trainEvents", "readMetrics", "EpochBatches", "ProcessGroup"],
  "./sets": [
    ...["openImageSet", "makeTriplets", "auditSet", "readSetValues", "loadTriplets"],
    ...["readTripletList", "drawTriplets", "preparePack"],
  ],
  "./experiment": ["compare", "sweep", "estimateMean"],
  "./report": ["makeReport", "analyseModel"],
  "./visdom": [],
  "./database": ["indexTable"],
  "./service": ["serveModel", "ModelService"],
  "./explore": ["explore"],
  "./teach": ["AnswersFile", "fitNotion", "fitValues", "addNotion"],
  "./tensor": ["Tensor", "scope", "call", "callAsync", "writeSafetensors"],
};

interface Documented {
  readonly tags?: readonly { readonly kind: string; readonly doc?: string }[];
}

/** Examples of a docstring; those that need a server of their own cannot run, and are marked so. */
function examplesOf(doc: Documented | undefined): number {
  return (doc?.tags ?? []).filter(({ kind, doc }) =>
    kind === "example" && /^```ts(?: ignore)?$/m.test(doc!)
  )
    .length;
}

/** Makes `photos`, `photos.csv`, `data/mine` and `runs/mine` in `folder`. */
async function furnish(folder: string): Promise<void> {
  await writeTinySet(join(folder, "tiny"));
  await Deno.rename(join(folder, "tiny", "images"), join(folder, "photos"));
  await Deno.remove(join(folder, "tiny"), { recursive: true });
  const [colours, shapes] = [["red", "green", "blue"], ["bar", "beam", "disc"]];
  const rows = Array.from(
    { length: 36 },
    (_, i) => `${i}.png,${colours[i % 3]},${shapes[Math.floor(i / 3) % 3]}\n`,
  );
  const table = join(folder, "photos.csv");
  await Deno.writeTextFile(table, ["image,colour,shape\n", ...rows].join(""));
  const data = join(folder, "data", "mine");
  await makeTriplets(data, {
    images: join(folder, "photos"),
    attributes: table,
    notions: ["colour", "shape"],
    shares: { train: 40, val: 30, test: 30 },
    triplets: { train: 32, val: 16, test: 16 },
  });
  await train({ data, out: join(folder, "runs", "mine"), epochs: 1, imageSize: 16, dimension: 8 });
}

/**
 * The project's configuration but for one thing: Deno imports all names of a file above its
 * examples, which do not use all of them.
 */
async function configure(folder: string): Promise<string> {
  const doors = Object.entries(denoJson.exports).map(([door, file]) => [
    join(denoJson.name, door),
    join(project, file),
  ]);
  const file = join(folder, "deno.json");
  await Deno.writeTextFile(
    file,
    JSON.stringify({
      ...{ imports: { ...denoJson.imports, ...Object.fromEntries(doors) } },
      compilerOptions: {
        ...denoJson.compilerOptions,
        ...{ noUnusedLocals: false, noUnusedParameters: false },
      },
    }),
  );
  return file;
}

Deno.test("every door and its main functions have an example", async () => {
  const lacking: string[] = [];
  for (const [door, file] of Object.entries(denoJson.exports)) {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["doc", "--json", file],
      cwd: project,
    }).output();
    const { nodes } = JSON.parse(new TextDecoder().decode(stdout));
    const [{ module_doc, symbols }] = Object.values(nodes) as {
      module_doc: Documented;
      symbols: { name: string; declarations: { jsDoc?: Documented }[] }[];
    }[];
    if (examplesOf(module_doc) === 0) lacking.push(door);
    for (const name of main[door]) {
      const found = symbols.find((symbol) => symbol.name === name);
      if (examplesOf(found?.declarations[0].jsDoc) === 0) lacking.push(`${door} ${name}`);
    }
  }
  assert.deepEqual(lacking, []);
});

/** Deno's check of all files at once does not end. */
function filesWithExamples(): string[] {
  const source = join(project, "src");
  const files = filesBelow(source).filter((name) => name.endsWith(".ts"));
  return [join(project, "mod.ts"), ...files.map((name) => join(source, name))]
    .filter((file) => Deno.readTextFileSync(file).includes("@example"));
}

Deno.test("the examples in docstrings are of the right types and run", async () => {
  await using folder = await TemporaryFolder.make();
  await furnish(folder.path);
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["test", "--doc", "--quiet", "--no-lock", "--config", await configure(folder.path)],
      ...["--preload", join(project, "tests", "preload.ts"), "--allow-all"],
      ...filesWithExamples(),
    ],
    cwd: folder.path,
    env: { NO_COLOR: "1" },
    stderr: "inherit",
  }).output();
  const text = new TextDecoder().decode(stdout);
  assert.ok(success, text);
  const passed = Number(/(\d+) passed/.exec(text)?.[1]);
  const { "./database": _needsServer, ...running } = main;
  const doors = Object.keys(running).length;
  assert.ok(passed >= doors + Object.values(running).flat().length, text);
});
