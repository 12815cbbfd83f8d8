import assert from "node:assert/strict";
import { EmbeddingMatrix } from "../../src/search/embedding_matrix.ts";
import { mapMatrix } from "../../src/search/mapped_matrix.ts";
import { scan } from "../../src/search/scan.ts";
import { join } from "../../src/files/paths.ts";
import { readSafetensors, writeSafetensors } from "../../src/tensor/safetensors.ts";
import { readEmbeddings, writeEmbeddings } from "../../src/model/embedding_file.ts";
import { readStored, writeStored } from "../../src/model/stored_embeddings.ts";
import { EmbeddingSet } from "../../src/model/embedding_set.ts";
import { Model } from "../../src/model/model.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinyModel } from "../helpers/tiny_model.ts";

/** Names that need care in text, and numbers that have no short decimal form. */
const names = ["a.png", 'with "quotes", a comma.png', "ünïcode/图.png"];
const vectors = Float32Array.from({ length: 24 }, (_, i) => (i - 11) / 7);
// A view into a larger buffer: only its own part may be written.
const surrounded = new Float32Array(40);
surrounded.set(vectors, 8);
const embeddings = new EmbeddingSet({ names, vectors: surrounded.subarray(8, 32), dimension: 8 });

async function withModel(test: (folder: string, model: Model) => Promise<void>): Promise<void> {
  await using folder = await TemporaryFolder.make();
  using model = await Model.load(await writeTinyModel(folder.path));
  await test(folder.path, model);
}

