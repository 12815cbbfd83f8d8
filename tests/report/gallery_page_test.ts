import assert from "node:assert/strict";
import { galleryPage, isGallery } from "../../src/report/gallery_page.ts";

const nasty = `</title></svg>"'><script>alert(1)</script>&amp;`;
const escaped =
  "&lt;/title&gt;&lt;/svg&gt;&quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;";

const picture = { name: "hit", alt: nasty, width: 1, height: 1, png: Uint8Array.of(137, 80) };
const hit = {
  ...{ name: nasty, index: 0, distance: 0.5, parts: { [nasty]: 0.2, b: 0.05 } },
  ...{ shares: { [nasty]: 0.8, b: 0.2 }, dimensions: [], query: 0 },
  chances: { b: { nearer: 0.75, same: null } },
};
const page = galleryPage({
  model: nasty,
  among: nasty,
  queries: [{ name: nasty, picture }],
  rows: [{ title: nasty, note: nasty, hits: [{ hit, picture }] }, {
    title: "b",
    note: "",
    hits: [],
  }],
  csn: "1",
});

Deno.test("galleryPage() shows texts as text wherever they stand", () => {
  assert.ok(!page.includes("<script"));
  assert.ok(!page.includes(nasty));
  // Title, heading, model, among, query, its picture, row, note, picture, name and share.
  assert.equal(page.split(escaped).length - 1, 11);
});

Deno.test("galleryPage() refers to nothing outside of the page, and runs nothing", () => {
  const addresses = [...page.matchAll(/(?:src|href|xlink:href)="([^"]*)"/g)].map(([, each]) =>
    each
  );
  assert.equal(addresses.length, 2);
  for (const address of addresses) assert.match(address, /^data:image\/png;base64,/);
  assert.doesNotMatch(page, /url\((?!["']?#)|@import| on\w+="|<iframe|<object|<link/);
});

Deno.test("galleryPage() says how far a hit is and what each notion adds, and when there is none", () => {
  assert.match(page, /at 0\.500/);
  assert.match(page, /<li>b 20\.0.%<\/li>/);
  assert.match(page, /<li>nearer than usual by b: 75\.0.%<\/li>/);
  assert.doesNotMatch(page, /same value/);
  assert.match(page, /<h2>b<\/h2>\n<p>No image is left to compare with\.<\/p>/);
});

Deno.test("isGallery() knows a gallery, and no other page", () => {
  assert.ok(isGallery(page));
  assert.ok(!isGallery("<!DOCTYPE html><p>Made by csn 1"));
});
