import assert from "node:assert/strict";
import { CsnError } from "../../src/errors.ts";
import { join } from "../../src/paths.ts";
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
    await writeSafetensors(path, tensors, { about: "ä test" });
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
    await writeSafetensors(path, tensors, { key: "value" });
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

function header(...offsets: [number, number][]): string {
  return JSON.stringify(
    Object.fromEntries(
      offsets.map((data_offsets, i) => [`t${i}`, { dtype: "F32", shape: [1], data_offsets }]),
    ),
  );
}
