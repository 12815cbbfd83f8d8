/** `train` under PyTorch's own launcher, which is a real one here. */
import assert from "node:assert/strict";
import { exists } from "../../../src/files/exists.ts";
import { join } from "../../../src/files/paths.ts";
import { projectFolder } from "../../../src/cli/paths.ts";
import { readMetrics } from "../../../src/training/run_log.ts";
import { TemporaryFolder } from "../../helpers/temporary_folder.ts";
import { writeTinySet } from "../../helpers/tiny_set.ts";
import { startTorchrun, withTorchrun } from "../../helpers/torchrun.ts";

const task = ["deno", "task", "--quiet", "--cwd", projectFolder, "train"];

/** The options of a training of so many epochs in a folder. */
function options(folder: string, epochs: number): string[] {
  return [
    ...["--data", join(folder, "tiny"), "--name", "together", "--runs", join(folder, "runs")],
    ...["--image-size", "16", "--batch-size", "16", "--epochs", String(epochs)],
    ...["--log-interval", "1", "--save-every", "0"],
  ];
}

async function textsOf(child: Deno.ChildProcess): Promise<{
  code: number;
  stdout: string;
  stderr: string;
}> {
  const { code, stdout, stderr } = await child.output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, stdout: out, stderr: err };
}

Deno.test({
  name: "train under torchrun is one run, which rank 0 alone shows and writes",
  ...withTorchrun,
  fn: async () => {
    await using folder = await TemporaryFolder.make();
    await writeTinySet(join(folder.path, "tiny"));
    const command = [...task, ...options(folder.path, 2)];
    const { code, stdout, stderr } = await textsOf(startTorchrun({ command }));
    assert.equal(code, 0, stderr);
    assert.equal(stdout.match(/^Finished\. /gm)?.length, 1, stdout);
    assert.equal(stdout.match(/^Epoch \d: learning rate/gm)?.length, 2, stdout);
    assert.equal((await readMetrics(join(folder.path, "runs", "together"))).length, 2);
  },
});

Deno.test({
  name: "train goes on from its last checkpoint when torchrun starts it again after a kill",
  ...withTorchrun,
  fn: async () => {
    await using folder = await TemporaryFolder.make();
    await writeTinySet(join(folder.path, "tiny"));
    // Each process writes its id, by rank and start, and becomes csn.
    const named = join(folder.path, "named.sh");
    const ids = join(folder.path, "$RANK.$TORCHELASTIC_RESTART_COUNT");
    await Deno.writeTextFile(named, `echo $$ > "${ids}"\nexec "$@"\n`);
    const child = startTorchrun({
      options: ["--max-restarts", "1"],
      command: ["sh", named, ...program, ...options(folder.path, 4)],
    });
    const ended = textsOf(child);
    const checkpoint = join(folder.path, "runs", "together", "checkpoint.safetensors");
    let isOver = false;
    ended.then(() => isOver = true);
    while (!isOver && !await exists(checkpoint)) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    if (!isOver) Deno.kill(Number(await Deno.readTextFile(join(folder.path, "1.0"))), "SIGKILL");
    const { code, stdout, stderr } = await ended;
    assert.equal(code, 0, stderr);
    assert.ok(await exists(join(folder.path, "1.1")), "it was not started again");
    assert.match(stdout, /^Going on in epoch \d+, batch \d+$/m);
    assert.match(stdout, /^Finished\. /m);
    const metrics = await readMetrics(join(folder.path, "runs", "together"));
    assert.deepEqual(
      metrics.map(({ epoch }) => epoch),
      Array.from({ length: 4 }, (_, i) => i + 1),
    );
  },
});

/** csn with the permissions of its task. */
const program = [
  ...[Deno.execPath(), "run", "--quiet"],
  ...["read", "write", "env", "ffi", "net", "sys", "run=python3,c++,deno"].map((each) =>
    `--allow-${each}`
  ),
  ...[join(projectFolder, "src", "cli", "main.ts"), "train"],
];