/** A parser of NumPy's format 1.0, after its description (numpy/lib/format.py). */
function parseNpy(bytes: Uint8Array): { shape: number[]; values: Float32Array } {
  assert.deepEqual([...bytes.subarray(0, 8)], [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  const length = bytes[8] + 256 * bytes[9];
  const header = new TextDecoder().decode(bytes.subarray(10, 10 + length));
  const match = /^\{'descr': '<f4', 'fortran_order': False, 'shape': \((\d+), (\d+)\), \} *\n$/
    .exec(header);
  assert.ok(match, header);
  assert.equal((10 + length) % 64, 0);
  return {
    shape: [Number(match[1]), Number(match[2])],
    values: new Float32Array(bytes.slice(10 + length).buffer),
  };
}

Deno.test("writeEmbeddings() writes .npy that reads back, with the names beside it", () =>
  withModel(async (folder, model) => {
    const path = join(folder, "out.npy");
    await writeEmbeddings(path, embeddings, { masks: model.masks });
    const { shape, values } = parseNpy(await Deno.readFile(path));
    assert.deepEqual(shape, [3, 8]);
    assert.deepEqual(values, vectors);
    assert.deepEqual((await Deno.readTextFile(`${path}.names.txt`)).split("\n"), [...names, ""]);
  }));

Deno.test("writeEmbeddings() writes .jsonl, one name and embedding a line, exact to the bit", () =>
  withModel(async (folder, model) => {
    const path = join(folder, "out.jsonl");
    await writeEmbeddings(path, embeddings, { masks: model.masks });
    const lines = (await Deno.readTextFile(path)).trimEnd().split("\n").map((line) =>
      JSON.parse(line)
    );
    assert.deepEqual(lines.map(({ name }) => name), names);
    assert.deepEqual(Float32Array.from(lines.flatMap(({ embedding }) => embedding)), vectors);
  }));

Deno.test("writeEmbeddings() writes .safetensors with the masks", () =>
  withModel(async (folder, model) => {
    const path = join(folder, "out.safetensors");
    await writeEmbeddings(path, embeddings, { masks: model.masks });
    const { tensors, metadata } = await readSafetensors(path);
    assert.deepEqual(JSON.parse(metadata.notions), ["shape", "colour"]);
    assert.deepEqual(
      [...new Float32Array(tensors.get("masks")!.bytes.buffer)],
      [1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1],
    );
  }));

for (const ending of ["npy", "safetensors", "jsonl"]) {
  Deno.test(`readEmbeddings() gives back from .${ending} what writeEmbeddings() wrote, to the bit`, () =>
    withModel(async (folder, model) => {
      const path = join(folder, `out.${ending}`);
      await writeEmbeddings(path, embeddings, { masks: model.masks });
      const { embeddings: found, masks } = await readEmbeddings(path);
      assert.deepEqual([found.names, found.vectors, found.dimension], [names, vectors, 8]);
      assert.deepEqual(masks, ending === "safetensors" ? model.masks : new Map());
      const [nearest] = found.nearest(vectors.subarray(8, 16), model.mask("shape"), { k: 1 });
      assert.deepEqual([nearest.name, nearest.index], [names[1], 1]);
    }));
}

Deno.test("writeEmbeddings() needs no model", async () => {
  await using folder = await TemporaryFolder.make();
  const path = join(folder.path, "plain.safetensors");
  await writeEmbeddings(path, embeddings);
  const { embeddings: found, masks } = await readEmbeddings(path);
  assert.deepEqual([found.vectors, masks.size], [vectors, 0]);
});

Deno.test("readEmbeddings() says what is wrong with a file, and with which", async () => {
  await using folder = await TemporaryFolder.make();
  const file = (name: string) => join(folder.path, name);
  await writeEmbeddings(file("whole.npy"), embeddings);
  const whole = await Deno.readFile(file("whole.npy"));
  const cases: [string, string | Uint8Array, RegExp][] = [
    ["a.csv", "", /a\.csv": its ending says no format/],
    ["text.npy", "name", /text\.npy": it does not begin as a file of NumPy's format/],
    ["cut.npy", whole.subarray(0, -4), /it has 92 bytes of data, a matrix \[3, 8\] has 96/],
    ["nameless.npy", whole, /nameless\.npy\.names\.txt, with its names: there is no such file/],
    ["doubles.npy", replaced(whole, "<f4", "<f8"), /'<f8'.*not a matrix of float32 in C order/],
    ["empty.jsonl", "", /empty\.jsonl": it holds none/],
    ["cut.jsonl", '{"name": "a", "embed', /its last line is cut short/],
    ["text.jsonl", "a\n", /line 1 is no JSON/],
    [
      "other.jsonl",
      '{"name": 1, "embedding": []}\n',
      /line 1 is \{"name":1,"embedding":\[\]\}, not/,
    ],
    [
      "odd.jsonl",
      '{"name": "a", "embedding": [1, 2]}\n{"name": "b", "embedding": [1]}\n',
      /line 2 has 1 dimensions, line 1 has 2/,
    ],
  ];
  for (const [name, content, message] of cases) {
    await Deno.writeFile(
      file(name),
      typeof content === "string" ? new TextEncoder().encode(content) : content,
    );
    await assert.rejects(readEmbeddings(file(name)), message);
  }
  await Deno.writeTextFile(file("nameless.npy.names.txt"), "a\nb\n");
  await assert.rejects(readEmbeddings(file("nameless.npy")), /it has 3 of them, .* has 2 names/);
  for (const ending of ["npy", "jsonl", "safetensors"]) {
    await assert.rejects(
      readEmbeddings(file(`no.${ending}`)),
      /no\.\w+.*(no such file|not found)/i,
    );
  }
});

/** Bytes with one piece of text in the place of another. */
function replaced(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const text = new TextDecoder("latin1").decode(bytes);
  const copy = bytes.slice();
  copy.set(new TextEncoder().encode(to), text.indexOf(from));
  return copy;
}

Deno.test("writeStored() keeps the stamp that it is given", () =>
  withModel(async (folder, model) => {
    const path = join(folder, "kept.safetensors");
    await writeStored(path, embeddings, { masks: model.masks, stamp: "the same images" });
    assert.equal((await readStored(path)).stamp, "the same images");
  }));

Deno.test("writeEmbeddings() refuses an ending it does not know and writes nothing", () =>
  withModel(async (folder, model) => {
    for (const name of ["out.parquet", "out", "out.NPY.gz"]) {
      await assert.rejects(
        writeEmbeddings(join(folder, name), embeddings, { masks: model.masks }),
        /its ending says no format; end it with \.npy, \.safetensors, \.jsonl/,
      );
    }
    assert.deepEqual([...Deno.readDirSync(folder)].map((entry) => entry.name), [
      "model.safetensors",
    ]);
  }));

Deno.test("writeEmbeddings() refuses what a format cannot hold and leaves the files that were there", () =>
  withModel(async (folder, model) => {
    const [npy, jsonl] = [join(folder, "out.npy"), join(folder, "out.jsonl")];
    for (const path of [npy, jsonl]) {
      await writeEmbeddings(path, embeddings, { masks: model.masks });
    }
    const before = await Promise.all(
      [npy, `${npy}.names.txt`, jsonl].map((path) => Deno.readFile(path)),
    );
    for (const name of ["a\nb.png", "a\rb.png", "\ud800.png"]) {
      await assert.rejects(
        writeEmbeddings(
          npy,
          new EmbeddingSet({ names: [name], vectors: new Float32Array(8), dimension: 8 }),
          { masks: model.masks, overwrite: true },
        ),
        /the name ".*" does not fit a line of text; end the file with \.safetensors or \.jsonl/,
      );
    }
    for (const value of [NaN, Infinity]) {
      const broken = Float32Array.from({ length: 16 }, (_, i) => i === 11 ? value : i);
      await assert.rejects(
        writeEmbeddings(
          jsonl,
          new EmbeddingSet({ names: ["a.png", "b.png"], vectors: broken, dimension: 8 }),
          { masks: model.masks, overwrite: true },
        ),
        /that of "b\.png" holds (NaN|Infinity), which JSON has no number for; end the file with/,
      );
    }
    assert.deepEqual(
      await Promise.all([npy, `${npy}.names.txt`, jsonl].map((path) => Deno.readFile(path))),
      before,
    );
    // The other formats hold them.
    const line = new EmbeddingSet({
      names: ["a\nb.png"],
      vectors: new Float32Array(8),
      dimension: 8,
    });
    await writeEmbeddings(jsonl, line, { masks: model.masks, overwrite: true });
    assert.equal(JSON.parse(await Deno.readTextFile(jsonl)).name, "a\nb.png");
  }));

Deno.test("writeEmbeddings() replaces a file that csn did not write only with overwrite", () =>
  withModel(async (folder, model) => {
    for (const name of ["a.npy", "b.jsonl", "c.safetensors", "d.npy.names.txt"]) {
      const file = join(folder, name);
      const path = file.replace(".names.txt", "");
      await Deno.writeTextFile(file, "mine");
      await assert.rejects(
        writeEmbeddings(path, embeddings, { masks: model.masks }),
        /a file lies there that does not say csn wrote it; .*or replace it with `overwrite: true`/,
      );
      assert.equal(await Deno.readTextFile(file), "mine");
      await writeEmbeddings(path, embeddings, { masks: model.masks, overwrite: true });
      assert.notEqual(await Deno.readTextFile(file), "mine");
    }
    // A .safetensors says that it is csn's.
    await writeEmbeddings(join(folder, "c.safetensors"), embeddings, { masks: model.masks });
  }));

Deno.test("writeEmbeddings() says which file cannot be written, and leaves nothing half", () =>
  withModel(async (folder, model) => {
    for (const ending of ["npy", "safetensors", "jsonl"]) {
      const path = join(folder, "nowhere", `out.${ending}`);
      await assert.rejects(
        writeEmbeddings(path, embeddings, { masks: model.masks }),
        (error: Error) => error.name === "CsnError" && error.message.includes(path),
      );
    }
    assert.equal([...Deno.readDirSync(folder)].length, 1);
  }));

Deno.test("readStored() refuses a file without embeddings, or with other ones than it says", () =>
  withModel(async (folder, model) => {
    await assert.rejects(
      readStored(model.path),
      /it holds none; write them anew with `writeEmbeddings\(\)`/,
    );
    const path = join(folder, "wrong.safetensors");
    const stored = (dtype: "float32" | "float64", shape: number[]) =>
      writeSafetensors(
        path,
        new Map([["embeddings", {
          dtype,
          shape,
          bytes: new Uint8Array(shape.reduce((a, b) => a * b, dtype === "float32" ? 4 : 8)),
        }]]),
        { metadata: { names: '["a"]' } },
      );
    await stored("float64", [1, 8]);
    await assert.rejects(readStored(path), /wrong\.safetensors.*float64\[1, 8\].*float32/);
    await stored("float32", [8]);
    await assert.rejects(readStored(path), /wrong\.safetensors.*float32\[8\]/);
    await writeSafetensors(
      path,
      new Map([["embeddings", { dtype: "float32", shape: [1, 2], bytes: new Uint8Array(8) }]]),
      { metadata: { names: "a" } },
    );
    await assert.rejects(readStored(path), { name: "CsnError" });
  }));

for (
  const [what, names, line] of [
    ["no list", '{"a": 1}', /their names are \{"a":1\}, not a list of texts/],
    ["numbers", "[1, 2, 3]", /their names are \[1,2,3\], not a list of texts/],
    ["too few", '["a"]', /kept\.safetensors": it has 3 of them and 1 names/],
  ] as const
) {
  Deno.test(`readStored() refuses names that are ${what}`, () =>
    withModel(async (folder, model) => {
      const path = join(folder, "kept.safetensors");
      await writeStored(path, embeddings, { masks: model.masks });
      // As an older csn wrote it: without a checksum.
      const { tensors, metadata: { crc32: _, ...metadata } } = await readSafetensors(path);
      await writeSafetensors(path, tensors, { metadata: { ...metadata, names } });
      await assert.rejects(readStored(path), { name: "CsnError", message: line });
    }));
}

Deno.test("writeEmbeddings() of float16, and with int8 codes, gives files that are read and mapped", async () => {
  await using folder = await TemporaryFolder.make();
  const vectors = Float32Array.from({ length: 40 * 6 }, (_, i) => Math.sin(i * i) * 3);
  const names = Array.from({ length: 40 }, (_, i) => `${i}.png`);
  const set = new EmbeddingSet({ names, vectors, dimension: 6 });
  const rounded = Float32Array.from(Float16Array.from(vectors));
  const weights = Float64Array.of(1, 2, 0, 1, 0.5, 3);
  const query = vectors.slice(0, 6);
  for (const dtype of ["float32", "float16"] as const) {
    const exact = dtype === "float16" ? rounded : vectors;
    using memory = EmbeddingMatrix.of(exact, 6);
    const expected = await scan(memory, query, { weights });
    for (const codes of [false, true]) {
      const path = join(folder.path, `${dtype}-${codes}.safetensors`);
      await writeEmbeddings(path, set, { dtype, codes });
      const { embeddings } = await readEmbeddings(path);
      assert.deepEqual(embeddings.vectors, exact);
      assert.deepEqual(embeddings.names, names);
      using mapped = await mapMatrix(path);
      assert.equal(mapped.parts().codes !== null, codes);
      assert.deepEqual(await scan(mapped, query, { weights }), expected);
    }
  }
});

Deno.test("writeEmbeddings() refuses numbers and formats that float16 and codes do not fit", async () => {
  await using folder = await TemporaryFolder.make();
  const vectors = Float32Array.of(1, 2, 3, 70_000);
  const set = new EmbeddingSet({ names: ["a", "b"], vectors, dimension: 2 });
  const path = join(folder.path, "x.safetensors");
  await assert.rejects(
    writeEmbeddings(path, set, { dtype: "float16" }),
    /as float16: number 1 holds 70000, and float16 ends at 65,504; write them as float32/,
  );
  await assert.rejects(
    writeEmbeddings(join(folder.path, "x.npy"), set, { codes: true }),
    /x\.npy" with codes: \.npy holds float32 alone; end the file with \.safetensors/,
  );
  vectors[3] = NaN;
  await assert.rejects(writeEmbeddings(path, set, { codes: true }), /number 1 holds NaN/);
  await writeEmbeddings(path, set, { dtype: "float16" });
  assert.ok(Number.isNaN((await readEmbeddings(path)).embeddings.vectors[3]));
});
