/** `index` and `query --from`: a database gives what a folder or set gives, by the command line. */
import assert from "node:assert/strict";
import { indexTable } from "../../src/database/index_table.ts";
import { SearchedTable } from "../../src/database/searched_table.ts";
import { join } from "../../src/files/paths.ts";
import { EmbeddingSet } from "../../src/model/embedding_set.ts";
import { Model } from "../../src/model/model.ts";
import { readEmbeddings, writeEmbeddings } from "../../src/model/embedding_file.ts";
import { randomEmbeddings } from "../helpers/random_embeddings.ts";
import { CliProcess, runCli } from "../helpers/run_cli.ts";
import { isLeft, sql, SqlSession, waitsFor } from "../helpers/sql.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinyModel } from "../helpers/tiny_model.ts";
import { writeValuedSet } from "../helpers/valued_set.ts";
import { withPostgres } from "../helpers/with_postgres.ts";

let folder: TemporaryFolder;

Deno.test.beforeAll(async () => {
  folder = await TemporaryFolder.make();
  await writeValuedSet(join(folder.path, "set"));
  await writeTinyModel(join(folder.path, "set"));
  await Deno.mkdir(join(folder.path, "other"));
  await writeTinyModel(join(folder.path, "other"), 2);
});

Deno.test.afterAll(() => folder[Symbol.asyncDispose]());

async function run(...args: string[]) {
  return await runCli(args, { cwd: folder.path });
}

async function succeeds(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(...args);
  assert.equal(code, 0, stderr);
  return stdout;
}

async function fails(code: number, message: RegExp, ...args: string[]): Promise<void> {
  const result = await run(...args);
  assert.equal(result.code, code, result.stderr);
  assert.match(result.stderr, message);
}

const model = ["--resume", "set/model"];
const image = "set/images/4.png";

