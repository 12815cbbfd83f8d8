/** Files of tensors: any, models, embeddings. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { readSafetensors, type StoredTensors } from "../../../src/tensor/safetensors.ts";
import { defaultConfig, defaultSettings } from "../../../src/model/config.ts";
import { readModelFile } from "../../../src/model/model_file.ts";
import { readStored } from "../../../src/model/stored_embeddings.ts";
import { emptySums } from "../../../src/training/epoch_sums.ts";
import { bytesOf, type Input, type Parser } from "./parser.ts";
import { spoilt, spoiltJson } from "./spoil.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** A file of this header, written without csn. */
function fileOf(header: unknown, dataBytes: number): Bytes {
  const text = bytesOf(JSON.stringify(header));
  const whole = new Uint8Array(8 + text.length + dataBytes);
  new DataView(whole.buffer).setBigUint64(0, BigInt(text.length), true);
  whole.set(text, 8);
  for (let i = 0; i < dataBytes; i++) whole[8 + text.length + i] = i * 37;
  return whole;
}

/** Bytes of an element in the format's names. */
const sizes = { U8: 1, I16: 2, F32: 4, I64: 8, BF16: 2, BOOL: 1 } as const;

const headers = [
  {
    __metadata__: { names: '["a","b"]', stamp: "s" },
    embeddings: { dtype: "F32", shape: [2, 3], data_offsets: [0, 24] },
  },
  {
    scalar: { dtype: "I64", shape: [], data_offsets: [0, 8] },
    none: { dtype: "F32", shape: [0, 4], data_offsets: [8, 8] },
    rest: { dtype: "U8", shape: [4, 2, 2], data_offsets: [8, 24] },
  },
];

function spoiltFiles(samples: readonly unknown[]): fc.Arbitrary<Bytes> {
  return fc.oneof(
    spoiltJson(samples).map((header) => fileOf(header, 24)),
    spoilt(samples.map((header) => fileOf(header, 24))),
  );
}

function verifyTensors({ tensors, metadata }: StoredTensors, bytes: Bytes): void {
  const header = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  let sum = 0;
  for (const [name, tensor] of tensors) {
    const { dtype, shape } = tensor;
    assert.ok(
      Array.isArray(shape) && shape.every((size) => Number.isSafeInteger(size) && size >= 0),
      `shape of ${name}`,
    );
    const element = Number(/\d+/.exec(dtype)?.[0] ?? 8) / 8;
    assert.equal(tensor.bytes.length, shape.reduce((product, size) => product * size, element));
    sum += tensor.bytes.length;
  }
  assert.equal(8 + header + sum, bytes.length, "bytes that belong to no tensor");
  assert.ok(Object.values(metadata).every((value) => typeof value === "string"), "metadata");
}

/** Any file of tensors. */
export function safetensors(): Parser<StoredTensors> {
  return {
    name: "safetensors",
    file: "tensors.safetensors",
    inputs: fc.oneof(
      { arbitrary: spoiltFiles(headers).map((bytes) => ({ bytes })), weight: 4 },
      { arbitrary: rightFiles(), weight: 1 },
    ),
    read: readSafetensors,
    verify: verifyTensors,
  };
}

function rightFiles(): fc.Arbitrary<Input<StoredTensors>> {
  const names = {
    U8: "uint8",
    I16: "int16",
    F32: "float32",
    I64: "int64",
    BF16: "bfloat16",
    BOOL: "bool",
  } as const;
  const tensor = fc.record({
    name: fc.string({ minLength: 1, maxLength: 6 }).map((name) => `t${name}`),
    type: fc.constantFrom(...Object.keys(sizes) as (keyof typeof sizes)[]),
    shape: fc.array(fc.nat(3), { maxLength: 3 }),
  });
  return fc.uniqueArray(tensor, { maxLength: 4, selector: ({ name }) => name }).map((list) => {
    let end = 0;
    const placed = list.map(({ name, type, shape }) => {
      const from = end;
      end += shape.reduce((product, size) => product * size, sizes[type] as number);
      return { name, type, shape, from, to: end };
    });
    const header = placed.map(({ name, type, shape, from, to }) => [
      name,
      { dtype: type, shape, data_offsets: [from, to] },
    ]);
    const bytes = fileOf({ __metadata__: { a: "b" }, ...Object.fromEntries(header) }, end);
    const data = bytes.subarray(bytes.length - end);
    const tensors = placed.map(({ name, type, shape, from, to }) =>
      [name, { dtype: names[type], shape, bytes: data.slice(from, to) }] as const
    );
    return { bytes, right: { tensors: new Map(tensors), metadata: { a: "b" } } };
  });
}

/** What a model file says of itself; its tensors are missing, which is always said. */
export function modelInfo(): Parser<unknown> {
  const model = {
    ...{ format: 1, kind: "model", csn: "0.1.0", libtorch: "2.13.0", notions: ["a", "b"] },
    ...{ dimension: 8, variant: "learned", imageSize: 16, fit: "crop", epoch: 1, accuracy: 0.5 },
    normalisation: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
    config: { ...defaultConfig, data: "/data", notions: ["a", "b"] },
    images: { imageSize: 16, preprocessing: "p", training: "AAAAAAAA", validation: "" },
  };
  const state = {
    epoch: 1,
    steps: 3,
    bestAccuracy: -1,
    bestEpoch: 0,
    triplets: "t",
    sums: emptySums(2),
  };
  const checkpoint = { ...model, kind: "checkpoint", state, threads: 1, settings: defaultSettings };
  const fileWith = (text: string) => fileOf({ __metadata__: { csn: text } }, 0);
  return {
    name: "model info",
    file: "model_best.safetensors",
    inputs: fc.oneof(
      spoiltJson([model, checkpoint]).map((info) => fileWith(JSON.stringify(info))),
      spoilt([model, checkpoint].map((info) => bytesOf(JSON.stringify(info)))).map((bytes) =>
        fileWith(new TextDecoder().decode(bytes))
      ),
    ).map((bytes) => ({ bytes })),
    read: readModelFile,
    verify: () => assert.fail("a model without tensors was read"),
  };
}

/** Embeddings that `query` keeps. */
export function embeddings(): Parser<Awaited<ReturnType<typeof readStored>>> {
  return {
    name: "embeddings",
    file: "kept.safetensors",
    inputs: spoiltFiles(headers.slice(0, 1)).map((bytes) => ({ bytes })),
    read: readStored,
    verify: ({ embeddings: { names, vectors, dimension }, stamp }) => {
      assert.ok(Array.isArray(names) && names.every((name) => typeof name === "string"), "names");
      assert.equal(vectors.length, names.length * dimension);
      assert.equal(typeof stamp, "string");
    },
  };
}
