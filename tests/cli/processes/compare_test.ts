/** `compare` and `sweep` in several real processes, each of which trains runs of its own. */
import assert from "node:assert/strict";
import { exists } from "../../../src/files/exists.ts";
import { join } from "../../../src/files/paths.ts";
import { CliProcess, runCli } from "../../helpers/run_cli.ts";
import { TemporaryFolder } from "../../helpers/temporary_folder.ts";
import { writeTinySet } from "../../helpers/tiny_set.ts";

const two = ["--processes", "2"];

/** A command on a tiny set, the experiment's folder named `name`. */
function argsOf(folder: string, kind: "compare" | "sweep", name: string, epochs: number): string[] {
  return [
    ...[kind, "--data", join(folder, "my set"), "--runs", join(folder, "runs"), "--name", name],
    ...["--image-size", "16", "--batch-size", "8", "--lr", "5e-4", "--dim-embed", "8"],
    ...["--variants", "learned", "fixed", "--epochs", String(epochs), "--threads", "1"],
  ];
}

/** What an experiment found, without what differs from run to run. */
function found(stdout: string): unknown {
  return JSON.parse(
    stdout,
    (key, value) => key === "seconds" || key === "command" ? undefined : value,
  );
}

Deno.test("compare --processes 2 stopped by Ctrl-C goes on to what one process finds, each run trained once", async () => {
  await using folder = await TemporaryFolder.make();
  await writeTinySet(join(folder.path, "my set"));
  const compare = (name: string) => [
    ...argsOf(folder.path, "compare", name, 4),
    ...["--seeds", "2", "--triplets", "16", "--json"],
  ];
  const stopping = new CliProcess([...compare("two"), ...two]);
  await stopping.printed(/epoch 1 of 4/);
  stopping.kill("SIGINT");
  const stopped = await stopping.ended();
  assert.equal(stopped.code, 130, stopped.stderr);
  assert.equal(stopped.stderr.match(/^Stopped and saved\. The same/gm)?.length, 1, stopped.stderr);
  assert.equal(stopped.stdout, "");

  const together = await runCli([...compare("two"), ...two]);
  assert.equal(together.code, 0, together.stderr);
  assert.match(
    together.stderr,
    /^(rank 1: )?Cell \d of 4, .*: training goes on in epoch [2-4] of 4/m,
  );
  assert.match(together.stderr, /^Cell \d of 4, .*: test error/m);
  assert.match(together.stderr, /^rank 1: Cell \d of 4, .*: test error/m);
  const both = stopped.stderr + together.stderr;
  assert.equal(both.match(/: training begins$/gm)?.length, 4, both);
  assert.equal(both.match(/: test error/gm)?.length, 4, both);
  const alone = await runCli(compare("one"));
  assert.equal(alone.code, 0, alone.stderr);
  assert.deepEqual(found(together.stdout), found(alone.stdout));
  assert.doesNotMatch(JSON.parse(together.stdout).command, /processes/);
});

Deno.test("sweep --processes 2 ends on all ranks where one cannot train its run, and names it", async () => {
  await using folder = await TemporaryFolder.make();
  await writeTinySet(join(folder.path, "my set"));
  const sweep = [
    ...argsOf(folder.path, "sweep", "mine", 2),
    ...["--seeds", "1", "--triplets", "16", "8"],
  ];
  // The largest runs come first.
  const inTheWay = join(folder.path, "runs", "mine", "fixed-16-seed1");
  await Deno.mkdir(join(folder.path, "runs", "mine"), { recursive: true });
  await Deno.writeTextFile(inTheWay, "a file of the user's");
  const failed = await runCli([...sweep, ...two]);
  assert.equal(failed.code, 1, failed.stderr);
  assert.match(failed.stderr, /^rank (\d): error: Cannot make the run folder .*fixed-16-seed1/m);
  assert.match(
    failed.stderr,
    /^rank \d: error: Cannot work together: rank \d of 2 failed: Cannot /m,
  );
  assert.equal(await Deno.readTextFile(inTheWay), "a file of the user's");
  assert.equal(await exists(join(folder.path, "runs", "mine", "lock")), false);

  await Deno.remove(inTheWay);
  const { code, stdout, stderr } = await runCli([...sweep, ...two]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^fixed +8 +\d+\.\d\d % +\d+\.\d\d % to \d+\.\d\d %/m);
  assert.match(stdout, /written: .*\/mine\/sweep\.json, .*sweep\.csv/);
});

Deno.test("compare under a launcher refuses a folder that one rank does not see", async () => {
  await using folder = await TemporaryFolder.make();
  await writeTinySet(join(folder.path, "my set"));
  const ranks = [0, 1].map((rank) => {
    const runs = rank === 0 ? [] : ["--runs", join(folder.path, "elsewhere")];
    return new CliProcess([...argsOf(folder.path, "compare", "mine", 1), ...runs], {
      env: {
        ...{ RANK: String(rank), WORLD_SIZE: "2", LOCAL_RANK: String(rank), LOCAL_WORLD_SIZE: "2" },
        CSN_STORE: join(folder.path, "store"),
      },
    });
  });
  const ends = await Promise.all(ranks.map((rank) => rank.ended()));
  for (const { code, stderr } of ends) assert.equal(code, 1, stderr);
  assert.match(
    ends[0].stderr,
    /Cannot share the runs in .*: rank 1 does not see .*--runs that all/,
  );
});