await withPostgres(2, ([one, two]) => {
  Deno.test("query --from prints what query --among prints", async () => {
    const text = await succeeds(
      ...["index", ...model, "--among", "set", "--to", one.url(), "--table", "shoes"],
    );
    assert.match(
      text,
      /^shoes: 36 images, 36 added, 0 replaced, 0 removed, 0 as they were\nversion ([0-9a-f]{12}): the tables begin with shoes_\1, and shoes means them\n$/,
    );
    const asked = [
      ["--notion", "shape"],
      ["--mix", "shape=0.7,colour=0.3", "--where", "colour=1,2", "--where", "tags!=z", "-k", "36"],
      ["--like", "shape", "--unlike", "colour=0.5", "--combine", "all", "set/images/7.png"],
    ];
    for (const words of asked) {
      const query = ["query", ...model, "--json", ...words, image];
      const file = await succeeds(...query, "--among", "set");
      const found = await succeeds(...query, "--from", one.url(), "--table", "shoes");
      assert.deepEqual(JSON.parse(found), JSON.parse(file));
    }
    const [{ attributes }] = await sql(one, "select attributes from shoes where name = '0.png'");
    assert.deepEqual(attributes, {
      shape: ["0"],
      colour: ["0"],
      size: ["s"],
      tags: ["y", "z"],
      split: ["train"],
    });
  });

  Deno.test("index --to several servers parts a folder, and query --from merges the parts", async () => {
    const urls = [one.url(), two.url()];
    const json = await succeeds(
      ...["index", ...model, "--among", "set/images", "--table", "parts", "--no-ann", "--json"],
      ...urls.flatMap((url) => ["--to", url]),
    );
    assert.deepEqual(JSON.parse(json).images, [18, 18]);
    const query = ["query", ...model, "--json", "--mix", "shape,colour", "-k", "20", image];
    const found = await succeeds(
      ...[...query, "--table", "parts"],
      ...urls.flatMap((url) => ["--from", url]),
    );
    assert.deepEqual(
      JSON.parse(found),
      JSON.parse(await succeeds(...query, "--among", "set/images")),
    );
  });

  Deno.test("index --among takes a file of embeddings, of this model alone", async () => {
    await succeeds("embed", ...model, "set/images", "--out", "kept.safetensors");
    const file = ["--among", "kept.safetensors", "--to", one.url(), "--table", "filed"];
    await succeeds("index", ...model, ...file);
    const [{ count }] = await sql(one, "select count(*)::int as count from filed");
    assert.equal(count, 36);
    const { embeddings, masks } = await readEmbeddings(join(folder.path, "kept.safetensors"));
    masks.get("colour")![1] += 1e-3;
    await writeEmbeddings(join(folder.path, "others.safetensors"), embeddings, { masks });
    await fails(
      1,
      /Cannot use the embeddings in \S+others\.safetensors with the model \S+set\/model\.safetensors: they are another model's, whose masks differ; pass the model that made them, or embed the images with this one/,
      ...["index", ...model, ...file, "--among", "others.safetensors"],
    );
  });

  Deno.test("index stops at once at Ctrl-C while the server makes an index", async () => {
    const index = ["index", ...model, "--among", "set", "--to", one.url(), "--table", "slow"];
    const text = await succeeds(...index, "--no-ann");
    await using session = await SqlSession.open(one);
    await session.rows("begin");
    const version = /^version ([0-9a-f]+):/m.exec(text)![1];
    await session.rows(`lock table slow_${version} in row exclusive mode`);
    const indexing = new CliProcess(index, { cwd: folder.path });
    await waitsFor(one, "relation");
    indexing.kill("SIGINT");
    const { code, stderr } = await indexing.ended();
    assert.equal(code, 130, stderr);
    assert.match(
      stderr,
      /^Stopped: what was sent to the database stays there; the same command goes on$/m,
    );
    await isLeft(one);
  });

  Deno.test("index that is killed in the middle goes on, to the same result", async () => {
    using loaded = await Model.load(join(folder.path, "set", "model.safetensors"));
    const many = new EmbeddingSet(randomEmbeddings(12_000, 8));
    await writeEmbeddings(join(folder.path, "many.safetensors"), many, { masks: loaded.masks });
    const to = [one.url()];
    // Its tables are made, so that a copy and the taking over can be held up.
    const few = { embeddings: new EmbeddingSet(randomEmbeddings(3, 8, 5)) };
    const options = { to, table: "killed", approximate: false };
    const { version } = await indexTable(loaded, few, options);
    const index = [
      ...["index", ...model, "--among", "many.safetensors", "--to", one.url()],
      ...["--table", "killed", "--no-ann", "--json"],
    ];
    await using holder = await SqlSession.open(one);
    const sent = async () => {
      const [{ count }] = await holder.rows(
        `select count(*)::int as count from killed_${version}_incoming`,
      );
      return count;
    };
    const killed = async (lock: string) => {
      const indexing = new CliProcess(index, { cwd: folder.path });
      await waitsFor(one, lock);
      indexing.kill("SIGKILL");
      await indexing.ended();
    };
    // The first time in the second batch of what is sent.
    await holder.rows("select pg_advisory_lock(7)");
    await holder.rows(`
      create function hold() returns trigger language plpgsql as
        $$begin perform pg_advisory_xact_lock(7); return new; end$$;
      create trigger hold before insert on killed_${version}_incoming
        for each row when (new.name = '7000') execute function hold()
    `);
    await killed("advisory");
    await holder.rows("select pg_advisory_unlock(7)");
    await isLeft(one);
    // The second batch is there or not, as much of it as had left the process.
    assert.ok([5_000, 10_000].includes(await sent()));
    await holder.rows("drop function hold cascade");
    // Then in the transaction that takes over what was sent.
    await holder.rows("begin");
    await holder.rows("lock table csn_notions in exclusive mode");
    await killed("relation");
    await holder.rows("rollback");
    await isLeft(one);
    assert.equal(await sent(), 12_000);
    assert.equal((await holder.rows("select from killed")).length, 3);
    const summary = JSON.parse(await succeeds(...index));
    assert.deepEqual([summary.added, summary.replaced, summary.images], [11_997, 3, [12_000]]);
    await using table = await SearchedTable.open(loaded, { from: to, table: "killed" });
    const asked = { mix: { shape: 1, colour: 1 }, k: 50 };
    assert.deepEqual(await table.search(many.at(3), asked), loaded.search(many.at(3), many, asked));
    assert.equal(await sent(), 0);
  });

  Deno.test("query --from refuses a table that another model made, or that is not there", async () => {
    await succeeds(
      ...["index", ...model, "--among", "set/images", "--to", one.url(), "--table", "made"],
    );
    const query = ["query", "--notion", "shape", image, "--from", one.url(), "--table"];
    await fails(
      2,
      /Cannot search the table made of postgres:\/\/postgres@127\.0\.0\.1:\d+\/postgres with the model \S+other\/model\.safetensors: another model made it, then \S+set\/model\.safetensors; pass that one, or write the table anew with this one by `deno task index`/,
      ...[...query, "made", "--resume", "other/model"],
    );
    await fails(2, /csn wrote no table of that name there/, ...query, "nothing", ...model);
    await fails(
      2,
      /it was not written from a set with values, so nothing is known of its images/,
      ...[...query, "made", ...model, "--where", "colour=1"],
    );
    await fails(
      2,
      /there is no column "select"; there are shape, colour, size, tags, split/,
      ...[...query, "shoes", ...model, "--where", "select=1"],
    );
  });
});

Deno.test("index and query --from explain a server that is not there, without the password", async () => {
  const url = "postgres://me:s3cret%40x@127.0.0.1:1/shop";
  const { code, stdout, stderr } = await run(
    ...["query", ...model, "--notion", "shape", image, "--from", url, "--table", "shoes"],
    "--verbose",
  );
  assert.equal(code, 1);
  assert.match(
    stderr,
    /Cannot connect to the database postgres:\/\/me@127\.0\.0\.1:1\/shop: connect ECONNREFUSED 127\.0\.0\.1:1; start the server, or correct the host and the port/,
  );
  assert.doesNotMatch(stdout + stderr, /s3cret/);
});

Deno.test("query refuses what does not go together before anything is computed", async () => {
  const query = ["query", ...model, "--notion", "shape", image];
  const from = ["--from", "postgres://h/d"];
  await fails(2, /no images are named; name a folder or set with --among/, ...query);
  await fails(2, /use --among, or --from with --table/, ...query, ...from, "--among", "set");
  await fails(2, /no table is named; name it with --table/, ...query, ...from);
  await fails(2, /--table goes with --from/, ...query, "--among", "set", "--table", "a");
  await fails(
    2,
    /it does not hold the pictures; search the folder or set with --among/,
    ...[...query, ...from, "--table", "a", "--gallery", "x.html"],
  );
  await fails(2, /a name begins with a letter of a to z/, ...query, ...from, "--table", "a;b");
});
