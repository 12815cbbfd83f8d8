/** How a served model treats clients that are slow, gone, too many or unknown. */
import assert from "node:assert/strict";
import { join } from "../../src/files/paths.ts";
import type { ServiceOptions } from "../../src/service/service_options.ts";
import { serveModel } from "../../src/service/serve_model.ts";
import { UsageError } from "../../src/base/errors.ts";
import { HandClock, type ServiceCase, serviceCase } from "../helpers/service_case.ts";

let given: ServiceCase;

Deno.test.beforeAll(async () => {
  given = await serviceCase();
});

Deno.test.afterAll(async () => await given[Symbol.asyncDispose]());

function serve(options: ServiceOptions = {}) {
  return serveModel(given.model, given.gallery, { port: 0, ...options });
}

async function image(number: number): Promise<Uint8Array<ArrayBuffer>> {
  return await Deno.readFile(join(given.set, "images", `${number}.png`));
}

async function embed(url: string, number: number, init: RequestInit = {}): Promise<Response> {
  const headers = { "content-type": "image/png", ...init.headers };
  return await fetch(`${url}/embed`, {
    ...init,
    method: "POST",
    headers,
    body: await image(number),
  });
}

async function errorOf(response: Response): Promise<string> {
  return (await response.json()).error;
}

/** A connection without HTTP's manners. */
async function connect(url: string, text: string): Promise<Deno.TcpConn> {
  const { hostname, port } = new URL(url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  await connection.write(new TextEncoder().encode(text));
  return connection;
}

async function read(connection: Deno.TcpConn, end: string): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(4096);
  while (!text.includes(end)) {
    const length = await connection.read(buffer);
    if (length === null) break;
    text += decoder.decode(buffer.subarray(0, length), { stream: true });
  }
  return text;
}

