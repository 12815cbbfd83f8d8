/** What holds of every set that is made from a random table. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { openImageSet, splits } from "../../../src/sets/image_set.ts";
import { makeTriplets, type MakeTripletsOptions } from "../../../src/sets/make/make_triplets.ts";
import type { ColumnRule } from "../../../src/sets/make/notions/rule.ts";
import { readSetValues } from "../../../src/sets/set_values.ts";
import { CsnError } from "../../../src/base/errors.ts";
import { join } from "../../../src/files/paths.ts";
import {
  readAttributes,
  readTriplets,
  setTexts,
  writeEmptyImages,
} from "../../helpers/table_set.ts";
import { TemporaryFolder } from "../../helpers/temporary_folder.ts";

const most = 90;

/** The notions, and by naive means whether two cells are alike or unlike. */
const notions: Record<string, {
  readonly rule: ColumnRule;
  readonly cell: fc.Arbitrary<string>;
  readonly relation: (a: string, b: string) => "alike" | "unlike" | "neither";
}> = {
  shape: {
    rule: { type: "categorical" },
    cell: fc.constantFrom("", "round", "square", "long"),
    relation: (a, b) => a === b ? "alike" : "unlike",
  },
  tags: {
    rule: { type: "multi", separator: ";" },
    cell: fc.subarray(["a", "b", "c", "d"]).map((values) => values.join(";")),
    relation: (a, b) => {
      const others = b.split(";");
      return a.split(";").some((value) => others.includes(value)) ? "alike" : "unlike";
    },
  },
  size: {
    rule: { type: "ordinal", order: ["s", "m", "l", "xl"], alike: 0, unlike: 2 },
    cell: fc.constantFrom("", "s", "m", "l", "xl"),
    relation: (a, b) => {
      const order = ["s", "m", "l", "xl"];
      const steps = Math.abs(order.indexOf(a) - order.indexOf(b));
      return steps === 0 ? "alike" : steps >= 2 ? "unlike" : "neither";
    },
  },
  heel: {
    rule: { type: "numeric", alike: 1, unlike: 2.5 },
    cell: fc.oneof(fc.constant(""), fc.integer({ min: 0, max: 24 }).map((n) => String(n / 4))),
    relation: (a, b) => {
      const apart = Math.abs(Number(a) - Number(b));
      return apart <= 1 ? "alike" : apart >= 2.5 ? "unlike" : "neither";
    },
  },
};

const names = Object.keys(notions);

const table = fc.record({
  rows: fc.array(
    fc.tuple(...names.map((name) => notions[name].cell), fc.integer({ min: 0, max: 25 })),
    {
      minLength: 60,
      maxLength: most,
    },
  ),
  seed: fc.nat(1000),
  sampling: fc.constantFrom("balanced" as const, "uniform" as const),
  grouped: fc.boolean(),
  count: fc.integer({ min: 1, max: 400 }),
});

type Case = typeof table extends fc.Arbitrary<infer T> ? T : never;

/** Makes a set, null when the table has too little in it for one. */
async function make(
  folder: string,
  out: string,
  { rows, seed, sampling, grouped, count }: Case,
): Promise<string | null> {
  const file = join(folder, "table.csv");
  const lines = rows.map((row, image) => [`${image}.jpg`, ...row].join(","));
  await Deno.writeTextFile(file, [["image", ...names, "brand"].join(","), ...lines, ""].join("\n"));
  const options: MakeTripletsOptions = {
    images: join(folder, "images"),
    attributes: file,
    rules: Object.fromEntries(names.map((name) => [name, notions[name].rule])),
    groupColumn: grouped ? "brand" : undefined,
    shares: { train: 50, val: 25, test: 25 },
    triplets: { train: count, val: count, test: count },
    overwrite: true,
    name: "random",
    seed,
    sampling,
  };
  try {
    await makeTriplets(join(folder, out), options);
    return join(folder, out);
  } catch (error) {
    if (
      error instanceof CsnError &&
      /Cannot (draw triplets|split|make the notion)/.test(error.message)
    ) {
      return null;
    }
    throw error;
  }
}

