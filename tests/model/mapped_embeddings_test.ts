import assert from "node:assert/strict";
import { join } from "../../src/files/paths.ts";
import { readEmbeddings, writeEmbeddings } from "../../src/model/embedding_file.ts";
import { EmbeddingSet } from "../../src/model/embedding_set.ts";
import { MappedEmbeddings } from "../../src/model/mapped_embeddings.ts";
import { storedNames } from "../../src/model/stored_names.ts";
import { liveTensors } from "../../src/native/library.ts";
import { notionScales } from "../../src/search/balance.ts";
import { search, type SearchOptions } from "../../src/search/search.ts";
import { searchAsync } from "../../src/search/search_async.ts";
import type { Criterion } from "../../src/search/mixture.ts";
import { readSafetensors, writeSafetensors } from "../../src/tensor/safetensors.ts";
import { randomEmbeddings } from "../helpers/random_embeddings.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

const dimension = 24;
const masks = new Map([
  ["heel", Float32Array.from({ length: dimension }, (_, d) => d < 12 ? 1 + d / 10 : 0)],
  ["colour", Float32Array.from({ length: dimension }, (_, d) => d < 8 ? 0 : 0.5)],
]);

/** Embeddings, some rows of NaN among them. */
function some(count: number): EmbeddingSet {
  const { names, vectors } = randomEmbeddings(count, dimension);
  for (const row of [3, count - 1]) vectors.fill(NaN, row * dimension, (row + 1) * dimension);
  return new EmbeddingSet({ names, vectors, dimension });
}

const asked: readonly (SearchOptions & Criterion)[] = [
  { notion: "heel" },
  { mix: { heel: 0.7, colour: 0.3 }, k: 40 },
  { mix: { heel: 1, colour: 2 }, raw: true },
  { like: { heel: 1 }, unlike: { colour: 0.5 } },
  { mix: { colour: 1, heel: 1 }, where: (index) => index % 3 === 1 },
  { notion: "colour", combine: "all" },
];

for (const count of [50, 5_000]) {
  for (const kind of [{}, { dtype: "float16" }, { codes: true }] as const) {
    Deno.test(`search() and searchAsync() of ${count} mapped embeddings find what they find in memory, written with ${JSON.stringify(kind)}`, async () => {
      await using folder = await TemporaryFolder.make();
      const path = join(folder.path, "all.safetensors");
      await writeEmbeddings(path, some(count), { masks, ...kind });
      const { embeddings } = await readEmbeddings(path);
      const before = liveTensors();
      {
        using mapped = await MappedEmbeddings.open(path);
        assert.deepEqual([mapped.count, mapped.dimension], [count, dimension]);
        assert.deepEqual(mapped.masks, masks);
        assert.deepEqual(mapped.read(), embeddings);
        assert.deepEqual(notionScales(mapped, masks), notionScales(embeddings, masks));
        const queries = new EmbeddingSet({
          names: ["a", "b"],
          vectors: embeddings.vectors.slice(0, 2 * dimension),
          dimension,
        });
        for (const options of asked) {
          const query = options.combine === undefined ? embeddings.at(1) : queries;
          const expected = search(query, embeddings, { ...options, masks });
          assert.ok(expected.hits.length > 0);
          assert.deepEqual(search(query, mapped, { ...options, masks }), expected);
          assert.deepEqual(await searchAsync(query, mapped, { ...options, masks }), expected);
        }
      }
      assert.equal(liveTensors(), before);
    });
  }
}

Deno.test("MappedEmbeddings names rows from bytes that are mapped where there are many names, as readEmbeddings() does", async () => {
  await using folder = await TemporaryFolder.make();
  const path = join(folder.path, "all.safetensors");
  const names = ["a.png", "", "ünïcode/图.png", "😀", "a.png", "last"];
  const { vectors } = randomEmbeddings(names.length, dimension);
  await writeEmbeddings(path, new EmbeddingSet({ names, vectors, dimension }));
  const { tensors, metadata: { crc32: _, ...metadata } } = await readSafetensors(path);
  const stored = storedNames(names, 3);
  assert.equal(stored.text, "[]");
  await writeSafetensors(path, new Map([...tensors, ...stored.tensors]), {
    metadata: { ...metadata, names: stored.text },
  });
  using mapped = await MappedEmbeddings.open(path);
  assert.deepEqual(names.map((_, row) => mapped.nameOf(row)), names);
  assert.deepEqual((await readEmbeddings(path)).embeddings.names, names);
});

