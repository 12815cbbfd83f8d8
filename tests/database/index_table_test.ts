/** What is written to a database: only what changed, whole or not at all, beside what other models made. */
import assert from "node:assert/strict";
import { indexTable } from "../../src/database/index_table.ts";
import { SearchedTable } from "../../src/database/searched_table.ts";
import { join } from "../../src/files/paths.ts";
import type { Embeddings } from "../../src/search/embeddings.ts";
import { Model } from "../../src/model/model.ts";
import { randomEmbeddings } from "../helpers/random_embeddings.ts";
import { sql, SqlSession, waitsFor } from "../helpers/sql.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinyModel } from "../helpers/tiny_model.ts";
import { withPostgres } from "../helpers/with_postgres.ts";

const folder = await TemporaryFolder.make();
const [model, newer] = await Promise.all([1, 2].map(async (seed) => {
  const place = join(folder.path, `${seed}`);
  await Deno.mkdir(place);
  return await Model.load(await writeTinyModel(place, seed));
}));

Deno.test.afterAll(async () => {
  for (const each of [model, newer]) each[Symbol.dispose]();
  await folder[Symbol.asyncDispose]();
});

const some = randomEmbeddings(400, 8);

/** Rows of embeddings by their numbers, under their names. */
function picked({ names, vectors, dimension }: Embeddings, rows: readonly number[]): Embeddings {
  return {
    names: rows.map((row) => names[row]),
    vectors: Float32Array.from(
      rows.flatMap((row) => [...vectors.subarray(row * dimension, (row + 1) * dimension)]),
    ),
    dimension,
  };
}

const all = [...some.names.keys()];

