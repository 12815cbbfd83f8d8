import assert from "node:assert/strict";
import { freePort } from "../helpers/free_port.ts";
import { type RankEnd, type RunningRank, runRanks } from "../helpers/run_ranks.ts";

/** How two ranks end that share twelve tasks; `deed` is what the one with the last task does. */
async function endsWhere(
  deed: "stops" | "throws" | "hangs" | "ends" | null,
  watch?: (running: readonly RunningRank[]) => Promise<void>,
): Promise<RankEnd[]> {
  return await runRanks({
    ...{ program: "work_apart_program.ts", world: 2, watch },
    args: [deed === "hangs" || deed === "ends" ? "2" : "60"],
    env: (): Record<string, string> => deed === null ? {} : { CSN_TEST_DEED: deed },
  });
}

/** The two, that of which something is so first. */
function sorted(ends: readonly RankEnd[], isFirst: (end: RankEnd) => boolean): RankEnd[] {
  return [...ends].sort((a, b) => Number(isFirst(b)) - Number(isFirst(a)));
}

Deno.test("workApart() does each task once, on the rank that is free, and all ranks know of all", async () => {
  const ends = await endsWhere(null);
  for (const { code, stderr } of ends) assert.equal(code, 0, stderr);
  const did = ends.flatMap(({ stdout }) =>
    [...stdout.matchAll(/^did (\d+)$/gm)].map(([, task]) => Number(task))
  );
  assert.deepEqual(did.sort((a, b) => a - b), Array.from({ length: 12 }, (_, i) => i));
  const found = ends.map(({ stdout }) => JSON.parse(stdout.trim().split("\n").at(-1)!));
  assert.deepEqual(found.map(({ isDone, most }) => [isDone, most]), [[true, 12], [true, 12]]);
  assert.ok(found.every(({ done }) => done > 0), "each has some of them");
});

Deno.test("workApart() tells the others that a rank has ended while it heard of them", async () => {
  for (const { code, stderr } of await endsWhere("ends")) assert.equal(code, 0, stderr);
});

Deno.test("workApart() stops all ranks when one is stopped", async () => {
  for (const { code, stdout, stderr } of await endsWhere("stops")) {
    assert.equal(code, 0, stderr);
    assert.match(stdout, /"isDone":false/);
  }
});

Deno.test("workApart() throws on all ranks when one fails, and names it", async () => {
  const [failed, other] = sorted(
    await endsWhere("throws"),
    ({ stderr }) => stderr === "task failed\n",
  );
  assert.deepEqual([failed.code, other.code], [1, 1]);
  assert.match(
    other.stderr,
    /^Cannot work together: rank [01] of 2 failed: task failed\n$/,
  );
});

/** How ranks end that meet at rank 0, where `taker` does a single task last. */
async function endsWhereLast(deed: string, { world = 2, taker = 0 } = {}): Promise<RankEnd[]> {
  const port = String(freePort());
  return await runRanks({
    ...{ program: "last_at_work_program.ts", args: [deed, String(taker)], world },
    env: () => ({ CSN_STORE: "", MASTER_ADDR: "127.0.0.1", MASTER_PORT: port }),
  });
}

function assertNotDone(ends: readonly RankEnd[]): void {
  for (const { code, stdout, stderr } of ends) {
    assert.equal(code, 0, stderr);
    assert.equal(stdout, "isDone false\n");
  }
}

Deno.test("workApart() lets who has ended hear that rank 0, which serves the store, throws", async () => {
  const [first, second] = await endsWhereLast("throws");
  assert.deepEqual([first.code, second.code], [1, 1]);
  assert.equal(second.stderr, "Cannot work together: rank 0 of 2 failed: task failed\n");
});

Deno.test("workApart() lets who has ended hear that another is stopped, whichever serves the store", async () => {
  assertNotDone(await endsWhereLast("stops"));
  assertNotDone(await endsWhereLast("stops", { world: 3, taker: 1 }));
});

Deno.test("workApart() stops all ranks when one is stopped that has nothing left to do", async () => {
  assertNotDone(await endsWhereLast("is stopped by the other"));
});

Deno.test("workApart() ends all ranks when one cannot report, with its error", async () => {
  const [first, second] = await endsWhereLast("hears that the other cannot report");
  assert.deepEqual([first.code, second.code], [1, 1]);
  assert.equal(second.stderr, "report failed\n");
  assert.equal(first.stderr, "Cannot work together: rank 1 of 2 failed: report failed\n");
});

Deno.test("workApart() names a rank of which nothing is heard within the time limit", async () => {
  const ends = await endsWhere("hangs", async (running) => {
    const hanging = await Promise.any(
      running.map(async (rank) => {
        await rank.said("hanging");
        return rank;
      }),
    );
    hanging.child.kill("SIGSTOP");
    await Promise.all(running.filter((rank) => rank !== hanging).map(({ end }) => end));
    hanging.child.kill("SIGKILL");
  });
  const [other] = sorted(ends, ({ code }) => code === 1);
  assert.match(
    other.stderr,
    /^Cannot work together: rank [01] of 2 ended or hangs: nothing was heard of it for 2 s; /,
  );
});
