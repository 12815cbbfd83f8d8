/** The server of the page: who is answered, and what browsers may do with its answers. */
import assert from "node:assert/strict";
import { type ExploreCase, exploreCase } from "../helpers/explore_case.ts";

let made: ExploreCase;

Deno.test.beforeAll(async () => {
  made = await exploreCase();
});

Deno.test.afterAll(async () => await made[Symbol.asyncDispose]());

Deno.test("exploreModel() answers the page and its program", async () => {
  const page = await fetch(`${made.origin}/`);
  assert.equal(page.headers.get("content-type"), "text/html; charset=utf-8");
  assert.match(await page.text(), /<script type="module" src="main.js">/);
  const program = await fetch(`${made.origin}/main.js`);
  assert.equal(program.headers.get("content-type"), "text/javascript; charset=utf-8");
  assert.ok((await program.text()).length > 10_000);
});

Deno.test("exploreModel() lets browsers run and show nothing from elsewhere", async () => {
  for (const path of ["/", "/api/explored", "/api/none"]) {
    const { headers, body } = await fetch(`${made.origin}${path}`);
    await body?.cancel();
    const policy = headers.get("content-security-policy")!;
    assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self';/, path);
    assert.doesNotMatch(policy, /unsafe/, path);
    assert.equal(headers.get("x-content-type-options"), "nosniff", path);
    assert.equal(headers.get("referrer-policy"), "no-referrer", path);
    assert.equal(headers.get("cross-origin-resource-policy"), "same-origin", path);
  }
});

Deno.test("exploreModel() answers only requests to this machine's names", async () => {
  const { port } = new URL(made.origin);
  for (const path of ["/", "/api/explored", "/api/thumbnail/0", "/api/none"]) {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
    const request = `GET ${path} HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n`;
    await connection.write(new TextEncoder().encode(request));
    const answer = await new Response(connection.readable).text();
    assert.match(answer, /^HTTP\/1\.1 403 /, path);
    assert.match(answer, /Cannot answer for the host \\"evil.example\\"/, path);
  }
});

Deno.test("exploreModel() says what is at a path, and by which method", async () => {
  assert.deepEqual(await made.get("/api/none"), {
    status: 404,
    body: { error: 'There is nothing at "/api/none"' },
  });
  assert.deepEqual(await made.get("/api/neighbours"), {
    status: 405,
    body: { error: "/api/neighbours takes POST, not GET" },
  });
});

Deno.test("exploreModel() asks for the token to read where others reach it", async () => {
  const token = "a token of letters".replaceAll(" ", "-");
  await using open = await exploreCase({ host: "0.0.0.0", token });
  const origin = open.origin.replace("0.0.0.0", "127.0.0.1");
  const status = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${origin}${path}`, { headers });
    await response.body?.cancel();
    return response.status;
  };
  const right = { authorization: `Bearer ${token}` };
  assert.equal(await status("/"), 200);
  assert.equal(await status("/api/explored"), 401);
  assert.equal(await status("/api/thumbnail/0"), 401);
  assert.equal(await status("/api/explored", { authorization: "Bearer another-token-this" }), 401);
  assert.equal(await status("/api/explored", right), 200);
  // Pictures are asked for without a header; the page's address gives a cookie for them.
  const page = await fetch(`${origin}/?token=${token}`);
  await page.body?.cancel();
  const cookie = page.headers.get("set-cookie")!;
  assert.match(cookie, /; HttpOnly; SameSite=Strict$/);
  assert.equal(await status("/api/thumbnail/0", { cookie: cookie.split(";")[0] }), 200);
  const wrong = await fetch(`${origin}/?token=another-token-this`);
  await wrong.body?.cancel();
  assert.equal(wrong.headers.get("set-cookie"), null);
});
