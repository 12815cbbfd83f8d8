/** A page that is open before its images are embedded. */
import assert from "node:assert/strict";
import { bundlePage } from "../../src/explore/bundle_page.ts";
import { exploreModel } from "../../src/explore/explore_server.ts";
import type { Explored } from "../../src/explore/explored.ts";
import { Opening } from "../../src/explore/opening.ts";
import { CsnError } from "../../src/base/errors.ts";
import type { Listener, Progress } from "../../src/base/listener.ts";
import { type ExploreCase, exploreCase } from "../helpers/explore_case.ts";
import { waitForText } from "../helpers/explore_page.ts";
import { pageTests } from "../helpers/page_tests.ts";

let made: ExploreCase;

Deno.test.beforeAll(async () => {
  made = await exploreCase();
});

Deno.test.afterAll(async () => await made[Symbol.asyncDispose]());

const tests = pageTests();

const embedding = (done: number): Progress => ({
  ...{ what: "Embedding images", done, total: 1234, unit: "images" },
});

/** What is opened when `open` is called, and the server of its page. */
async function opening() {
  const opened = Promise.withResolvers<Explored>();
  let listener: Listener = {};
  const opening = new Opening((given) => {
    listener = given;
    return opened.promise;
  });
  const server = exploreModel(opening, { page: await bundlePage(), port: 0 });
  const url = new URL(server.url);
  const authorization = `Bearer ${url.searchParams.get("token")}`;
  const get = (path: string, init: RequestInit = {}) =>
    fetch(`${url.origin}${path}`, { ...init, headers: { authorization } });
  return {
    ...{ opening, server, get },
    progress: (done: number) => listener.progress!(embedding(done)),
    open: () => opened.resolve(made.explored),
    fail: opened.reject,
  };
}

Deno.test("exploreModel() answers how far the images are embedded, and refuses all else until they are", async () => {
  const { server, get, progress, open } = await opening();
  await using _server = server;
  assert.deepEqual(await (await get("/api/explored")).json(), { opening: null });
  progress(17);
  assert.deepEqual(await (await get("/api/explored")).json(), { opening: embedding(17) });
  for (const [path, method] of [["/api/maps", "GET"], ["/api/neighbours", "POST"]]) {
    const refused = await get(path, { method });
    assert.equal(refused.status, 503);
    assert.equal(refused.headers.get("retry-after"), "1");
    assert.match((await refused.json()).error, /^Cannot answer yet: the images are being embedded/);
  }
  open();
  const info = await (await get("/api/explored")).json();
  assert.equal(info.images, 36);
});

Deno.test("exploreModel() answers why the images could not be embedded", async () => {
  const { server, get, fail } = await opening();
  await using _server = server;
  fail(new CsnError("Cannot embed 3.png: it is gone"));
  const answer = await get("/api/explored");
  assert.equal(answer.status, 422);
  assert.deepEqual(await answer.json(), { error: "Cannot embed 3.png: it is gone" });
});

Deno.test("Opening has begun when there is progress, or all is open, and fails as what opens it", async () => {
  const slow = await opening();
  await using _slow = slow.server;
  slow.progress(1);
  await slow.opening.begun;
  assert.equal(slow.opening.isOpen, false);
  const quick = await opening();
  await using _quick = quick.server;
  quick.open();
  await quick.opening.begun;
  assert.equal(quick.opening.isOpen, true);
  const failed = await opening();
  await using _failed = failed.server;
  failed.fail(new CsnError("no"));
  await assert.rejects(failed.opening.begun, { message: "no" });
});

tests.pageTest(
  "the page shows how far the images are embedded, and goes on by itself as its address says",
  async () => {
    const { server, progress, open } = await opening();
    await using _server = server;
    progress(17);
    const { page, messages } = await tests.browser.visit(`${server.url}#q=3`, 1200);
    await waitForText(page, "Embedding images: 17 of 1,234 images");
    progress(1000);
    await waitForText(page, "Embedding images: 1,000 of 1,234 images");
    assert.equal(
      await page.$eval("progress", (bar) => (bar as { position: number }).position),
      1000 / 1234,
    );
    open();
    await page.waitForSelector('[data-row="0"] [data-image]');
    assert.equal(await page.$("progress"), null);
    assert.equal(new URLSearchParams(new URL(page.url()).hash.slice(1)).get("q"), "3");
    assert.deepEqual(messages, []);
    await page.close();
  },
);
