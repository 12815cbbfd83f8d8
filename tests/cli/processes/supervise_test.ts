/** Several real processes under a supervisor that is one, too. */
import assert from "node:assert/strict";
import { fromFileUrl, join } from "../../../src/files/paths.ts";
import { exists } from "../../../src/files/exists.ts";
import { TemporaryFolder } from "../../helpers/temporary_folder.ts";
import { gone, isAlive } from "../../helpers/process_ends.ts";

const helper = (name: string) => fromFileUrl(new URL(`../../helpers/${name}`, import.meta.url));

/** Who a rank is, as rank_program.ts writes it. */
interface Written {
  readonly pid: number;
  readonly part: { readonly place: Record<string, unknown> };
  readonly env: Record<string, string>;
  readonly args: readonly string[];
}

/** What is tried: a supervisor with ranks that each do a job. */
class Trial implements AsyncDisposable {
  readonly child: Deno.ChildProcess;
  readonly #folder: TemporaryFolder;
  readonly #count: number;
  readonly #output: Promise<Deno.CommandOutput>;

  private constructor(
    folder: TemporaryFolder,
    count: number,
    jobs: readonly string[],
    { graceMs = 60_000, prefix = [] }: { graceMs?: number; prefix?: readonly string[] },
  ) {
    this.#folder = folder;
    this.#count = count;
    const [command, ...args] = [
      ...prefix,
      ...[Deno.execPath(), "run", "-A", "--quiet", helper("supervise_program.ts")],
      ...[String(count), String(graceMs), helper("rank_program.ts"), folder.path, ...jobs],
    ];
    this.child = new Deno.Command(command, {
      args,
      env: { NO_COLOR: "1", TMPDIR: folder.path },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#output = this.child.output();
  }

  static async start(
    count: number,
    jobs: readonly string[],
    options: { graceMs?: number; prefix?: readonly string[] } = {},
  ): Promise<Trial> {
    return new Trial(await TemporaryFolder.make(), count, jobs, options);
  }

  /** Waits until every rank has said who it is. */
  async ranks(): Promise<Written[]> {
    using watcher = Deno.watchFs(this.#folder.path);
    const events = watcher[Symbol.asyncIterator]();
    const paths = Array.from(
      { length: this.#count },
      (_, rank) => join(this.#folder.path, `${rank}.json`),
    );
    for (const path of paths) while (!await exists(path)) await events.next();
    return await Promise.all(paths.map(async (path) => JSON.parse(await Deno.readTextFile(path))));
  }

  async ended(): Promise<{ code: number; stdout: string; stderr: string }> {
    const { code, stdout, stderr } = await this.#output;
    const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    return { code, stdout: out, stderr: err };
  }

  /** Names of the folders in which the processes have met that are still there. */
  left(): string[] {
    return [...Deno.readDirSync(this.#folder.path)].map(({ name }) => name)
      .filter((name) => name.startsWith("csn-processes-"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#output;
    await this.#folder[Symbol.asyncDispose]();
  }
}

Deno.test("supervise() gives every process its place, its arguments and a file to meet in", async () => {
  await using trial = await Trial.start(3, ["none", "with blanks and 'quotes'"]);
  const ranks = await trial.ranks();
  const { code } = await trial.ended();
  assert.equal(code, 0);
  const path = ranks[0].env.CSN_STORE;
  for (const [rank, { part, env, args }] of ranks.entries()) {
    assert.deepEqual(part.place, {
      ...{ rank, world: 3, local: rank, localWorld: 3, round: 0, from: "csn" },
      store: { kind: "file", path },
    });
    assert.deepEqual(
      [env.RANK, env.WORLD_SIZE, env.LOCAL_RANK, env.LOCAL_WORLD_SIZE],
      [String(rank), "3", String(rank), "3"],
    );
    assert.deepEqual(args.slice(1), ["none", "with blanks and 'quotes'"]);
  }
  assert.deepEqual(trial.left(), [], "the folder in which they met is left");
});

Deno.test("supervise() shows what rank 0 writes as it is, and of others errors with their rank", async () => {
  await using trial = await Trial.start(3, ["speak"]);
  const { code, stdout, stderr } = await trial.ended();
  assert.equal(code, 0);
  assert.equal(stdout, "rank 0 on standard output\n");
  // Rank 0's text without an end may be anywhere among whole lines.
  for (const rank of [1, 2]) {
    assert.ok(stderr.includes(`rank ${rank}: on standard error\n`), stderr);
    assert.ok(stderr.includes(`rank ${rank}: without an end\n`), stderr);
  }
});

Deno.test("supervise() ends all when one fails, with its exit code, its message and its rank", async () => {
  await using trial = await Trial.start(3, ["stay in spite of signals", "fail", "wait"], {
    graceMs: 300,
  });
  const ranks = await trial.ranks();
  const { code, stderr } = await trial.ended();
  assert.equal(code, 2, stderr);
  assert.match(stderr, /^rank 1: error: what the user asked for is not there$/m);
  assert.match(stderr, /^rank 2: ended with 143$/m);
  assert.match(
    stderr,
    /^error: rank 1 failed first, with exit code 2, then rank 0; see the messages above$/m,
  );
  assert.deepEqual(ranks.map(({ pid }) => isAlive(pid)), [false, false, false]);
  assert.deepEqual(trial.left(), []);
});

Deno.test("supervise() shows an error that several report alike once", async () => {
  await using trial = await Trial.start(4, ["wait", "fail"], { graceMs: 300 });
  const { stderr } = await trial.ended();
  assert.equal(stderr.match(/what the user asked for/g)!.length, 1, stderr);
  assert.match(stderr, /failed first, with exit code 2, then ranks \d and \d;/);
});

Deno.test("supervise() names the signal that has ended a rank from outside", async () => {
  await using trial = await Trial.start(2, ["wait", "die"], { graceMs: 300 });
  const { code, stderr } = await trial.ended();
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^error: rank 1 was ended by SIGKILL, as the system does when memory runs out; without it/m,
  );
});

Deno.test("supervise() ends a rank that hangs when another has failed", async () => {
  await using trial = await Trial.start(2, ["wait"], { graceMs: 300 });
  const [first, second] = (await trial.ranks()).map(({ pid }) => pid);
  Deno.kill(second, "SIGSTOP");
  Deno.kill(first, "SIGKILL");
  const { code, stderr } = await trial.ended();
  assert.equal(code, 1);
  assert.match(stderr, /^error: rank 0 was ended by SIGKILL/m);
  assert.deepEqual([first, second].map(isAlive), [false, false]);
});

for (const [signal, exitCode] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const) {
  Deno.test(`supervise() passes ${signal} on, waits for all and ends with ${exitCode}`, async () => {
    await using trial = await Trial.start(3, ["wait"]);
    const ranks = await trial.ranks();
    trial.child.kill(signal);
    const { code, stderr } = await trial.ended();
    assert.equal(code, exitCode, stderr);
    assert.equal(stderr.match(new RegExp(`ended with ${exitCode}`, "g"))!.length, 3);
    assert.ok(ranks.every(({ pid }) => !isAlive(pid)));
    assert.deepEqual(trial.left(), []);
  });
}

Deno.test("supervise() ends a rank that does not heed a signal when it comes again", async () => {
  await using trial = await Trial.start(2, ["wait", "stay in spite of signals"], { graceMs: 300 });
  const ranks = await trial.ranks();
  const timer = setInterval(() => trial.child.kill("SIGINT"), 200);
  const status = await trial.child.status.finally(() => clearInterval(timer));
  assert.equal(status.code, 130);
  assert.ok(ranks.every(({ pid }) => !isAlive(pid)));
});

Deno.test("supervise() stops the others when one rank alone gets the signal", async () => {
  await using trial = await Trial.start(2, ["none", "wait"]);
  const [, { pid }] = await trial.ranks();
  Deno.kill(pid, "SIGTERM");
  const { code, stderr } = await trial.ended();
  assert.equal(code, 143, stderr);
});

Deno.test("watchStarter() lets what the ranks meet in stay until the last of them leaves", async () => {
  await using trial = await Trial.start(2, ["wait"]);
  const [first, last] = (await trial.ranks()).map(({ pid }) => pid);
  Deno.kill(last, "SIGSTOP");
  trial.child.kill("SIGKILL");
  await gone([first]);
  assert.equal(trial.left().length, 1);
  Deno.kill(last, "SIGCONT");
  await gone([last]);
  assert.deepEqual(trial.left(), []);
});

Deno.test("supervise() leaves no process and no folder when it is killed itself", async () => {
  await using trial = await Trial.start(3, ["wait"]);
  const ranks = await trial.ranks();
  assert.equal(trial.left().length, 1);
  trial.child.kill("SIGKILL");
  await gone(ranks.map(({ pid }) => pid));
  assert.deepEqual(trial.left(), []);
});

Deno.test("supervise() outlives its terminal with all its processes where nohup has asked for it", async () => {
  const prefix = ["sh", "-c", 'trap "" HUP; exec "$@"', "sh"];
  await using trial = await Trial.start(2, ["wait"], { prefix });
  const ranks = await trial.ranks();
  for (const pid of [trial.child.pid, ...ranks.map(({ pid }) => pid)]) Deno.kill(pid, "SIGHUP");
  trial.child.kill("SIGTERM");
  const { code, stderr } = await trial.ended();
  assert.equal(code, 143, stderr);
});
