import assert from "node:assert/strict";
import fc from "fast-check";
import { CsnError } from "../../src/base/errors.ts";
import { join } from "../../src/files/paths.ts";
import { bytesPerElement, type DType, dtypes } from "../../src/tensor/dtype.ts";
import {
  readSafetensors,
  type StoredTensor,
  writeSafetensors,
} from "../../src/tensor/safetensors.ts";

const tensors = new Map<string, StoredTensor>([
  ["a", {
    dtype: "float32",
    shape: [2, 2],
    bytes: new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer),
  }],
  ["none", { dtype: "int64", shape: [0, 3], bytes: new Uint8Array(0) }],
  ["scalar", { dtype: "int64", shape: [], bytes: new Uint8Array(BigInt64Array.of(7n).buffer) }],
  ["ünï", { dtype: "bfloat16", shape: [3], bytes: new Uint8Array([1, 2, 3, 4, 5, 6]) }],
]);

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("writeSafetensors() and readSafetensors() keep tensors and metadata", () =>
  inFolder(async (folder) => {
    const path = join(folder, "x.safetensors");
    await writeSafetensors(path, tensors, { metadata: { about: "ä test" } });
    const found = await readSafetensors(path);
    assert.deepEqual(found.tensors, tensors);
    assert.deepEqual(found.metadata, { about: "ä test" });
  }));

Deno.test("writeSafetensors() aligns the data to 8 bytes and leaves no other file", () =>
  inFolder(async (folder) => {
    await writeSafetensors(join(folder, "x.safetensors"), tensors);
    const bytes = await Deno.readFile(join(folder, "x.safetensors"));
    assert.equal(new DataView(bytes.buffer).getBigUint64(0, true) % 8n, 0n);
    assert.deepEqual([...Deno.readDirSync(folder)].map((entry) => entry.name), ["x.safetensors"]);
  }));

Deno.test("writeSafetensors() leaves the old file when it cannot write", () =>
  inFolder(async (folder) => {
    const path = join(folder, "missing", "x.safetensors");
    await assert.rejects(writeSafetensors(path, tensors), (error) => {
      assert.ok(error instanceof CsnError);
      assert.match(error.message, /Cannot write .*x\.safetensors.*untouched/);
      return true;
    });
  }));

Deno.test("readSafetensors() refuses every truncation of a file", () =>
  inFolder(async (folder) => {
    const path = join(folder, "x.safetensors");
    await writeSafetensors(path, tensors, { metadata: { key: "value" } });
    const whole = await Deno.readFile(path);
    for (let length = 0; length < whole.length; length++) {
      await Deno.writeFile(path, whole.subarray(0, length));
      await assert.rejects(readSafetensors(path), CsnError, `of ${length} bytes`);
    }
  }));

