/** `compare` and `sweep` as users run them. */
import assert from "node:assert/strict";
import { runPath } from "../../src/cli/paths.ts";
import { join } from "../../src/files/paths.ts";
import type { Comparison } from "../../src/experiment/comparison.ts";
import { CliProcess, runCli } from "../helpers/run_cli.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinySet } from "../helpers/tiny_set.ts";

const small = ["--image-size", "16", "--batch-size", "8", "--lr", "5e-4", "--dim-embed", "8"];

async function withSet(
  name: string,
  test: (data: string, runs: string) => Promise<void>,
): Promise<void> {
  await using folder = await TemporaryFolder.make();
  await writeTinySet(folder.path);
  const runs = runPath(name);
  try {
    await test(folder.path, runs);
  } finally {
    await Deno.remove(runs, { recursive: true }).catch(() => {});
  }
}

Deno.test("compare stopped by Ctrl-C leaves with code 130, and the same command goes on to one JSON object", () =>
  withSet("test-compare", async (data, runs) => {
    const command = [
      ...["compare", "--data", data, "--name", "test-compare", ...small],
      ...["--variants", "learned", "fixed", "--seeds", "2", "--triplets", "16", "--json"],
      ...["--epochs", "4"],
    ];
    const first = new CliProcess(command);
    await first.printed(/Cell 2 of 4, learned-seed1: epoch 1 of 4, validation error \d+\.\d\d %/);
    first.kill("SIGINT");
    const stopped = await first.ended();
    assert.equal(stopped.code, 130, stopped.stderr);
    assert.match(stopped.stderr, /Cell 1 of 4, fixed-seed1: test error \d+\.\d\d %/);
    assert.match(stopped.stderr, /left in all\n/);
    assert.match(stopped.stderr, /Stopped and saved\. The same command goes on\./);
    assert.equal(stopped.stdout, "");

    const { code, stdout, stderr } = await runCli(command);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /Cell 2 of 4, learned-seed1: training goes on in epoch [2-4] of 4/);
    assert.ok(!/fixed-seed1: training/.test(stderr), "what is trained is not trained again");
    const comparison: Comparison = JSON.parse(stdout);
    assert.deepEqual(comparison.variants.map(({ variant }) => variant), ["fixed", "learned"]);
    assert.equal(
      comparison.command,
      `deno task compare --data ${data} --name test-compare ${small.join(" ")} ` +
        "--variants learned fixed --seeds 2 --triplets 16 --epochs 4",
    );
    const kept = await Deno.readTextFile(join(runs, "compare.json"));
    assert.deepEqual(JSON.parse(kept), comparison);
  }));

Deno.test("sweep prints its table and says what it wrote", () =>
  withSet("test-sweep", async (data) => {
    const { code, stdout, stderr } = await runCli([
      ...["sweep", "--data", data, "--name", "test-sweep", ...small, "--epochs", "1"],
      ...["--variants", "fixed", "--seeds", "1", "--triplets", "16", "8"],
    ]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^fixed +8 +\d+\.\d\d % +\d+\.\d\d % to \d+\.\d\d %/m);
    assert.match(stdout, /^ +16 +\d+\.\d\d % /m);
    assert.match(stdout, /written: .*\/test-sweep\/sweep\.json, .*sweep\.csv/);
  }));

Deno.test("compare explains what cannot be compared", () =>
  withSet("test-compare-bad", async (data) => {
    const cases: [args: string[], code: number, message: RegExp][] = [
      [["--variants", "fixed", "fancy"], 2, /standard, specialists, fixed, learned, prein/],
      [["--triplets", "65"], 2, /training list of .* has 64; name at most 64 with --triplets/],
      [["--dim-embed", "1"], 2, /--dim-embed is 1; raise it, or leave fixed and prein out/],
      [["--seeds", "0"], 2, /whole number of at least 1/],
      [["--data", join(data, "nowhere")], 1, /there is no such folder/],
    ];
    for (const [args, expected, message] of cases) {
      const { code, stderr } = await runCli([
        ...["compare", "--data", data, "--name", "test-compare-bad", ...small, ...args],
      ]);
      assert.match(stderr, message);
      assert.equal(code, expected, stderr);
    }
  }));