await withPostgres(1, ([server]) => {
  const to = [server.url()];

  Deno.test("indexTable() adds what is new, removes what is gone and replaces what changed", async () => {
    const options = { to, table: "changes" };
    const first = await indexTable(model, { embeddings: picked(some, all.slice(10)) }, options);
    assert.deepEqual(
      [first.added, first.replaced, first.removed, first.unchanged, first.images],
      [390, 0, 0, 0, [390]],
    );
    const ids = async () => await sql(server, `select id, name from changes_${first.version}`);
    const before = new Map((await ids()).map(({ name, id }) => [name, id]));
    const now = picked(some, all.slice(0, 380));
    now.vectors.fill(0.5, 8 * 20, 8 * 21);
    const second = await indexTable(model, { embeddings: now }, options);
    assert.deepEqual(
      [second.added, second.replaced, second.removed, second.unchanged, second.images],
      [10, 1, 20, 369, [380]],
    );
    const after = await ids();
    assert.equal(after.filter(({ name, id }) => before.get(name) === id).length, 369);
    const view = await sql(server, "select name, position from changes order by position");
    assert.deepEqual(
      view,
      now.names.map((name, position) => ({ name, position })),
    );
    await using table = await SearchedTable.open(model, { from: to, table: "changes" });
    const asked = { mix: { shape: 1, colour: 1 }, k: 12 };
    const query = some.vectors.slice(0, 8);
    assert.deepEqual(await table.search(query, asked), model.search(query, now as never, asked));
  });

  Deno.test("indexTable() goes on where it was cut off", async () => {
    const table = "cut";
    const many = randomEmbeddings(12_000, 8);
    const stop = new AbortController();
    const sent: number[] = [];
    const listener = {
      progress: ({ done }: { done: number }) => {
        sent.push(done);
        if (sent.length === 2) stop.abort(new Error("stopped"));
      },
    };
    await assert.rejects(
      indexTable(model, { embeddings: many }, { to, table, listener, signal: stop.signal }),
      /^Error: stopped$/,
    );
    assert.deepEqual(sent, [5_000, 10_000]);
    // Nothing can be seen of it yet.
    await assert.rejects(
      SearchedTable.open(model, { from: to, table }),
      /csn wrote no table of that name there/,
    );
    const again: number[] = [];
    const options = {
      ...{ to, table, approximate: false },
      listener: { progress: ({ done }: { done: number }) => void again.push(done) },
    };
    const summary = await indexTable(model, { embeddings: many }, options);
    assert.deepEqual(again, [12_000]);
    assert.deepEqual([summary.added, summary.images], [12_000, [12_000]]);
    await using searched = await SearchedTable.open(model, { from: to, table });
    const query = many.vectors.slice(0, 8);
    const asked = { notion: "shape" };
    assert.deepEqual(
      await searched.search(query, asked),
      model.search(query, many as never, asked),
    );
  });

  Deno.test("indexTable() stops at once while the server makes an index", async () => {
    const table = "stopped";
    const options = { to, table };
    const { version } = await indexTable(model, { embeddings: some }, {
      ...options,
      approximate: false,
    });
    // Whoever writes to the images holds an index up.
    await using session = await SqlSession.open(server);
    await session.rows("begin");
    await session.rows(`lock table stopped_${version} in row exclusive mode`);
    const stop = new AbortController();
    const stopped = indexTable(model, { embeddings: some }, { ...options, signal: stop.signal });
    await waitsFor(server, "relation");
    stop.abort(new Error("stopped"));
    await assert.rejects(stopped, /^Error: stopped$/);
    await session.rows("rollback");
    const made = async () =>
      (await session.rows("select from pg_indexes where indexname like 'stopped%_n0'")).length;
    assert.equal(await made(), 0);
    assert.equal((await indexTable(model, { embeddings: some }, options)).unchanged, 400);
    assert.equal(await made(), 1);
  });

  Deno.test("indexTable() puts a new model's version in an old one's place while it is read", async () => {
    const table = "swapped";
    const old = await indexTable(model, { embeddings: some }, { to, table });
    await using reader = await SearchedTable.open(model, { from: to, table });
    const query = some.vectors.slice(0, 8);
    const expected = model.search(query, some as never, { notion: "shape" });
    const other = randomEmbeddings(300, 8, 7);
    let isSwapped = false;
    let reads = 0;
    const swap = indexTable(newer, { embeddings: other }, { to, table })
      .finally(() => isSwapped = true);
    // A reader has the old one whole, then is told that there is another.
    while (!isSwapped) {
      const found = await reader.search(query, { notion: "shape" }).catch((error: Error) => error);
      if (found instanceof Error) {
        assert.match(found.message, /another model made it/);
        break;
      }
      assert.deepEqual(found, expected);
      reads++;
    }
    assert.ok(reads > 0);
    const made = await swap;
    assert.deepEqual([made.kept, made.pruned], [[model.path], []]);
    assert.notEqual(made.version, old.version);
    await assert.rejects(reader.search(query, { notion: "shape" }), /another model made it/);
    const names = await sql(server, `select name from ${table} order by position`);
    assert.deepEqual(names.map(({ name }) => name), other.names);
    // The old one is still there: it is made current again without sending anything.
    const back = await indexTable(model, { embeddings: some }, { to, table, prune: true });
    assert.deepEqual([back.unchanged, back.pruned], [400, [newer.path]]);
    assert.deepEqual(await reader.search(query, { notion: "shape" }), expected);
    const left = await sql(
      server,
      "select relname from pg_class where relname like 'swapped%' and relkind = 'r' order by 1",
    );
    assert.ok(left.every(({ relname }) => relname.startsWith(`swapped_${old.version}`)));
  });

  Deno.test("indexTable() refuses to replace all images of a table, unless told to", async () => {
    const options = { to, table: "replaced" };
    await indexTable(model, { embeddings: picked(some, [0, 1, 2]) }, options);
    const others = { embeddings: picked(some, [7, 8]) };
    await assert.rejects(
      indexTable(model, others, options),
      /none of its 3 images is among the 2 that are given, so all would be removed/,
    );
    assert.equal((await sql(server, "select from replaced")).length, 3);
    const { removed, added } = await indexTable(model, others, { ...options, overwrite: true });
    assert.deepEqual([removed, added], [3, 2]);
  });

  Deno.test("indexTable() refuses names that are no names, and tables that csn did not make", async () => {
    const write = (table: string) => indexTable(model, { embeddings: some }, { to, table });
    const odd = ["Shoes", "shoes; drop table x", 'a"b', "", "1a", "a.b", "schuhgröße", "a b"];
    for (const table of odd) {
      await assert.rejects(write(table), /a name begins with a letter of a to z or _/, table);
    }
    await assert.rejects(write("a".repeat(42)), /it has 42 letters, and csn adds up to 22; /);
    await assert.rejects(write("csn_versions"), /names with csn_ and pg_ are taken/);
    await sql(server, "create table mine (a integer); insert into mine values (1)");
    await sql(server, "create view seen as select 1 as a");
    for (const table of ["mine", "seen"]) {
      await assert.rejects(write(table), new RegExp(`something called ${table} that csn did not`));
    }
    assert.deepEqual(await sql(server, "select a from mine"), [{ a: 1 }]);
    // The longest name there may be.
    await write("a".repeat(41));
    await write("select");
    await using table = await SearchedTable.open(model, { from: to, table: "select" });
    assert.equal(await table.count(), 400);
  });

  Deno.test("indexTable() refuses names that stand twice and texts that PostgreSQL cannot hold", async () => {
    const write = (names: string[], columns = new Map()) =>
      indexTable(
        model,
        { embeddings: { names, vectors: new Float32Array(16), dimension: 8 }, columns },
        { to, table: "odd" },
      );
    await assert.rejects(write(["a", "a"]), /1 of the 2 names stand twice, the first is "a"/);
    await assert.rejects(write(["a", "b\0"]), /1 of the 2 names are texts that PostgreSQL cannot/);
    await assert.rejects(write(["a", "b\ud800"]), /1 of the 2 names are texts that PostgreSQL/);
    const columns = new Map([["colour", [["red\0"], []]]]);
    await assert.rejects(write(["a", "b"], columns), /the column "colour" holds "red\\u0000"/);
  });

  Deno.test("indexTable() refuses a table that another process writes to", async () => {
    const { default: pg } = await import("pg");
    const client = new pg.Client({ connectionString: server.url() });
    await client.connect();
    await client.query("select pg_advisory_lock(hashtext('csn index'), hashtext('busy'))");
    const write = () =>
      indexTable(model, { embeddings: picked(some, [0, 1]) }, { to, table: "busy" });
    await assert.rejects(write(), /another `index` writes to it; wait until it has ended/);
    await client.end();
    await write();
  });

  Deno.test("indexTable() keeps grants on the name when the version changes", async () => {
    const options = { to, table: "granted" };
    await indexTable(model, { embeddings: some }, options);
    await sql(server, "create role app; grant select on granted to app");
    await indexTable(newer, { embeddings: some }, options);
    const [{ may }] = await sql(
      server,
      "select has_table_privilege('app', 'granted', 'select') as may",
    );
    assert.equal(may, true);
  });
});
