/** A service over a table of PostgreSQL answers as one over the same images in memory. */
import assert from "node:assert/strict";
import { indexTable } from "../../src/database/index_table.ts";
import { EmbeddingSet } from "../../src/model/embedding_set.ts";
import { Model } from "../../src/model/model.ts";
import { EmbeddedGallery } from "../../src/service/gallery.ts";
import { serveModel } from "../../src/service/serve_model.ts";
import { TableGallery } from "../../src/service/table_gallery.ts";
import { join } from "../../src/files/paths.ts";
import { serviceCase } from "../helpers/service_case.ts";
import { SqlSession } from "../helpers/sql.ts";
import { writeTinyModel } from "../helpers/tiny_model.ts";
import { withPostgres } from "../helpers/with_postgres.ts";

// deno-lint-ignore no-explicit-any
type Json = any;

interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly json: Json;
}

async function post(url: string, body: unknown): Promise<Answer> {
  const response = await fetch(`${url}/neighbours`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const retryAfter = response.headers.get("retry-after");
  return { status: response.status, retryAfter, json: await response.json() };
}

const asked = { name: "4.png", notion: "shape" };

/** What a client hears of a database that cannot be used, whatever is wrong with it. */
const unavailable: Answer = {
  status: 503,
  retryAfter: "1",
  json: { error: "The images cannot be searched for now; the service's log says why" },
};

await withPostgres(2, ([server, other]) => {
  Deno.test("a service over a table answers as one over the same images in memory", async () => {
    await using given = await serviceCase();
    const { model, gallery, set } = given;
    const { embeddings, columns } = gallery;
    await indexTable(model, { embeddings, columns: columns! }, {
      to: [server.url()],
      table: "shoes",
    });
    await using table = await TableGallery.open(model, { from: [server.url()], table: "shoes" });
    await using ofTable = serveModel(model, table, { port: 0 });
    await using ofMemory = serveModel(model, gallery, { port: 0 });
    const image = (await Deno.readFile(join(set, "images", "7.png"))).toBase64();
    for (
      const asked of [
        { name: "4.png", notion: "shape", k: 36 },
        { image, mix: { shape: 0.7, colour: 0.3 }, where: ["colour=0", "split!=val"] },
        { images: [{ image }, { name: "4.png" }], like: { shape: 1 }, unlike: { colour: 0.5 } },
        { name: "5.png", mix: { shape: 1, colour: 1 }, raw: true, k: 3 },
        { name: "none.png", notion: "shape" },
        { name: "4.png", notion: "heel" },
      ]
    ) {
      const expected = await post(ofMemory.url, asked);
      assert.deepEqual(await post(ofTable.url, asked), expected);
    }
    const notions = async (url: string) => await (await fetch(`${url}/notions`)).json();
    const found = await notions(ofTable.url);
    assert.deepEqual(found.columns.toSorted(), [...columns!.keys()].toSorted());
    assert.equal(found.images, 36);
    const unknown = await post(ofTable.url, { name: "4.png", notion: "shape", where: ["heel=1"] });
    assert.equal(unknown.status, 422);
    assert.match(unknown.json.error, /there is no column "heel"/);
  });

  Deno.test({
    name: "a service whose database is gone answers 503 without its address, and goes on with it",
    // The server's process was started for all tests, and ends in this one.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      await using given = await serviceCase();
      const { model, gallery: { embeddings } } = given;
      const from = [other.url()];
      await indexTable(model, { embeddings }, { to: from, table: "gone" });
      await using table = await TableGallery.open(model, { from, table: "gone" });
      const faults: string[] = [];
      const onFault = (error: unknown) => faults.push(String(error));
      await using served = serveModel(model, table, { port: 0, onFault });
      const before = await post(served.url, asked);
      assert.equal(before.status, 200);
      await other.stop();
      for (const body of [asked, { name: "5.png", mix: { shape: 1, colour: 1 } }]) {
        assert.deepEqual(await post(served.url, body), unavailable);
      }
      const notions = await fetch(`${served.url}/notions`);
      assert.deepEqual([notions.status, await notions.json()], [503, unavailable.json]);
      assert.match(faults[0], /Cannot \w+( to)? the database postgres:\/\/postgres@127\.0\.0\.1/);
      assert.equal(faults.length, 3);
      const health = await fetch(`${served.url}/healthz`);
      assert.deepEqual(await health.json(), { status: "ok" });
      await other.goOn();
      assert.deepEqual(await post(served.url, asked), before);
    },
  });

  Deno.test("a service finds what `indexTable()` changes in its table", async () => {
    await using given = await serviceCase();
    const { model, gallery: { embeddings } } = given;
    const to = [server.url()];
    await indexTable(model, { embeddings }, { to, table: "changing" });
    await using table = await TableGallery.open(model, { from: to, table: "changing" });
    await using served = serveModel(model, table, { port: 0 });
    const first = await post(served.url, { ...asked, k: 36 });
    assert.equal(first.json.hits.length, 36);
    const rows = [3, 4, 5, 6];
    const fewer = new EmbeddingSet({
      names: rows.map((row) => embeddings.names[row]),
      vectors: Float32Array.from(rows.flatMap((row) => [...embeddings.at(row)])),
      dimension: embeddings.dimension,
    });
    await indexTable(model, { embeddings: fewer }, { to, table: "changing" });
    const memory = new EmbeddedGallery(model, { embeddings: fewer });
    await using ofMemory = serveModel(model, memory, { port: 0 });
    assert.deepEqual(await post(served.url, asked), await post(ofMemory.url, asked));
    assert.equal((await post(served.url, { ...asked, name: "9.png" })).status, 404);
  });

  Deno.test("a service answers 503 while its table is another model's, without that one's path", async () => {
    await using given = await serviceCase();
    const { model, gallery: { embeddings }, set } = given;
    const to = [server.url()];
    await indexTable(model, { embeddings }, { to, table: "versions" });
    await using table = await TableGallery.open(model, { from: to, table: "versions" });
    const faults: string[] = [];
    const onFault = (error: unknown) => faults.push(String(error));
    await using served = serveModel(model, table, { port: 0, onFault });
    const before = await post(served.url, asked);
    await Deno.mkdir(join(set, "newer"));
    using newer = await Model.load(await writeTinyModel(join(set, "newer"), 2));
    await indexTable(newer, { embeddings }, { to, table: "versions" });
    assert.deepEqual(await post(served.url, asked), unavailable);
    assert.match(faults.join("\n"), /another model made it, then .*newer/);
    // That model's version is current again.
    await indexTable(model, { embeddings }, { to, table: "versions" });
    assert.deepEqual(await post(served.url, asked), before);
  });

  Deno.test("a service gives a database up that takes too long, and asks it again", async () => {
    await using given = await serviceCase();
    const { model, gallery: { embeddings } } = given;
    const from = [server.url()];
    await indexTable(model, { embeddings }, { to: from, table: "locked" });
    await using table = await TableGallery.open(model, { from, table: "locked", answerMs: 100 });
    const faults: string[] = [];
    const onFault = (error: unknown) => faults.push(String(error));
    await using served = serveModel(model, table, { port: 0, onFault });
    await using session = await SqlSession.open(server);
    await session.rows("begin");
    await session.rows("lock table csn_versions in access exclusive mode");
    assert.deepEqual(await post(served.url, asked), unavailable);
    assert.match(faults.join("\n"), /statement timeout; look at what else the server does/);
    await session.rows("rollback");
    assert.equal((await post(served.url, asked)).status, 200);
  });

  Deno.test("a service over parts that were written alone says that a mixture must be raw", async () => {
    await using given = await serviceCase();
    const { model, gallery: { embeddings } } = given;
    const from = [server.url(), other.url()];
    for (const url of from) await indexTable(model, { embeddings }, { to: [url], table: "alone" });
    await using table = await TableGallery.open(model, { from, table: "alone" });
    await using served = serveModel(model, table, { port: 0 });
    const mixed = { name: "4.png", mix: { shape: 1, colour: 1 } };
    const { status, json } = await post(served.url, mixed);
    assert.deepEqual([status, json], [422, {
      error:
        "Cannot balance notions over the parts of the table alone: those of the addresses 1 and 2 were not written together, so the medians over all are not known; write them by one `indexTable()`, or take the weights as they are with `raw: true`",
    }]);
    assert.equal((await post(served.url, { ...mixed, raw: true })).status, 200);
  });
});