Deno.test("readEmbeddings() and MappedEmbeddings.open() refuse a file of which any byte was flipped", async () => {
  await using folder = await TemporaryFolder.make();
  const path = join(folder.path, "all.safetensors");
  await writeEmbeddings(path, some(20), { masks, dtype: "float16" });
  const whole = await Deno.readFile(path);
  const header = 8 + Number(new DataView(whole.buffer).getBigUint64(0, true));
  const name = new TextDecoder("latin1").decode(whole).indexOf("12\\");
  assert.ok(name > 0 && name < header);
  for (const at of [header, header + 999, whole.length - 1, name, name + 1]) {
    const flipped = whole.slice();
    flipped[at] ^= 1;
    await Deno.writeFile(path, flipped);
    const damaged =
      /^CsnError: Cannot read embeddings from ".*all\.safetensors": it is damaged, because its bytes are not those that were written \(their CRC-32 is [0-9a-f]{8}, it was [0-9a-f]{8}\); write them anew with `writeEmbeddings\(\)`$/;
    await assert.rejects(readEmbeddings(path), damaged);
    await assert.rejects(MappedEmbeddings.open(path), damaged);
  }
});

Deno.test("readEmbeddings() and MappedEmbeddings.open() refuse what is cut short, empty or something else, and read files of an older csn", async () => {
  await using folder = await TemporaryFolder.make();
  const path = join(folder.path, "all.safetensors");
  await writeEmbeddings(path, some(20), { masks });
  const whole = await Deno.readFile(path);
  const { tensors, metadata: { crc32: _, ...older } } = await readSafetensors(path);
  const cases: [string, Uint8Array, RegExp][] = [
    ["cut", whole.subarray(0, -1), /its tensors take \d+ bytes, \d+ are there; it is no whole/],
    ["head", whole.subarray(0, 40), /its header should be \d+ bytes long, the file has 40/],
    ["empty", new Uint8Array(), /it has 0 bytes, too few for a header/],
    ["text", new TextEncoder().encode("name,embedding\n"), /it is no whole safetensors file/],
  ];
  for (const [name, bytes, message] of cases) {
    const file = join(folder.path, `${name}.safetensors`);
    await Deno.writeFile(file, bytes);
    await assert.rejects(readEmbeddings(file), message);
    await assert.rejects(MappedEmbeddings.open(file), message);
  }
  const before = liveTensors();
  await writeSafetensors(path, tensors, { metadata: { ...older, names: '["one"]' } });
  await assert.rejects(MappedEmbeddings.open(path), /it has 20 of them and 1 names/);
  await writeSafetensors(path, new Map([["other", tensors.get("masks")!]]));
  await assert.rejects(MappedEmbeddings.open(path), /it holds none/);
  assert.equal(liveTensors(), before);
  await writeSafetensors(path, tensors, { metadata: older });
  using mapped = await MappedEmbeddings.open(path);
  assert.deepEqual(mapped.read(), (await readEmbeddings(path)).embeddings);
});

Deno.test("MappedEmbeddings.open() opens a file without embeddings, in which nothing is found", async () => {
  await using folder = await TemporaryFolder.make();
  const path = join(folder.path, "none.safetensors");
  await writeEmbeddings(
    path,
    new EmbeddingSet({ names: [], vectors: new Float32Array(), dimension }),
  );
  using mapped = await MappedEmbeddings.open(path);
  const query = new Float32Array(dimension);
  assert.deepEqual((await searchAsync(query, mapped, { notion: "heel", masks })).hits, []);
});
