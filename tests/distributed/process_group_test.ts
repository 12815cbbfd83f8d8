import assert from "node:assert/strict";
import { ProcessGroup } from "../../src/distributed/process_group.ts";
import { readPlace } from "../../src/distributed/read_place.ts";
import { cuda, onCuda } from "../helpers/cuda.ts";
import { type RankEnd, runRanks } from "../helpers/run_ranks.ts";
import { freePort } from "../helpers/free_port.ts";

/** What each rank found, once all of them ended well. */
async function found<Found>(what: string, world: number, device = "cpu"): Promise<Found[]> {
  const ends = await runRanks({ program: "group_program.ts", args: [what, "60", device], world });
  for (const { code, stderr } of ends) assert.equal(code, 0, stderr);
  return ends.map(({ stdout }) => JSON.parse(stdout));
}

/** Three ranks that do several things, each after the other; asked for once. */
let three: Promise<[broadcast: unknown, gather: unknown, sum: number[]][]> | undefined;
const ofThree = () => three ??= found("broadcast,gather,sum", 3);

Deno.test("ProcessGroup.broadcast() gives all ranks rank 0's elements, of any dtype", async () => {
  const expected = [Array.from({ length: 12 }, (_, i) => i), [7]];
  const each = (await ofThree()).map(([broadcast]) => broadcast);
  assert.deepEqual(each, [expected, expected, expected]);
});

Deno.test("ProcessGroup.gatherRows() joins unequal and empty parts by rank, gatherTexts() texts", async () => {
  const expected = {
    shape: [3, 2],
    rows: [100, 101, 200, 201, 202, 203],
    texts: ["é0", "é1", "é2"],
  };
  const each = (await ofThree()).map(([, gather]) => gather);
  assert.deepEqual(each, [expected, expected, expected]);
});

Deno.test("ProcessGroup.sum() sums numbers in float64", async () => {
  const expected = [0 + 1 + 2, 0.1 + 0.1 + 0.1, 3 * 2 ** 40];
  for (const [, , [ranks, tenths, large]] of await ofThree()) {
    assert.deepEqual([ranks, large], [expected[0], expected[2]]);
    assert.ok(Math.abs(tenths - expected[1]) < 1e-15);
  }
});