/** Lets what has happened be heard of. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve));
}

Deno.test("a service cuts a body that comes too slowly with 408", async () => {
  const clock = new HandClock();
  await using served = serve({ clock, bodyMs: 30_000 });
  using connection = await connect(
    served.url,
    "POST /embed HTTP/1.1\r\nhost: localhost\r\ncontent-type: image/png\r\ncontent-length: 100\r\n\r\nabc",
  );
  await clock.awaited(30_000);
  clock.pass(30_000);
  const answer = await read(connection, "}");
  assert.match(answer, /^HTTP\/1\.1 408 /);
  assert.match(answer, /Cannot read the request: its body was not whole after 30 s/);
  await until(() => served.service.inProgress === 0);
});

Deno.test("a service refuses a body that is too large with 413, whether it says its size or not", async () => {
  await using served = serve({ mostBytes: 1000 });
  const headers = { "content-type": "image/png" };
  for (const body of [new Uint8Array(1001), new Blob([new Uint8Array(2000)]).stream()]) {
    const response = await fetch(`${served.url}/embed`, { method: "POST", headers, body });
    assert.equal(response.status, 413);
    assert.match(await errorOf(response), /its body has more than 1000 bytes/);
  }
});

Deno.test("a service drops a request that goes away while it waits", async () => {
  const clock = new HandClock();
  await using served = serve({ clock, collectMs: 3 });
  const gone = new AbortController();
  // A picture of one pixel: Deno 2.9.6 hears of a client that goes away after a small body only.
  const dropped = fetch(`${served.url}/embed`, {
    method: "POST",
    headers: { "content-type": "image/x-portable-pixmap" },
    body: "P6\n1 1\n255\nabc",
    signal: gone.signal,
  });
  await until(() => served.service.waiting === 1);
  gone.abort();
  await assert.rejects(dropped);
  await until(() => served.service.waiting === 0 && served.service.inProgress === 0);
  const stays = embed(served.url, 2);
  await until(() => served.service.waiting === 1);
  clock.pass(3);
  const answered = await stays;
  assert.equal(answered.status, 200);
  await answered.bytes();
});

Deno.test("a service refuses more requests than it may have in progress with 503 and Retry-After", async () => {
  const clock = new HandClock();
  await using served = serve({ clock, mostRequests: 2 });
  const first = [1, 2].map((number) => embed(served.url, number));
  await until(() => served.service.waiting === 2);
  const refused = await embed(served.url, 3);
  assert.deepEqual([refused.status, refused.headers.get("retry-after")], [503, "1"]);
  assert.match(await errorOf(refused), /^The service is busy with 2 requests/);
  const health = await fetch(`${served.url}/healthz`);
  assert.deepEqual(await health.json(), { status: "ok" });
  clock.pass(3);
  for (const response of await Promise.all(first)) {
    assert.equal(response.status, 200);
    await response.bytes();
  }
});

Deno.test("ServedModel.close() answers what waits, and refuses new requests with 503 meanwhile", async () => {
  const clock = new HandClock();
  const served = serve({ clock });
  const waits = embed(served.url, 1);
  await until(() => served.service.waiting === 1);
  const closed = served.close();
  const refused = await fetch(`${served.url}/healthz`);
  assert.deepEqual([refused.status, refused.headers.get("retry-after")], [503, "1"]);
  assert.equal(await errorOf(refused), "The service is ending: ask again later");
  clock.pass(3);
  const answered = await waits;
  assert.equal(answered.status, 200);
  await answered.bytes();
  await closed;
  await assert.rejects(fetch(`${served.url}/healthz`));
});

Deno.test("a service with a token answers nothing but /healthz without it", async () => {
  const token = "0123456789abcdef";
  await using served = serve({ token });
  for (const authorization of ["", "Bearer 0123456789abcdeg", `bearer ${token} `, token]) {
    const response = await embed(served.url, 1, { headers: { authorization } });
    assert.deepEqual([response.status, response.headers.get("www-authenticate")], [401, "Bearer"]);
    assert.match(await errorOf(response), /^Cannot answer without the token: send it as/);
  }
  const answered = await embed(served.url, 1, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(answered.status, 200);
  await answered.bytes();
  const health = await fetch(`${served.url}/healthz`);
  assert.equal(health.status, 200);
  await health.bytes();
});

Deno.test("serveModel() refuses an address that others reach without a token, and a poor token", () => {
  const refused = (host: string, token?: string) => () =>
    serveModel(given.model, given.gallery, { port: 0, host, token });
  for (const host of ["0.0.0.0", "::", "192.168.1.5", "127.0.0.1.example.com"]) {
    assert.throws(
      refused(host),
      (error) =>
        error instanceof UsageError && /without a token: others reach it there/.test(error.message),
    );
  }
  assert.throws(refused("0.0.0.0", ""), /has 0 letters; make it of at least 16/);
  assert.throws(refused("0.0.0.0", "0123456789 abcdef"), /it has blanks/);
});

Deno.test("serveModel() says that a port is taken", async () => {
  await using served = serve();
  const port = Number(new URL(served.url).port);
  assert.throws(
    () => serveModel(given.model, given.gallery, { port }),
    {
      message:
        `Cannot listen at 127.0.0.1, port ${port}: another program listens there; choose another port, or 0 for any free one`,
    },
  );
});

Deno.test("a service that fails answers 500 without what failed, and reports it", async () => {
  const faults: unknown[] = [];
  const model = Object.create(given.model, {
    info: { value: given.model.info },
    masks: { value: given.model.masks },
    embed: { value: () => Promise.reject(new TypeError("at /secret/place")) },
  });
  await using served = serveModel(model, given.gallery, {
    port: 0,
    onFault: (error) => faults.push(error),
  });
  const response = await embed(served.url, 1);
  assert.equal(response.status, 500);
  assert.equal(await errorOf(response), "The service failed; its log says why");
  assert.deepEqual(faults.map(String), ["TypeError: at /secret/place"]);
});
