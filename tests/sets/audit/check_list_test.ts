import assert from "node:assert/strict";
import fc from "fast-check";
import { checkList } from "../../../src/sets/audit/check_list.ts";
import { scanList } from "../../../src/sets/audit/scan_list.ts";

const images = 8;
type Line = [anchor: number, far: number, near: number];

const anyLine: fc.Arbitrary<Line> = fc.tuple(
  fc.nat(images - 1),
  fc.nat(images - 1),
  fc.nat(images - 1),
);

/** Many lines of few anchors meet one another. */
const fewAnchors: fc.Arbitrary<Line> = fc.tuple(fc.nat(1), fc.nat(images - 1), fc.nat(images - 1));

function flat(lines: readonly Line[]): Uint32Array {
  return Uint32Array.from(lines.flat());
}

/** What the words of the issue say, by comparing every line with every other. */
function naively(lines: readonly Line[]) {
  const isEqual = ([a, b, c]: Line) => a === b || b === c || a === c;
  const same = (x: Line, y: Line) => x[0] === y[0] && x[1] === y[1] && x[2] === y[2];
  const mirrored = (x: Line, y: Line) => x[0] === y[0] && x[1] === y[2] && x[2] === y[1];
  const equalMembers: number[] = [];
  const duplicates: number[] = [];
  const contradictions: number[] = [];
  lines.forEach((line, place) => {
    const earlier = lines.slice(0, place);
    if (isEqual(line)) equalMembers.push(place);
    else if (earlier.some((other) => same(line, other))) duplicates.push(place);
    else if (earlier.some((other) => mirrored(line, other))) contradictions.push(place);
  });
  return { equalMembers, duplicates, contradictions };
}

/** Circles of three images or more: an anchor and the images that lead to each other. */
function circlesNaively(lines: readonly Line[]): string[] {
  const found = new Set<string>();
  for (let anchor = 0; anchor < images; anchor++) {
    const own = lines.filter(([a, b, c]) => a === anchor && a !== b && b !== c && a !== c);
    const edges = own.filter(([, far, near]) => !own.some(([, b, c]) => b === near && c === far));
    // Reach by repeated squaring of "leads to".
    const leads = Array.from({ length: images }, () => Array<boolean>(images).fill(false));
    for (const [, far, near] of edges) leads[near][far] = true;
    for (let k = 0; k < images; k++) {
      for (let i = 0; i < images; i++) {
        for (let j = 0; j < images; j++) leads[i][j] ||= leads[i][k] && leads[k][j];
      }
    }
    for (let i = 0; i < images; i++) {
      if (!leads[i][i]) continue;
      const members = leads[i].keys().filter((j) => leads[i][j] && leads[j][i]).toArray();
      found.add(`${anchor}: ${members}`);
    }
  }
  return [...found].sort();
}

Deno.test("checkList() finds equal members, duplicates and contradictions as comparing all lines does", () => {
  fc.assert(
    fc.property(fc.array(anyLine, { maxLength: 150 }), (lines) => {
      const { equalMembers, duplicates, contradictions } = checkList(flat(lines), images);
      assert.deepEqual({ equalMembers, duplicates, contradictions }, naively(lines));
    }),
    { numRuns: 200, seed: 1 },
  );
});

Deno.test("checkList() finds the circles that a search over all paths finds", () => {
  let circles = 0;
  fc.assert(
    fc.property(fc.array(fewAnchors, { minLength: 20, maxLength: 40 }), (lines) => {
      const { cycles } = checkList(flat(lines), images);
      const found = cycles.map(({ anchor, triplets }) => {
        const members = new Set(triplets.flatMap((place) => lines[place].slice(1)));
        for (const place of triplets) assert.equal(lines[place][0], anchor);
        return `${anchor}: ${[...members].sort((a, b) => a - b)}`;
      });
      assert.deepEqual(found.sort(), circlesNaively(lines));
      circles += found.length;
    }),
    { numRuns: 600, seed: 2 },
  );
  assert.ok(circles > 50, `only ${circles} circles were met`);
});

