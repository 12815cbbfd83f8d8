import assert from "node:assert/strict";
import { FileLock } from "../../src/files/file_lock.ts";
import { initialTensors } from "../../src/network/initialise.ts";
import { join } from "../../src/files/paths.ts";
import { type StoredTensor, writeSafetensors } from "../../src/tensor/safetensors.ts";
import { defaultConfig, type TrainConfig } from "../../src/model/config.ts";
import { fetchImagenet, imagenet, startingTensors } from "../../src/training/pretrained.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

const config: TrainConfig = { ...defaultConfig, data: "/", notions: ["a", "b"], dimension: 8 };

/** Another network's backbone by torchvision's names, with what csn does not have. */
function weights(
  change: (tensors: Map<string, StoredTensor>) => void = () => {},
): Map<string, StoredTensor> {
  const drawn = initialTensors({ notions: ["a"], dimension: 16, variant: "fixed" }, 99);
  const tensors = new Map<string, StoredTensor>();
  for (const [name, tensor] of drawn) {
    if (name.startsWith("backbone.") && !name.includes("fc_embed")) {
      tensors.set(name.slice("backbone.".length), tensor);
    }
  }
  tensors.set("layer4.0.conv1.weight", tensors.get("layer3.0.conv1.weight")!);
  tensors.set("fc.bias", tensors.get("bn1.bias")!);
  change(tensors);
  return tensors;
}

async function start(tensors: Map<string, StoredTensor>): Promise<Map<string, StoredTensor>> {
  await using folder = await TemporaryFolder.make();
  const pretrained = join(folder.path, "weights.safetensors");
  await writeSafetensors(pretrained, tensors);
  return await startingTensors({ ...config, pretrained }, {});
}

Deno.test("startingTensors() takes the backbone from torchvision-named weights and the rest from the seed", async () => {
  const given = weights();
  const found = await start(given);
  const own = initialTensors(config, config.seed);
  assert.deepEqual([...found.keys()], [...own.keys()]);
  for (const [name, tensor] of found) {
    const expected = given.get(name.replace("backbone.", "")) ?? own.get(name);
    assert.deepEqual(tensor, expected, name);
  }
});

Deno.test("startingTensors() tolerates module. prefixes and missing num_batches_tracked", async () => {
  const plain = weights((tensors) => {
    for (const name of [...tensors.keys()]) {
      if (name.endsWith("num_batches_tracked")) tensors.delete(name);
    }
  });
  const prefixed = new Map([...plain].map(([name, tensor]) => [`module.${name}`, tensor]));
  assert.deepEqual((await start(prefixed)).get("backbone.conv1.weight"), plain.get("conv1.weight"));
});

Deno.test("startingTensors() names a weight that is missing or has another shape", async () => {
  await assert.rejects(
    start(weights((tensors) => tensors.delete("layer2.1.bn1.weight"))),
    /"layer2\.1\.bn1\.weight" is missing.*torchvision/,
  );
  await assert.rejects(
    start(weights((tensors) => tensors.set("conv1.weight", tensors.get("layer1.0.conv1.weight")!))),
    /"conv1\.weight" is float32\[64, 64, 3, 3\], it should be float32\[64, 3, 7, 7\]/,
  );
});

Deno.test("fetchImagenet() refuses what is not the pinned file and keeps nothing of it", async () => {
  await using folder = await TemporaryFolder.make();
  const before = Deno.env.get("CSN_CACHE");
  Deno.env.set("CSN_CACHE", folder.path);
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response("not weights"),
  );
  try {
    const url = `http://127.0.0.1:${server.addr.port}/model.safetensors`;
    await assert.rejects(
      fetchImagenet({ url }),
      /Cannot fetch the ImageNet weights: .*with `pretrained`.*`pretrained: "none"`/,
    );
    const name = `resnet18.tv_in1k-${imagenet.sha256.slice(0, 12)}.safetensors`;
    const left = () => [...Deno.readDirSync(folder.path)].map((entry) => entry.name);
    assert.deepEqual(left(), []);
    // Nor is a file trusted because it has the name.
    await Deno.writeTextFile(join(folder.path, name), "changed");
    await assert.rejects(fetchImagenet({ url }), /Cannot fetch the ImageNet weights/);
    assert.deepEqual(left(), []);
  } finally {
    if (before === undefined) Deno.env.delete("CSN_CACHE");
    else Deno.env.set("CSN_CACHE", before);
  }
});

Deno.test("fetchImagenet() says so when the cache cannot be written", async () => {
  await using folder = await TemporaryFolder.make();
  const before = Deno.env.get("CSN_CACHE");
  Deno.env.set("CSN_CACHE", folder.path);
  try {
    const name = `resnet18.tv_in1k-${imagenet.sha256.slice(0, 12)}.safetensors`;
    await Deno.mkdir(join(folder.path, `${name}.lock`));
    await assert.rejects(fetchImagenet(), {
      name: "CsnError",
      message: /^Cannot write to the cache .*; set CSN_CACHE to a folder that can be written/,
    });
  } finally {
    if (before === undefined) Deno.env.delete("CSN_CACHE");
    else Deno.env.set("CSN_CACHE", before);
  }
});

Deno.test("fetchImagenet() stops waiting for another process's download at the signal", async () => {
  await using folder = await TemporaryFolder.make();
  const before = Deno.env.get("CSN_CACHE");
  Deno.env.set("CSN_CACHE", folder.path);
  try {
    const name = `resnet18.tv_in1k-${imagenet.sha256.slice(0, 12)}.safetensors`;
    using _lock = await FileLock.tryTake(join(folder.path, `${name}.lock`));
    const stop = new AbortController();
    const listener = { notice: () => stop.abort(new Error("stopped")) };
    await assert.rejects(fetchImagenet({ listener, signal: stop.signal }), /^Error: stopped$/);
  } finally {
    if (before === undefined) Deno.env.delete("CSN_CACHE");
    else Deno.env.set("CSN_CACHE", before);
  }
});