Deno.test("makeTriplets(): every triplet obeys its rule, none comes twice or contradicts, splits share no image or group", async () => {
  await using folder = await TemporaryFolder.make();
  await writeEmptyImages(join(folder.path, "images"), most);
  let made = 0;
  await fc.assert(
    fc.asyncProperty(table, async (given) => {
      const set = await make(folder.path, "set", given);
      if (set === null) return;
      made++;
      const rows = await readAttributes(set);
      assert.deepEqual(rows.map(({ file }) => file), given.rows.map((_, image) => `${image}.jpg`));
      if (given.grouped) {
        const splitOf = new Map<unknown, string>();
        rows.forEach(({ split }, image) => {
          const group = given.rows[image].at(-1);
          assert.equal(splitOf.get(group) ?? split, split);
          splitOf.set(group, split);
        });
      }
      for (const [column, name] of names.entries()) {
        for (const split of splits) {
          const seen = new Set<string>();
          for (const [anchor, far, near] of await readTriplets(set, name, split, rows.length)) {
            // Cells as they were given, not as the set spells them.
            const [a, b, c] = [anchor, far, near].map((image) => String(given.rows[image][column]));
            assert.ok(a !== "" && b !== "" && c !== "" && anchor !== near);
            assert.equal(notions[name].relation(a, c), "alike", `${name}: ${a} ${c}`);
            assert.equal(notions[name].relation(a, b), "unlike", `${name}: ${a} ${b}`);
            for (const image of [anchor, far, near]) assert.equal(rows[image].split, split);
            assert.ok(!seen.has(`${anchor} ${far} ${near}`), "twice");
            assert.ok(!seen.has(`${anchor} ${near} ${far}`), "contradiction");
            seen.add(`${anchor} ${far} ${near}`);
          }
        }
      }
    }),
    { numRuns: 40, seed: 1 },
  );
  assert.ok(made >= 20, `only ${made} tables gave a set`);
});

Deno.test("makeTriplets(): a list is short only when there are no more triplets", async () => {
  await using folder = await TemporaryFolder.make();
  await writeEmptyImages(join(folder.path, "images"), most);
  await fc.assert(
    fc.asyncProperty(table, async (given) => {
      const set = await make(folder.path, "set", given);
      if (set === null) return;
      const rows = await readAttributes(set);
      for (const [column, name] of names.entries()) {
        for (const split of splits) {
          const drawn = await readTriplets(set, name, split, rows.length);
          if (drawn.length === given.count) continue;
          const known = rows.keys().filter((image) =>
            rows[image].split === split && rows[image][name] !== ""
          ).toArray();
          const cell = (image: number) => String(given.rows[image][column]);
          const relation = (a: number, b: number) => notions[name].relation(cell(a), cell(b));
          let possible = 0;
          for (const anchor of known) {
            const alike = known.filter((image) =>
              image !== anchor && relation(anchor, image) === "alike"
            );
            const unlike = known.filter((image) => relation(anchor, image) === "unlike");
            // A value that nothing is like on its other side is left out, so this is the most there can be.
            possible += alike.length * unlike.length;
          }
          assert.ok(drawn.length <= possible);
          if (name === "tags") assert.equal(drawn.length, possible);
        }
      }
    }),
    { numRuns: 15, seed: 2 },
  );
});

Deno.test("makeTriplets(): the same seed gives the same bytes, another seed others", async () => {
  await using folder = await TemporaryFolder.make();
  await writeEmptyImages(join(folder.path, "images"), most);
  await fc.assert(
    fc.asyncProperty(table, async (given) => {
      const set = await make(folder.path, "one", given);
      if (set === null) return;
      const again = await make(folder.path, "again", given);
      assert.deepEqual(await setTexts(again!, names), await setTexts(set, names));
      const other = await make(folder.path, "again", { ...given, seed: given.seed + 1 });
      if (other === null) return;
      const [before, after] = [await setTexts(set, names), await setTexts(other, names)];
      assert.notEqual(after.get("attributes.csv"), before.get("attributes.csv"));
    }),
    { numRuns: 15, seed: 3 },
  );
});

