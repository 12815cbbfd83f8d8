/** The service under load: images of several requests in one forward pass, and one at a time. */
import { fromFileUrl, join } from "../../src/files/paths.ts";
import { defaultConfig } from "../../src/model/config.ts";
import { writeEmbeddings } from "../../src/model/embedding_file.ts";
import { EmbeddingSet } from "../../src/model/embedding_set.ts";
import { Model } from "../../src/model/model.ts";
import { writeModelFile } from "../../src/model/model_file.ts";
import { initialTensors } from "../../src/network/initialise.ts";
import { CsnError } from "../../src/base/errors.ts";
import { compared, type Comparison, type Unit } from "./comparison.ts";
import { type Load, measureLoad } from "./load.ts";
import { photograph } from "./image_files.ts";
import { Partner } from "./partner.ts";
import { dimension, randomRows } from "./search_data.ts";
import { benchNormalisation, type BenchOptions, benchShape, scaled } from "./setting.ts";

/** Clients that ask at once. */
const clients = 32;

/** Requests of one run at 112 pixels. */
const requestsAt112 = 640;

/** Images that are searched. */
const searched = 50_000;

/** Different images that are asked for. */
const photographs = 16;

const measures: readonly [name: string, key: keyof Load, unit: Unit][] = [
  ["requests", "rate", "requests/s"],
  ["half are answered within", "p50", "ms"],
  ["99 % are answered within", "p99", "ms"],
];

/** Measures each size of images. */
export async function compareServing(options: BenchOptions): Promise<Comparison[]> {
  const found: Comparison[] = [];
  for (const size of options.sizes) found.push(...await compareAt(size, options));
  return found;
}

async function compareAt(size: number, options: BenchOptions): Promise<Comparison[]> {
  const requests = scaled(requestsAt112, size, options);
  options.notice(`serving at ${size} pixels, ${clients} clients, ${requests} requests a run`);
  const folder = await Deno.makeTempDir({ prefix: "csn-bench-" });
  try {
    await writeServed(folder, size);
    const bodies = await Promise.all(
      Array.from(
        { length: photographs },
        async (_, seed) => new Uint8Array(await photograph(seed)),
      ),
    );
    await using batched = await startService(folder, 32, options);
    await using single = await startService(folder, 1, options);
    const urls = await Promise.all([batched, single].map(urlOf));
    for (const url of urls) await load(url, bodies, 2 * clients);
    const pairs: [Load, Load][] = [];
    for (let repeat = 0; repeat < options.repeats; repeat++) {
      const [together, alone] = urls;
      pairs.push([await load(together, bodies, requests), await load(alone, bodies, requests)]);
    }
    return measures.map(([name, key, unit]) =>
      compared(
        { item: "serve", work: `${name}, ${size} px`, against: "one at a time", unit },
        pairs.map(([csn, other]) => ({ csn: csn[key], pytorch: other[key] })),
      )
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A model that learned nothing, which costs as much as another, and embeddings to search. */
async function writeServed(folder: string, imageSize: number): Promise<void> {
  const path = join(folder, "model.safetensors");
  await writeModelFile(path, {
    info: {
      ...{ kind: "model", libtorch: "2.13.0", ...benchShape, imageSize, epoch: 1, accuracy: 0 },
      normalisation: benchNormalisation,
      config: { ...defaultConfig, data: folder, notions: benchShape.notions },
    },
    tensors: initialTensors(benchShape, 1),
  });
  using model = await Model.load(path);
  const names = Array.from({ length: searched }, (_, i) => `${i}.jpg`);
  const embeddings = new EmbeddingSet({ names, vectors: randomRows(searched, 1), dimension });
  await writeEmbeddings(join(folder, "searched.safetensors"), embeddings, { masks: model.masks });
}

async function startService(
  folder: string,
  batch: number,
  { threads, placement }: BenchOptions,
): Promise<Partner> {
  const permissions = ["read", "write", "env", "ffi", "sys", "net=127.0.0.1", "run=python3,c++"];
  return await Partner.start({
    command: Deno.execPath(),
    args: [
      ...["run", "--quiet", ...permissions.map((each) => `--allow-${each}`)],
      fromFileUrl(new URL("serve_process.ts", import.meta.url)),
      JSON.stringify({ folder, batch, threads, placement }),
    ],
  });
}

async function urlOf(service: Partner): Promise<string> {
  return String((await service.ask({})).url);
}

/** Asks for the neighbours of images by a mixture. */
async function load(
  url: string,
  bodies: readonly Uint8Array<ArrayBuffer>[],
  requests: number,
): Promise<Load> {
  return await measureLoad(async (request) => {
    const answer = await fetch(`${url}/neighbours?mix=0,1=0.5`, {
      method: "POST",
      headers: { "content-type": "image/jpeg" },
      body: bodies[request % bodies.length],
    });
    const { hits, error } = await answer.json();
    if (hits?.length !== 10) throw new CsnError(`Cannot time the service: it said "${error}"`);
  }, { clients, requests });
}