Deno.test("checkList() finds nothing where every anchor orders images by one distance", () => {
  fc.assert(
    fc.property(fc.array(anyLine, { maxLength: 100 }), (lines) => {
      const distance = (a: number, b: number) => Math.abs(2 ** a - 2 ** b);
      const right = lines.filter(([a, b, c]) =>
        a !== b && a !== c && distance(a, b) > distance(a, c)
      );
      const once = [...new Map(right.map((line) => [line.join(), line])).values()];
      const { hubs: _, ...rest } = checkList(flat(once), images);
      assert.deepEqual(rest, { equalMembers: [], duplicates: [], contradictions: [], cycles: [] });
    }),
    { numRuns: 100, seed: 3 },
  );
});

Deno.test("checkList() follows a circle through thousands of images without running out of stack", () => {
  const length = 20_000;
  const lines = Array.from({ length }, (_, i): Line => [0, 1 + (i + 1) % length, 1 + i]);
  const [cycle] = checkList(flat(lines), length + 1).cycles;
  assert.deepEqual([cycle.anchor, cycle.triplets.length], [0, length]);
});

Deno.test("checkList() names images in more than twenty times as many triplets as the mean", () => {
  // 200 triplets share the anchor 0, and use 400 others once: the mean is 600 / 401.
  const lines = Array.from({ length: 200 }, (_, i): Line => [0, 1 + 2 * i, 2 + 2 * i]);
  assert.deepEqual(checkList(flat(lines), 500).hubs, [{ image: 0, triplets: 200 }]);
  const even = Array.from({ length: 60 }, (_, i): Line => [3 * i, 3 * i + 1, 3 * i + 2]);
  assert.deepEqual(checkList(flat(even), 180).hubs, []);
});

function scan(text: string) {
  return scanList(new TextEncoder().encode(text), 10);
}

Deno.test("scanList() reads good lines, and names each bad one by its number", () => {
  const text =
    "0 1 2\n3\t4 5\r\n6 7\n\n1 2 x\n1 2 -3\n1 2 3 4\n1 2 10\n  7 8 9  \n99999999999 1 2\n1.5 2 3\n9 8 7";
  const { triplets, lines, malformed, outOfRange } = scan(text);
  assert.deepEqual([...triplets], [0, 1, 2, 3, 4, 5, 7, 8, 9, 9, 8, 7]);
  assert.deepEqual([...lines], [1, 2, 9, 12]);
  assert.deepEqual(malformed, [
    { line: 3, text: "6 7" },
    { line: 4, text: "" },
    { line: 5, text: "1 2 x" },
    { line: 6, text: "1 2 -3" },
    { line: 7, text: "1 2 3 4" },
    { line: 11, text: "1.5 2 3" },
  ]);
  assert.deepEqual(outOfRange, [
    { line: 8, text: "1 2 10" },
    { line: 10, text: "99999999999 1 2" },
  ]);
});

Deno.test("scanList() passes over remarks, and over what was not finished of a list of answers", () => {
  const { triplets, lines, malformed } = scan("# by Ann\n0 1 2 # sure\n #\n3 4 # 5\n6 7 8\n");
  assert.deepEqual([...triplets], [0, 1, 2, 6, 7, 8]);
  assert.deepEqual([...lines], [2, 5]);
  assert.deepEqual(malformed.map(({ line }) => line), [4]);
  assert.deepEqual([...scan("# csn answers {}\n0 1 2 # {}\n3 4 5").triplets], [0, 1, 2]);
});

Deno.test("scanList() takes empty lists, and empty lines at the end", () => {
  for (const text of ["", "\n\n", "  \r\n"]) {
    const { triplets, malformed } = scan(text);
    assert.deepEqual([triplets.length, malformed.length], [0, 0]);
  }
  const { triplets, malformed } = scan("1 2 3\n\n \n");
  assert.deepEqual([triplets.length, malformed.length], [3, 0]);
});

Deno.test("scanList() reads any triplets that were written, whatever the blanks", () => {
  const blank = fc.constantFrom(" ", "  ", "\t");
  fc.assert(
    fc.property(fc.array(fc.tuple(anyLine, blank, fc.constantFrom("\n", "\r\n"))), (given) => {
      const text = given.map(([line, space, end]) => line.join(space) + end).join("");
      const { triplets, malformed, outOfRange } = scan(text);
      assert.deepEqual([...triplets], given.flatMap(([line]) => line));
      assert.deepEqual([malformed, outOfRange], [[], []]);
    }),
    { seed: 4 },
  );
});
