/** The short form of the soak's parsers: 150 inputs each. */
import assert from "node:assert/strict";
import { parsersPart } from "../../../scripts/soak/parsers_part.ts";
import { allParsers } from "../../../scripts/soak/parsers/all.ts";
import { shortSoak } from "./short_soak.ts";

Deno.test("every parser answers spoilt files with an error of a line or a right result", async () => {
  await using soak = await shortSoak({ inputs: 150 });
  const rows = await parsersPart(soak);
  assert.deepEqual(rows.flatMap(({ findings }) => findings), []);
  assert.deepEqual(rows.map(({ tried }) => tried).sort(), Object.keys(allParsers).sort());
  assert.ok(rows.every(({ count }) => count === 150));
});

Deno.test("parsersPart() lets parsers take turns: each comes to its number in some processes", async () => {
  await using soak = await shortSoak({ inputs: 1200 });
  const said: string[] = [];
  const only = ["filenames", "set.json"];
  const rows = await parsersPart({ ...soak, only, turn: 0, notice: (text) => said.push(text) });
  assert.deepEqual(rows.map(({ tried, count, asked }) => [tried, count, asked]), [
    ["set.json", 1200, 1200],
    ["filenames", 1200, 1200],
  ]);
  assert.equal(said.length, 2);
});

Deno.test("parsersPart() begins nothing when its time is over, and says that it was not all", async () => {
  await using soak = await shortSoak({ inputs: 150 });
  const said: string[] = [];
  const rows = await parsersPart({ ...soak, until: 0, notice: (text) => said.push(text) });
  assert.ok(rows.every(({ count, asked }) => count === 0 && asked === 150));
  assert.ok(said.length > 0 && said.every((text) => text.endsWith("0 found, not all")));
});

Deno.test("parsersPart() that is stopped ends its process and finds nothing in what it left", async () => {
  await using soak = await shortSoak({ inputs: 1_000_000 });
  const stop = new AbortController();
  const listen = stop.signal.addEventListener.bind(stop.signal);
  // It listens as soon as a process is there.
  stop.signal.addEventListener = (...given: Parameters<typeof listen>) => {
    listen(...given);
    queueMicrotask(() => stop.abort());
  };
  const [row] = await parsersPart({ ...soak, only: ["filenames"], stop: stop.signal });
  assert.deepEqual([row.count, row.asked, row.findings], [0, 1_000_000, []]);
});
