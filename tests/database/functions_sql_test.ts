/** The SQL functions, called by plain SQL, against csn's own search. */
import assert from "node:assert/strict";
import { indexTable } from "../../src/database/index_table.ts";
import { EmbeddingSet } from "../../src/model/embedding_set.ts";
import { Model } from "../../src/model/model.ts";
import { randomEmbeddings } from "../helpers/random_embeddings.ts";
import { sql, SqlSession } from "../helpers/sql.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinyModel } from "../helpers/tiny_model.ts";
import { withPostgres } from "../helpers/with_postgres.ts";

const folder = await TemporaryFolder.make();
const model = await Model.load(await writeTinyModel(folder.path));

Deno.test.afterAll(async () => {
  model[Symbol.dispose]();
  await folder[Symbol.asyncDispose]();
});

const set = new EmbeddingSet(randomEmbeddings(3_000, 8));
const query = set.at(5);
const asText = `[${query.join(",")}]`;

function isNear(found: number, expected: number): void {
  assert.ok(Math.abs(found - expected) <= 1e-12 * Math.max(1, Math.abs(expected)));
}

await withPostgres(1, ([server]) => {
  Deno.test.beforeAll(async () => {
    await indexTable(model, { embeddings: set }, { to: [server.url()], table: "shoes" });
  });

  Deno.test("csn_distance() is the model's distance, by a notion and by a mixture", async () => {
    const [{ alone, raw, mixed }] = await sql(
      server,
      `select csn_distance(a.embedding, b.embedding, 'shape') as alone,
        csn_distance(a.embedding, b.embedding, '{"shape": 2, "colour": 1}'::jsonb, false) as raw,
        csn_distance(a.embedding, b.embedding, '{"shape": 2, "colour": 1}'::jsonb) as mixed
      from shoes a, shoes b where a.name = '5' and b.name = '9'`,
    );
    isNear(alone, model.distance(query, set.at(9), { notion: "shape" }));
    const mix = { shape: 2, colour: 1 };
    const options = { mix, k: 1, where: (index: number) => index === 9 };
    isNear(mixed, model.nearest(query, set, options)[0].distance);
    isNear(raw, model.nearest(query, set, { ...options, raw: true })[0].distance);
  });

  Deno.test("csn_nearest() finds what Model.search() finds", async () => {
    const mix = { shape: 0.7, colour: 0.3 };
    const asked = [
      ["csn_nearest($1, 'shape', 15)", model.nearest(query, set, { notion: "shape", k: 15 })],
      [`csn_nearest($1, '${JSON.stringify(mix)}'::jsonb)`, model.nearest(query, set, { mix })],
      [
        `csn_nearest($1, '${JSON.stringify(mix)}'::jsonb, balanced => false, of_table => 'shoes')`,
        model.nearest(query, set, { mix, raw: true }),
      ],
      [
        `csn_nearest($1, '{"shape": 1, "colour": -0.5}'::jsonb, k => 20)`,
        model.nearest(query, set, { like: { shape: 1 }, unlike: { colour: 0.5 }, k: 20 }),
      ],
    ] as const;
    for (const [call, expected] of asked) {
      const rows = await sql(server, `select * from ${call}`, [asText]);
      assert.deepEqual(rows.map(({ name }) => name), expected.map(({ name }) => name), call);
      expected.forEach((hit, i) => {
        if ("score" in hit) isNear(rows[i].score, hit.score);
        else isNear(rows[i].distance, hit.distance);
        assert.equal(rows[i]["score" in hit ? "distance" : "score"], null);
        for (const [notion, share] of Object.entries(hit.shares)) {
          isNear(rows[i].shares[notion], share);
        }
      });
    }
  });

  Deno.test("csn_nearest() with exact => false walks the notion's index", async () => {
    const expected = model.nearest(query, set, { notion: "shape", k: 10 });
    await using session = await SqlSession.open(server);
    const scans = async () => {
      await session.rows("select pg_stat_force_next_flush()");
      const [{ scans }] = await session.rows(
        "select idx_scan::int as scans from pg_stat_user_indexes where indexrelname like 'shoes%_n0'",
      );
      return scans;
    };
    // Three thousand rows are read as fast without it.
    await session.rows("set enable_seqscan = off");
    const before = await scans();
    const rows = await session.rows(
      "select * from csn_nearest($1, 'shape', 10, exact => false)",
      [asText],
    );
    assert.equal(await scans(), before + 1);
    const found = new Set(rows.map(({ name }) => name));
    assert.ok(expected.filter(({ name }) => found.has(name)).length >= 9);
    rows.forEach(({ distance }, i) => assert.ok(i === 0 || distance >= rows[i - 1].distance));
  });

  Deno.test("the SQL functions say what they cannot do", async () => {
    const wrong: Readonly<Record<string, RegExp>> = {
      "csn_nearest($1, 'heel')": /the table shoes has no notion "heel"/,
      "csn_nearest($1, 'shape', 0)": /k is 0, it must be 1 or more/,
      "csn_nearest('[1,2]', 'shape')": /has vectors of 8 dimensions, the query has 2/,
      "csn_nearest($1, 'shape', of_table => 'nothing')": /the table 'nothing' is not indexed/,
      "csn_nearest($1, '{}'::jsonb)": /no notion has a weight above 0/,
      [`csn_nearest($1, '{"shape": "x"}'::jsonb)`]: /the weight of "shape" is no number/,
      "csn_nearest($1, '[1]'::jsonb)": /weights are not an object/,
      "csn_nearest($1, 'shape'';drop table shoes;--')": /has no notion "shape';drop table/,
      [`csn_distance($1, $1, '{"shape": 1, "colour": -1}'::jsonb)`]: /there is a score/,
      "csn_distance($1, '[1]', 'shape')": /these have 8 and 1/,
    };
    for (const [call, message] of Object.entries(wrong)) {
      await assert.rejects(sql(server, `select ${call}, $1::vector`, [asText]), message, call);
    }
  });
});
