/** Zip archives. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { exists } from "../../../src/files/exists.ts";
import { dirname, join } from "../../../src/files/paths.ts";
import { unzip } from "../../../src/files/unzip.ts";
import { zip } from "../../../tests/helpers/zip.ts";
import { filesBelow } from "../../gpu/archive.ts";
import type { Input, Parser } from "./parser.ts";
import { spoilt } from "./spoil.ts";

/** Files by name. */
type Files = Readonly<Record<string, string>>;

/** Archives, whose files are whole or not there. */
export function archives(): Parser<Files> {
  const samples = [
    zip([{ name: "a/" }, { name: "a/b.txt", data: "text", deflate: true }, {
      name: "c",
      data: "x",
    }]),
    zip([{ name: "é.txt", data: "a".repeat(2000), deflate: true }]),
  ];
  const name = fc.string({ unit: fc.constantFrom(..."abcé _-"), minLength: 1, maxLength: 5 });
  const right: fc.Arbitrary<Input<Files>> = fc.dictionary(
    name.map((each) => `f${each}`),
    fc.string({ maxLength: 30 }),
    { maxKeys: 3, noNullPrototype: true },
  ).map((files) => ({
    bytes: zip(Object.entries(files).map(([name, data]) => ({ name, data, deflate: true }))),
    right: files,
  }));
  return {
    name: "zip",
    file: "archive.zip",
    inputs: fc.oneof(
      { arbitrary: spoilt(samples).map((bytes) => ({ bytes })), weight: 4 },
      { arbitrary: right, weight: 1 },
    ),
    read: async (file) => {
      const target = join(dirname(file), "unpacked");
      try {
        await unzip(file, target);
        const names = filesBelow(target);
        const texts = names.map((name) => [name, Deno.readTextFileSync(join(target, name))]);
        await Deno.remove(target, { recursive: true });
        return Object.fromEntries(texts);
      } catch (error) {
        assert.ok(!await exists(target), "half an archive was unpacked");
        throw error;
      } finally {
        assert.ok(!await exists(`${target}.part`), "a .part was left");
      }
    },
    verify: (files) => {
      // A byte that is not covered by a checksum may change names, never contents.
      const known = ["text", "x", "a".repeat(2000), ""];
      assert.ok(Object.values(files).every((content) => known.includes(content)));
    },
  };
}
