/** What a database finds is what a file finds, hit by hit. */
import assert from "node:assert/strict";
import { indexTable } from "../../src/database/index_table.ts";
import { SearchedTable, type TableSearch } from "../../src/database/searched_table.ts";
import { EmbeddingSet } from "../../src/model/embedding_set.ts";
import { Model } from "../../src/model/model.ts";
import type { Query, SearchOptions } from "../../src/search/search.ts";
import type { Criterion } from "../../src/search/mixture.ts";
import { parseCondition, type ValueColumns, whereOf } from "../../src/search/where.ts";
import { randomUint32 } from "../../src/base/random.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinyModel } from "../helpers/tiny_model.ts";
import { withPostgres } from "../helpers/with_postgres.ts";
import { sql } from "../helpers/sql.ts";

const folder = await TemporaryFolder.make();
const model = await Model.load(await writeTinyModel(folder.path));

Deno.test.afterAll(async () => {
  model[Symbol.dispose]();
  await folder[Symbol.asyncDispose]();
});

const dimension = 8;
const count = 1_200;

/** Names and values that SQL could mistake for something else. */
const oddTexts = [
  "it's.png",
  'a "quoted" name.png',
  "back\\slash.png",
  "tab\there.png",
  "line\nbreak.png",
  "'; drop table shoes; --.png",
  "$1 and %s and {}.png",
  "ä, 字, 🎈.png",
  "NULL",
  "\\N",
];

function embedding(row: number, d: number): number {
  const number = randomUint32(9, row % 700, d) / 2 ** 32;
  // Some rows are alike to the bit, others nearly so.
  return row >= 700 ? number + (row % 3) * 1e-7 : number;
}

const vectors = Float32Array.from(
  { length: count * dimension },
  (_, at) => embedding(Math.floor(at / dimension), at % dimension),
);
// Image 3 could not be read; image 4 has the smallest numbers there are.
vectors.fill(NaN, 3 * dimension, 4 * dimension);
vectors.fill(1.4e-45, 4 * dimension, 5 * dimension);
const names = Array.from({ length: count }, (_, row) => oddTexts[row] ?? `${row}.png`);
const embeddings = new EmbeddingSet({ names, vectors, dimension });
const columns: ValueColumns = new Map([
  ["select", names.map((_, row) => row % 7 === 0 ? [] : [["red", "it's", 'a"b'][row % 3]])],
  ['co"l; --', names.map((_, row) => [String(row % 10), `${row % 10}.0`].slice(0, 1 + row % 2))],
  ["heel", names.map((_, row) => [String(row / 8)])],
]);

const query = embeddings.at(11);
const several = new EmbeddingSet({
  names: ["a", "b", "c"],
  vectors: vectors.slice(20 * dimension, 23 * dimension),
  dimension,
});

const searches: Readonly<Record<string, [Query, Criterion & Omit<SearchOptions, "where">]>> = {
  "a notion": [query, { notion: "shape" }],
  "a notion, all of them": [query, { notion: "colour", k: count }],
  "an image without an embedding near it": [embeddings.at(4), { notion: "shape", k: 30 }],
  "a mixture": [query, { mix: { shape: 0.7, colour: 0.3 }, k: 25 }],
  "a mixture with raw weights": [query, { mix: { shape: 1, colour: 9 }, raw: true }],
  "like and unlike": [query, { like: { shape: 1 }, unlike: { colour: 0.5 }, k: 40 }],
  "the mean of several": [several, { mix: { shape: 1, colour: 1 }, combine: "mean" }],
  "all of several": [several, { notion: "shape", combine: "all", k: 50 }],
  "all of several, with a score": [
    several,
    { like: { colour: 1 }, unlike: { shape: 2 }, combine: "all" },
  ],
};

const conditions: readonly (readonly string[])[] = [
  [],
  ["select=red"],
  [`select!="it's"`],
  [`"co\\"l; --"=3.0,5`, "select=red"],
  ["heel<=20"],
];

await withPostgres(2, ([one, two]) => {
  const places = { "one server": [one.url()], "two servers": [one.url(), two.url()] };

  for (const [place, urls] of Object.entries(places)) {
    const table = `agree_${urls.length}`;
    Deno.test(`SearchedTable.search() on ${place} finds what Model.search() finds`, async () => {
      await indexTable(model, { embeddings, columns }, { to: urls, table, approximate: false });
      await using searched = await SearchedTable.open(model, { from: urls, table });
      for (const [what, [images, options]] of Object.entries(searches)) {
        for (const texts of conditions) {
          const where = texts.map(parseCondition);
          const isMet = where.length === 0 ? undefined : whereOf(where, columns);
          const file = model.search(images, embeddings, { ...options, where: isMet } as never);
          const found = await searched.search(images, { ...options, where } as TableSearch);
          assert.deepEqual(found, file, `${what} where ${texts.join()}`);
        }
      }
      assert.equal(await searched.count(), count);
      assert.deepEqual(await searched.embedding(oddTexts[0]), embeddings.at(0));
      assert.equal(await searched.embedding("nothing"), null);
      const [{ found }] = await sql(one, `select count(*)::int as found from ${table}`);
      assert.equal(found, count / urls.length);
    });
  }
});