/** Texts with all that parts, quotes, ends or means nothing in some format. */
const wildText = fc.oneof(
  fc.constantFrom("a", "b", "A", "Tops; Tees", "x|y", "1,5", "007", "7", "1e3", "['q']", "&amp;"),
  fc.string({ unit: fc.constantFrom(..."abAB;|,/\"' \u00a0\n{}[]\\&"), maxLength: 4 }),
).map((text) => text.trim()).filter((text) => !unknown.includes(text));

const unknown = ["", "NaN", "nan", "None", "null", "NULL", "NA", "N/A", "n/a", "-", "?"];

/** A value, or a spelling of none. */
const wildCell = fc.oneof({ weight: 4, arbitrary: wildText }, fc.constantFrom(...unknown));

Deno.test("makeTriplets(): lists, attributes.csv and values read back say what the table says", async () => {
  await using folder = await TemporaryFolder.make();
  await writeEmptyImages(join(folder.path, "images"), most);
  let made = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(wildText, { minLength: 2, maxLength: 5 }),
      fc.array(fc.tuple(fc.nat(), fc.array(fc.nat(), { maxLength: 3 }), wildCell), {
        minLength: most,
        maxLength: most,
      }),
      async (values, picks) => {
        // A few values, so that images share them, and now and then any other.
        const rows = picks.map(([one, several, other], image) => ({
          image: `${image}.jpg`,
          kind: one % 8 === 0 ? other : values[one % values.length],
          tags: [
            ...several.map((each) => values[each % values.length]),
            ...(one % 9 ? [] : [other]),
          ],
        }));
        const file = join(folder.path, "table.jsonl");
        await Deno.writeTextFile(file, rows.map((row) => JSON.stringify(row) + "\n").join(""));
        const out = join(folder.path, "wild");
        try {
          await makeTriplets(out, {
            images: join(folder.path, "images"),
            attributes: file,
            rules: { kind: { type: "categorical" }, tags: { type: "multi" } },
            shares: { train: 50, val: 25, test: 25 },
            triplets: { train: 60, val: 20, test: 20 },
            minImages: 1,
            overwrite: true,
          });
        } catch (error) {
          // Too little in the table for a triplet, or values that hold every separator.
          if (error instanceof CsnError) return;
          throw error;
        }
        made++;
        const known = (text: string) => unknown.includes(text.trim()) ? [] : [text.trim()];
        const tags = rows.map(({ tags }) => [...new Set(tags.flatMap(known))].sort());
        const kinds = rows.map(({ kind }) => known(kind)[0] ?? "");
        const set = await openImageSet(out);
        const { attributes, texts } = (await readSetValues(set))!;
        assert.deepEqual(attributes.get("kind")!.values, kinds);
        assert.deepEqual(attributes.get("tags")!.values, tags);
        assert.deepEqual(texts.get("kind"), kinds);
        for (const split of splits) {
          for (const [anchor, far, near] of await readTriplets(out, "kind", split, most)) {
            assert.ok(kinds[anchor] === kinds[near] && kinds[anchor] !== kinds[far]);
            assert.ok(![anchor, far, near].some((image) => kinds[image] === ""));
          }
          for (const [anchor, far, near] of await readTriplets(out, "tags", split, most)) {
            const share = (a: number, b: number) => tags[a].some((tag) => tags[b].includes(tag));
            assert.ok(share(anchor, near) && !share(anchor, far) && tags[far].length > 0);
          }
        }
      },
    ),
    { numRuns: 40, seed: 4 },
  );
  assert.ok(made >= 15, `only ${made} tables gave a set`);
});