Deno.test("ProcessGroup.told() hears what any rank told last, count() counts over all ranks", async () => {
  const each = await found<{ before: null; heard: string[]; counts: number[] }>("tell", 3);
  for (const { before, heard } of each) {
    assert.equal(before, null);
    assert.deepEqual(heard, ["é0", "é1", "é2"]);
  }
  const counts = each.flatMap((rank) => rank.counts);
  assert.deepEqual(counts.sort((a, b) => a - b), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

Deno.test("ProcessGroup repeats the last words of a rank that failed, on all others", async () => {
  const ends = await runRanks({
    ...{ program: "group_program.ts", args: ["sumForEver", "600"], world: 3 },
    env: () => ({ CSN_TEST_WORDS: "1" }),
  });
  for (const { stderr } of [ends[0], ends[2]]) {
    assert.equal(stderr, "Cannot compute together: rank 1 of 3 failed: the disk is full\n");
  }
});

interface Gradients {
  large: number[];
  last: number;
  small: number[];
  unused: boolean;
  numbers: number[];
}

Deno.test("ProcessGroup.backward() sums gradients by their ranks' shares, numbers along", async () => {
  const size = 1_500_000;
  for (const world of [1, 2, 4]) {
    const shares = Array.from(
      { length: world },
      (_, rank) => (rank + 1) / (world * (world + 1) / 2),
    );
    // d/dx (r + 1) x^2 (1 + 4), weighed by the share, summed over the ranks.
    const weight = shares.reduce((sum, share, rank) => sum + share * (rank + 1), 0);
    const squares = Array.from({ length: size }, (_, i) => (i % 7) ** 2).reduce((a, b) => a + b);
    for (const rank of await found<Gradients>("backward", world)) {
      near(rank.large, Array.from({ length: 14 }, (_, i) => 2 * (i % 7) * 5 * weight));
      near([rank.last], [2 * ((size - 1) % 7) * 5 * weight]);
      near(rank.small, [2 * squares * weight, 4 * squares * weight]);
      assert.equal(rank.unused, true);
      assert.deepEqual(rank.numbers, [world * (world - 1) / 2, 0.25 * world]);
    }
  }
});

function near(found: readonly number[], expected: readonly number[]): void {
  found.forEach((each, i) => {
    const [a, b] = [each, expected[i]];
    assert.ok(Math.abs(a - b) <= 1e-12 * Math.max(1, Math.abs(b)), `${a} instead of ${b}`);
  });
  assert.equal(found.length, expected.length);
}

Deno.test("ProcessGroup sends and sums on a CUDA device by NCCL", onCuda, async () => {
  assert.deepEqual(await found("broadcast", 1, cuda), [[Array.from({ length: 12 }, (_, i) => i), [
    7,
  ]]]);
  assert.deepEqual(await found("gather", 1, cuda), [{ shape: [0, 2], rows: [], texts: ["é0"] }]);
  const [{ small, numbers }] = await found<Gradients>("backward", 1, cuda);
  const squares = Array.from({ length: 1_500_000 }, (_, i) => (i % 7) ** 2).reduce((a, b) => a + b);
  near(small, [2 * squares, 4 * squares]);
  assert.deepEqual(numbers, [0, 0.25]);
});

Deno.test("ProcessGroup names a rank that was killed, on all others, within seconds", async () => {
  // The others wait for seconds until they are sure who is gone: all three at once.
  const each = await Promise.all([0, 1, 2].map((killed) => endsWithout(killed, { seconds: 600 })));
  for (const [killed, ends] of each.entries()) {
    for (const [rank, { code, stderr }] of ends.entries()) {
      if (rank === killed) continue;
      assert.equal(code, 1);
      assert.match(
        stderr,
        new RegExp(`^Cannot compute together: rank ${killed} of 3 ended or hangs`),
      );
    }
  }
});

Deno.test("ProcessGroup names a rank that hangs, after the time limit", async () => {
  const [first, , third] = await endsWithout(1, { seconds: 2, hang: true });
  for (const { code, stderr } of [first, third]) {
    assert.equal(code, 1);
    assert.match(stderr, /^Cannot compute together: rank 1 of 3 ended or hangs/);
  }
});

Deno.test("ProcessGroup does not wait for a rank 0 that hangs and serves the store", async () => {
  const port = freePort();
  const ends = await runRanks({
    ...{ program: "group_program.ts", args: ["sumForEver", "2"], world: 2 },
    env: () => atPort(port),
    watch: async ([first, second]) => {
      await first.said("summing");
      first.child.kill("SIGSTOP");
      await second.end;
      first.child.kill("SIGKILL");
    },
  });
  assert.equal(ends[1].code, 1);
  assert.match(ends[1].stderr, /^Cannot compute together: .*, or rank 0 ended or hangs, seen from/);
});

/** Ends of ranks that sum until one of them is gone: killed, or rank 1 when it hangs. */
async function endsWithout(
  gone: number,
  { seconds, hang = false }: { readonly seconds: number; readonly hang?: boolean },
): Promise<RankEnd[]> {
  return await runRanks({
    program: "group_program.ts",
    args: ["sumForEver", String(seconds)],
    world: 3,
    env: (): Record<string, string> => hang ? { CSN_TEST_HANG: "1" } : {},
    watch: async (running) => {
      await running[gone].said(hang ? "hanging" : "summing");
      if (!hang) return running[gone].child.kill("SIGKILL");
      await Promise.all([running[0].end, running[2].end]);
      running[1].child.kill("SIGKILL");
    },
  });
}

Deno.test("ProcessGroup.open() names the ranks that do not come", async () => {
  const ends = await runRanks({
    ...{ program: "group_program.ts", args: ["sum", "2"], world: 4, started: 2 },
  });
  for (const [rank, { code, stderr }] of ends.entries()) {
    assert.equal(code, 1);
    assert.match(
      stderr,
      new RegExp(
        `^Cannot join the other processes \\(this is rank ${rank} of 4\\): ranks 2, 3 did not come within 2 s`,
      ),
    );
  }
});

/** Variables of processes that meet at a port of this machine, as torchrun sets them. */
function atPort(port: number): Record<string, string> {
  return { CSN_STORE: "", MASTER_ADDR: "127.0.0.1", MASTER_PORT: String(port) };
}

Deno.test("ProcessGroup.open() refuses time limits that libtorch would not keep", async () => {
  const env: Record<string, string> = { RANK: "0", WORLD_SIZE: "2", ...atPort(1) };
  const place = readPlace((name) => env[name])!;
  for (const timeoutSeconds of [0, 1e-4, NaN, 1e11, Infinity]) {
    await assert.rejects(ProcessGroup.open(place, { device: "cpu", timeoutSeconds }), {
      name: "UsageError",
      message: /`timeoutSeconds` is .*; it must be a number from 0\.001 to 604800, a week$/,
    });
  }
});

Deno.test("ProcessGroup.open() meets at a TCP port that rank 0 opens", async () => {
  const port = freePort();
  const ends = await runRanks({
    ...{ program: "group_program.ts", args: ["sum"], world: 2, env: () => atPort(port) },
  });
  for (const { code, stderr } of ends) assert.equal(code, 0, stderr);
});

Deno.test("ProcessGroup.open() says that nobody answers at another port, and whose port is in use", async () => {
  const [port, other] = [freePort(), freePort()];
  const ends = await runRanks({
    ...{ program: "group_program.ts", args: ["sum", "2"], world: 2 },
    env: (rank) => atPort(rank === 0 ? port : other),
  });
  assert.deepEqual(ends.map(({ code }) => code), [1, 1]);
  assert.match(ends[0].stderr, /: rank 1 did not come within 2 s/);
  assert.match(
    ends[1].stderr,
    new RegExp(`: nobody answers as rank 0 at 127.0.0.1:${other} within`),
  );
  using listener = Deno.listen({ hostname: "0.0.0.0", port: 0 });
  const [{ stderr }] = await runRanks({
    ...{ program: "group_program.ts", args: ["sum", "2"], world: 2, started: 1 },
    env: () => atPort(listener.addr.port),
  });
  assert.match(stderr, /: port \d+ is in use on this machine/);
});
