import assert from "node:assert/strict";
import { table } from "../../../src/cli/format.ts";
import type { Part, Setting } from "../../../scripts/coverage/parts.ts";
import { printPart } from "../../../scripts/coverage/print_part.ts";

const headers = ["tested", "coverage"];

function partOf(...settings: Setting[]): Part {
  return { title: "A table", headers, numbers: ["0.000"], settings };
}

const two: Setting = { labels: [["a"], ["b, longer"]], measured: () => [["0.951"], ["0.9"]] };

Deno.test("printPart() prints the table that its rows make", () => {
  const lines: string[] = [];
  const last: Setting = { labels: [["c"]], measured: (replicates) => [[`0.${replicates}`]] };
  printPart(partOf(two, last), 123, (text) => lines.push(text));
  const rows = [["a", "0.951"], ["b, longer", "0.9"], ["c", "0.123"]];
  assert.equal(lines.join("\n"), `A table\n\n${table(headers, rows)}\n`);
});

Deno.test("printPart() has printed what was measured when it is interrupted", () => {
  const lines: string[] = [];
  const interrupted: Setting = {
    labels: [["a name that makes columns wide"]],
    measured: () => {
      throw new Error("interrupted");
    },
  };
  assert.throws(() => printPart(partOf(two, interrupted), 1, (text) => lines.push(text)));
  assert.match(lines.join("\n"), /^a {30,}0\.951\nb, longer {20,}0\.9$/m);
});
