/** `train` as one of several processes, up to the point where they meet, or do not. */
import assert from "node:assert/strict";
import { join } from "../../../src/files/paths.ts";
import { CliProcess, type CliResult, runCli } from "../../helpers/run_cli.ts";
import { TemporaryFolder } from "../../helpers/temporary_folder.ts";
import { writeTinySet } from "../../helpers/tiny_set.ts";
import { freePort } from "../../helpers/free_port.ts";

/** A set and a folder for runs. */
class Case implements AsyncDisposable {
  readonly folder: TemporaryFolder;

  private constructor(folder: TemporaryFolder) {
    this.folder = folder;
  }

  static async make(): Promise<Case> {
    const folder = await TemporaryFolder.make();
    await writeTinySet(join(folder.path, "tiny"));
    return new Case(folder);
  }

  /** The command line of a short training. */
  args(...more: string[]): string[] {
    return [
      ...["train", "--data", join(this.folder.path, "tiny"), "--name", "met", "--epochs", "1"],
      ...["--runs", join(this.folder.path, "runs"), "--image-size", "16", "--batch-size", "16"],
      ...more,
    ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.folder[Symbol.asyncDispose]();
  }
}

function assertRefused({ code, stdout, stderr }: CliResult, exitCode: number, message: RegExp) {
  assert.equal(code, exitCode, stderr);
  assert.equal(stdout, "");
  assert.match(stderr, message);
  assert.equal(stderr.trim().split("\n").length, 1, stderr);
}

/** Waits until somebody listens there. */
async function listensAt(port: number): Promise<void> {
  for (;;) {
    try {
      return (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

const launched = (rank: number, port = freePort()) => ({
  ...{ RANK: String(rank), WORLD_SIZE: "2", MASTER_ADDR: "127.0.0.1", MASTER_PORT: String(port) },
});

Deno.test("train refuses an environment that is half set", async () => {
  await using set = await Case.make();
  assertRefused(
    await runCli(set.args(), { env: { RANK: "1" } }),
    1,
    /^error: Cannot join the other processes: RANK=1 is set, but not WORLD_SIZE/,
  );
});

Deno.test("train refuses --distributed without a launcher, and --processes beside one", async () => {
  await using set = await Case.make();
  assertRefused(
    await runCli(set.args("--distributed")),
    2,
    /^error: --distributed joins the processes that a launcher has started, but neither RANK/,
  );
  assertRefused(
    await runCli(set.args("--distributed", "--processes", "2")),
    2,
    /^error: --processes starts processes of its own, --distributed joins those/,
  );
  assertRefused(
    await runCli(set.args("--processes", "2"), { env: launched(0) }),
    2,
    /^error: --processes starts processes of its own, but this is already rank 0 of 2/,
  );
});

Deno.test("train names the rank that never comes, and what to check, at the time limit", async () => {
  await using set = await Case.make();
  assertRefused(
    await runCli(set.args("--timeout", "1"), { env: launched(0) }),
    1,
    /^rank 0: error: Cannot join .* rank 1 did not come within 1 s; .*check that 2 .*--timeout$/m,
  );
});

Deno.test("train says that nobody answers as rank 0 at a wrong port, and what to check", async () => {
  await using set = await Case.make();
  const port = freePort();
  assertRefused(
    await runCli(set.args("--timeout", "1"), { env: launched(1, port) }),
    1,
    new RegExp(
      `^rank 1: error: Cannot join .* nobody answers as rank 0 at 127.0.0.1:${port} within 1 s; ` +
        "check that rank 0 runs",
    ),
  );
});

Deno.test("train says that the port is taken where another program holds it", async () => {
  await using set = await Case.make();
  using listener = Deno.listen({ hostname: "0.0.0.0", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  assertRefused(
    await runCli(set.args("--timeout", "5"), { env: launched(0, port) }),
    1,
    new RegExp(`^rank 0: error: Cannot join .* port ${port} is in use on this machine; end what`),
  );
});

Deno.test("train is stopped by Ctrl-C while it waits for the others", async () => {
  await using set = await Case.make();
  const port = freePort();
  const training = new CliProcess(set.args(), { env: launched(0, port) });
  await listensAt(port);
  training.kill("SIGINT");
  const { code, stderr } = await training.ended();
  assert.equal(code, 130, stderr);
  assert.match(stderr, /^Stopped: /m);
});

Deno.test("train ends all processes when they have the same fault, which rank 0 says", async () => {
  await using set = await Case.make();
  const list = join(set.folder.path, "tiny", "tripletlists", "shape_tripletlist_train.txt");
  await Deno.writeTextFile(list, "0 1 x\n", { append: true });
  const { code, stderr } = await runCli(set.args("--processes", "3"));
  assert.equal(code, 1);
  assert.match(stderr, /^rank 0: error: .*shape_tripletlist_train\.txt:65: /m);
  assert.equal(stderr.match(/shape_tripletlist_train\.txt:65: /g)?.length, 1, stderr);
  assert.match(stderr, /^error: rank \d failed first, with exit code 1, then ranks \d and \d;/m);
});

Deno.test("train and test --processes refuse once, before they start any, what all would refuse", async () => {
  await using set = await Case.make();
  const nowhere = join(set.folder.path, "nowhere");
  const two = ["--processes", "2"];
  for (
    const [args, exitCode, message] of [
      [["train", "--data", nowhere], 1, /^error: Cannot open the image set .*nowhere: there is/],
      [["train", "--resume", nowhere], 1, /^error: Cannot read the model ".*nowhere"/],
      [["test", "--resume", nowhere], 1, /^error: Cannot read the model ".*nowhere"/],
      [set.args("--prein"), 2, /^error: --prein begins learned masks/],
      [set.args("--conditions", "smell"), 2, /^error: .*smell.*colour.*shape/],
    ] as const
  ) {
    assertRefused(await runCli([...args, ...two]), exitCode, message);
  }
});

Deno.test("train --processes gives its processes no more permissions than it has, and needs whole ones", async () => {
  await using set = await Case.make();
  const program = new URL("../../../src/cli/main.ts", import.meta.url).pathname;
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--allow-env", "--allow-ffi", "--allow-sys"],
      ...["--allow-write", "--allow-run=deno", `--allow-read=${set.folder.path},src,deno.json`],
      ...[program, ...set.args("--processes", "2")],
    ],
    stdin: "null",
  }).output();
  assert.equal(code, 2);
  assert.match(new TextDecoder().decode(stderr), /^error: Cannot start several .*--allow-read in/m);
});

Deno.test("train refuses more processes than a machine can have, and time limits that limit nothing", async () => {
  await using set = await Case.make();
  const cases = [
    [["--processes", "100000"], /^error: option '--processes .* whole number from 1 to \d+\.$/m],
    [["--timeout", "1e11"], /^error: option '--timeout .* whole number from 1 to 604800\.$/m],
    [["--timeout", "0.0001"], /^error: option '--timeout .* whole number from 1 to 604800\.$/m],
  ] as const;
  for (const [args, message] of cases) assertRefused(await runCli(set.args(...args)), 2, message);
});