const broken: [string, string, RegExp][] = [
  ["a header that is no JSON", "{nope", /header is no JSON/],
  ["another kind of file", "PK\x03\x04 zip", /does not begin with \{/],
  ["overlapping tensors", header([0, 4], [2, 6]), /begins at 2, not at 4/],
  ["a hole", header([0, 4], [6, 10]), /begins at 6, not at 4/],
  ["an unknown dtype", header([0, 4], [4, 8]).replace("F32", "F8_E4M3"), /F8_E4M3/],
  ["a shape that does not fit", header([0, 4], [4, 12]), /has 8 bytes, not 4/],
];

/** Headers of valid JSON that are no headers. */
const misshapen: [string, unknown, RegExp][] = [
  ["a tensor that is null", { a: null }, /tensor "a" has no dtype, shape and data_offsets/],
  ["a tensor without a shape", { a: { dtype: "F32", data_offsets: [0, 0] } }, /tensor "a" has no/],
  [
    "offsets that are texts",
    { a: { dtype: "F32", shape: [0], data_offsets: ["0", "0"] } },
    /tensor "a" has no/,
  ],
  [
    "three offsets",
    { a: { dtype: "F32", shape: [0], data_offsets: [0, 0, 0] } },
    /tensor "a" has no/,
  ],
  [
    "a fraction as size",
    { a: { dtype: "F32", shape: [0.5, 0], data_offsets: [0, 0] } },
    /tensor "a" has no/,
  ],
  ["metadata that are no texts", { __metadata__: { a: 1 } }, /holds no text under "a"/],
  ["metadata that are null", { __metadata__: null }, /its __metadata__ is no object of texts/],
];

for (const [what, content, message] of misshapen) {
  Deno.test(`readSafetensors() refuses ${what} with a message`, () =>
    inFolder(async (folder) => {
      const path = join(folder, "x.safetensors");
      const head = new TextEncoder().encode(JSON.stringify(content));
      const bytes = new Uint8Array(8 + head.length);
      new DataView(bytes.buffer).setBigUint64(0, BigInt(head.length), true);
      bytes.set(head, 8);
      await Deno.writeFile(path, bytes);
      await assert.rejects(
        readSafetensors(path),
        (error: Error) => error instanceof CsnError && message.test(error.message),
      );
    }));
}

for (const [what, text, message] of broken) {
  Deno.test(`readSafetensors() refuses ${what}`, () =>
    inFolder(async (folder) => {
      const path = join(folder, "x.safetensors");
      const head = new TextEncoder().encode(text);
      const bytes = new Uint8Array(8 + head.length + 12);
      new DataView(bytes.buffer).setBigUint64(0, BigInt(head.length), true);
      bytes.set(head, 8);
      const length = what === "a shape that does not fit"
        ? 12
        : what === "a hole"
        ? 10
        : what.startsWith("over")
        ? 6
        : 8;
      await Deno.writeFile(path, bytes.subarray(0, 8 + head.length + length));
      await assert.rejects(readSafetensors(path), message);
    }));
}

Deno.test("readSafetensors() names a file that is not there", async () => {
  await assert.rejects(
    readSafetensors("/nowhere/x.safetensors"),
    /Cannot read "\/nowhere\/x.safetensors": there is no such file/,
  );
});

/** A float32 tensor of these bytes and this shape. */
function floats(shape: number[], bytes: number): StoredTensor {
  return { dtype: "float32", shape, bytes: new Uint8Array(bytes) };
}

const one = floats([1], 4);
const unfit: [string, Map<string, StoredTensor>, unknown, RegExp][] = [
  [
    "bytes that do not fit the shape",
    new Map([["a", one], ["b", floats([2], 4)]]),
    {},
    /tensor "b" of shape \[2\] has 4 bytes, not 8; what was there before is untouched/,
  ],
  ["too many bytes", new Map([["a", floats([], 8)]]), {}, /has 8 bytes, not 4/],
  [
    "a tensor that is called __metadata__",
    new Map([["__metadata__", one]]),
    {},
    /"__metadata__" cannot name a tensor/,
  ],
  ["a size that is no whole number", new Map([["a", floats([0.5, 2], 4)]]), {}, /shape \[0\.5,2\]/],
  ["a negative size", new Map([["a", floats([-1, -1], 4)]]), {}, /shape \[-1,-1\]/],
  [
    "a dtype that there is not",
    new Map([["a", { ...one, dtype: "float8" as DType }]]),
    {},
    /tensor "a" is of dtype float8/,
  ],
  [
    "bytes that are no bytes",
    new Map([["a", { ...one, bytes: Float32Array.of(1) as unknown as Uint8Array<ArrayBuffer> }]]),
    {},
    /tensor "a" should bring its bytes as a Uint8Array/,
  ],
  ["a name with half a character", new Map([["a\ud800", one]]), {}, /is no text that UTF-8 can/],
  ["metadata with half a character", new Map(), { key: "\udc00" }, /is no text that UTF-8 can/],
  ["metadata that are no texts", new Map(), { a: "1", b: 1 }, /holds no text under "b"/],
  ["metadata without a value", new Map(), { a: undefined }, /holds no text under "a"/],
  ["metadata in a list", new Map(), ["a"], /its __metadata__ is no object of texts/],
  [
    "more names and texts than readers accept",
    new Map(),
    { long: "x".repeat(100_000_000) },
    /would take 100000\d+ bytes, readers accept 100000000/,
  ],
];

for (const [what, tensors, metadata, message] of unfit) {
  Deno.test(`writeSafetensors() refuses ${what} and leaves the old file`, () =>
    inFolder(async (folder) => {
      const path = join(folder, "x.safetensors");
      await writeSafetensors(path, new Map([["good", one]]), { metadata: { about: "before" } });
      const before = await Deno.readFile(path);
      await assert.rejects(
        writeSafetensors(path, tensors, { metadata: metadata as Record<string, string> }),
        (error: Error) => {
          assert.equal(error.name, "CsnError");
          assert.ok(error.message.startsWith(`Cannot write "${path}": `));
          assert.match(error.message, message);
          return true;
        },
      );
      assert.deepEqual(await Deno.readFile(path), before);
      assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["x.safetensors"]);
    }));
}

const storedTensors: fc.Arbitrary<StoredTensor> = fc.record({
  dtype: fc.constantFrom(...dtypes),
  shape: fc.array(fc.nat(4), { maxLength: 4 }),
  /** Most times those that fit. */
  more: fc.oneof({ weight: 20, arbitrary: fc.constant(0) }, fc.integer({ min: -3, max: 3 })),
  fill: fc.nat(255),
}).map(({ dtype, shape, more, fill }) => {
  const bytes = shape.reduce((product, size) => product * size, bytesPerElement(dtype));
  return { dtype, shape, bytes: new Uint8Array(Math.max(0, bytes + more)).fill(fill) };
});

/** Names that JavaScript's objects treat in their own way among them. */
const names = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string(),
  fc.constantFrom("__proto__", "constructor", "1", "0", "", "a/b", "\0", "__metadata__", "\ud800"),
);

Deno.test("writeSafetensors() writes what readSafetensors() gives back, or refuses and leaves the old file", () =>
  inFolder(async (folder) => {
    const path = join(folder, "x.safetensors");
    await writeSafetensors(path, new Map([["first", one]]));
    let written = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(names, storedTensors), { maxLength: 4 }),
        fc.array(fc.tuple(names, fc.oneof(names, fc.constant(1))), { maxLength: 3 }),
        async (entries, texts) => {
          const tensors = new Map(entries);
          const metadata = Object.fromEntries(texts) as Record<string, string>;
          const before = await Deno.readFile(path);
          try {
            await writeSafetensors(path, tensors, { metadata });
          } catch (error) {
            assert.ok(error instanceof CsnError);
            assert.deepEqual(await Deno.readFile(path), before);
            return;
          }
          written++;
          const found = await readSafetensors(path);
          assert.deepEqual([...found.tensors].sort(byName), [...tensors].sort(byName));
          assert.deepEqual(Object.entries(found.metadata).sort(), Object.entries(metadata).sort());
        },
      ),
      { numRuns: 300 },
    );
    // Not by refusing everything.
    assert.ok(written > 50, String(written));
  }));

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}

function header(...offsets: [number, number][]): string {
  return JSON.stringify(
    Object.fromEntries(
      offsets.map((data_offsets, i) => [`t${i}`, { dtype: "F32", shape: [1], data_offsets }]),
    ),
  );
}
