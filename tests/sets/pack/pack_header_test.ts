import assert from "node:assert/strict";
import { type PackHeader, readHeader } from "../../../src/sets/pack/pack_header.ts";
import { join } from "../../../src/files/paths.ts";
import { TemporaryFolder } from "../../helpers/temporary_folder.ts";

const header: PackHeader = {
  ...{ format: 1, imageSize: 16, count: 3, done: 3, preprocessing: "p", names: "n", contents: "c" },
  ...{ identity: "i", bytes: "b", unreadable: [{ image: 1, file: "f", reason: "r" }] },
};

const survey = {
  ...{ names: "n", contents: "c", identity: "i" },
  missing: new Set<number>(),
  elsewhere: new Map<number, string>(),
};

for (
  const [what, unreadable] of [
    ["null", null],
    ["nothing", [null]],
    ["an image that is not there", [{ image: 3, file: "f", reason: "r" }]],
    ["an image without a reason", [{ image: 1, file: "f" }]],
  ] as const
) {
  Deno.test(`readHeader() takes a header whose unreadable images are ${what} for none`, async () => {
    await using folder = await TemporaryFolder.make();
    const file = join(folder.path, "16.pack.json");
    await Deno.writeTextFile(file, JSON.stringify(header));
    assert.deepEqual(await readHeader(file, header, survey), header);
    const old = { ...header, identity: undefined, unreadable };
    await Deno.writeTextFile(file, JSON.stringify(old));
    assert.equal(await readHeader(file, header, survey), null);
  });
}

for (
  const [what, other] of [
    ["format", { format: 2 }],
    ["size", { imageSize: 8 }],
    ["number of images", { count: 4 }],
    ["way of decoding", { preprocessing: "q" }],
    ["list of files", { names: "m" }],
    ["state of the files", { contents: "d" }],
  ] as const
) {
  Deno.test(`readHeader() takes a header of another ${what} for none`, async () => {
    await using folder = await TemporaryFolder.make();
    const file = join(folder.path, "16.pack.json");
    await Deno.writeTextFile(file, JSON.stringify({ ...header, ...other }));
    assert.equal(await readHeader(file, header, survey), null);
  });
}

for (const done of [-1, 1.5, 4, "3", null]) {
  Deno.test(`readHeader() takes a header that says ${done} images are done for none`, async () => {
    await using folder = await TemporaryFolder.make();
    const file = join(folder.path, "16.pack.json");
    await Deno.writeTextFile(file, JSON.stringify({ ...header, done }));
    assert.equal(await readHeader(file, header, survey), null);
  });
}
