import assert from "node:assert/strict";
import { join } from "../../src/files/paths.ts";
import { mapMatrix } from "../../src/search/mapped_matrix.ts";
import { type StoredTensor, writeSafetensors } from "../../src/tensor/safetensors.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

Deno.test("mapMatrix() refuses files that it cannot search, and says why", async () => {
  await using folder = await TemporaryFolder.make();
  const path = join(folder.path, "odd.safetensors");
  const ints = { dtype: "int32", shape: [1, 2], bytes: new Uint8Array(8) } as const;
  const floats = { ...ints, dtype: "float32" } as const;
  const codes = { dtype: "int8", shape: [1, 3], bytes: new Uint8Array(3) } as const;
  const cases: [Record<string, StoredTensor>, RegExp][] = [
    [{ other: floats }, /it holds no embeddings/],
    [{ embeddings: ints }, /are int32\[1, 2\], they should be a matrix of float32 or float16/],
    [
      { embeddings: floats, codes },
      /its codes are int8\[1, 3\] and their scales none, they should/,
    ],
  ];
  for (const [tensors, message] of cases) {
    await writeSafetensors(path, new Map(Object.entries(tensors)));
    await assert.rejects(mapMatrix(path), { message });
  }
  const whole = await Deno.readFile(path);
  await Deno.writeFile(path, whole.subarray(0, whole.length - 1));
  await assert.rejects(mapMatrix(path), /it is no whole safetensors file/);
  await assert.rejects(mapMatrix(`${path}.none`), /there is no such file/);
});
