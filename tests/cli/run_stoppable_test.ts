/** Ctrl-C, SIGTERM and SIGHUP in commands other than train: real processes, real signals. */
import assert from "node:assert/strict";
import { FileLock } from "../../src/files/file_lock.ts";
import { join } from "../../src/files/paths.ts";
import { CliProcess, type CliResult, runCli } from "../helpers/run_cli.ts";
import { writeEmptyImages } from "../helpers/table_set.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinyModel } from "../helpers/tiny_model.ts";
import { writeTinySet } from "../helpers/tiny_set.ts";
import { runPath } from "../../src/cli/paths.ts";

const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Starts a command, sends a signal when `printed` has come, and waits for the end. */
async function stop(
  args: readonly string[],
  printed: RegExp,
  signal: keyof typeof codes,
): Promise<CliResult> {
  const command = new CliProcess(args);
  await command.printed(printed);
  command.kill(signal);
  const result = await command.ended();
  assert.equal(result.code, codes[signal], result.stderr);
  assert.equal(result.stderr.match(/^Stopped: .*$/gm)?.length, 1, result.stderr);
  return result;
}

/** All files and folders below a folder. */
function below(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => [
    name,
    ...(isDirectory ? below(join(folder, name)) : []),
  ]);
}

function assertNothingHalf(folder: string): void {
  assert.deepEqual(below(folder).filter((name) => /\.(part|lock|old|replaced)$/.test(name)), []);
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.test(`make-triplets says that ${signal} stopped it, leaves nothing, and works again`, async () => {
    await using folder = await TemporaryFolder.make();
    await writeEmptyImages(join(folder.path, "images"), 2000);
    const rows = Array.from(
      { length: 2000 },
      (_, i) => `${i}.jpg,${"abcd"[i % 4]},${"xyz"[i % 3]}`,
    );
    const table = join(folder.path, "table.csv");
    await Deno.writeTextFile(table, ["image,colour,shape", ...rows].join("\n"));
    const command = [
      ...["make-triplets", "--images", join(folder.path, "images"), "--attributes", table],
      ...["--notion", "colour", "shape", "--out", join(folder.path, "set")],
      ...["--triplets", "100000,20000,20000"],
    ];
    const { stderr } = await stop(command, /reading/, signal);
    assert.match(stderr, /^Stopped: no set was made in .*set; the same command begins again$/m);
    assert.deepEqual([...Deno.readDirSync(folder.path)].map(({ name }) => name).sort(), [
      "images",
      "table.csv",
    ]);
    const again = await runCli(command);
    assert.equal(again.code, 0, again.stderr);
    assertNothingHalf(folder.path);
  });
}

/** A folder of many images, the first of which is none: when that is warned of, the work is in its middle. */
async function manyImages(folder: string): Promise<string> {
  const images = join(folder, "many");
  await writeTinySet(join(folder, "tiny"));
  await Deno.mkdir(images);
  await Deno.writeTextFile(join(images, "0.png"), "no image");
  for (let image = 1; image < 4000; image++) {
    await Deno.link(join(folder, "tiny", "images", "1.png"), join(images, `${image}.png`));
  }
  return images;
}

Deno.test("embed and query say that a signal stopped them, and leave nothing", async () => {
  await using folder = await TemporaryFolder.make();
  const images = await manyImages(folder.path);
  const model = await writeTinyModel(folder.path);
  const out = join(folder.path, "e.npy");
  const embed = ["embed", "--resume", model, "--threads", "1", "--out", out, images];
  const query = [
    ...["query", join(images, "1.png"), "--resume", model, "--notion", "shape", "--threads", "1"],
    ...["--among", images],
  ];
  const before = below(folder.path).sort();
  for (const signal of ["SIGINT", "SIGHUP"] as const) {
    const embedded = await stop(embed, /it is left out/, signal);
    assert.match(embedded.stderr, /^Stopped: no file was written to .*e\.npy; the same command/m);
    const queried = await stop(query, /it is left out/, signal);
    assert.match(queried.stderr, /^Stopped: no embeddings were kept; the same command begins/m);
    assert.deepEqual(below(folder.path).sort(), before);
  }
});

Deno.test("audit, test and report say that a signal stopped them, and leave nothing half done", async () => {
  await using folder = await TemporaryFolder.make();
  const set = join(folder.path, "set");
  await writeTinySet(set);
  const model = await writeTinyModel(folder.path);
  const page = join(folder.path, "r.html");
  const cases: [args: string[], size: number, stopped: RegExp][] = [
    [["audit", set], 32, /^Stopped: there is no verdict; pictures .*the same command goes on$/m],
    [["test", "--resume", model, "--data", set], 16, /^Stopped: nothing was measured; /m],
    [
      ["report", "--resume", model, "--data", set, "--out", page],
      16,
      /^Stopped: no page was written; maps .*, and the same command goes on$/m,
    ],
  ];
  for (const [args, size, stopped] of cases) {
    {
      using _lock = await FileLock.tryTake(join(set, `${size}.pack.lock`));
      const { stderr } = await stop(args, /waiting for it/, "SIGTERM");
      assert.match(stderr, stopped);
    }
    assertNothingHalf(folder.path);
    assert.ok(!below(folder.path).includes("r.html"));
  }
});

/** A server whose files begin to come and never end. */
function endlessServer(): AsyncDisposable & { url: string } {
  const stop = new AbortController();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {}, signal: stop.signal },
    () =>
      new Response(
        new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(1000)) }),
        { headers: { etag: '"a"', "content-length": "1000000" } },
      ),
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await server.finished;
    },
  };
}

Deno.test("get-data zappos says that a signal stopped it, and leaves no lock", async () => {
  await using folder = await TemporaryFolder.make();
  // The answer comes for ever, in small pieces.
  await using server = endlessServer();
  const out = join(folder.path, "zappos");
  const { stderr } = await stop(
    ["get-data", "zappos", "--url", `${server.url}/`, "--out", out],
    /non-commercial/,
    "SIGINT",
  );
  assert.match(stderr, /^Stopped: what is complete is kept, .*; the same command goes on$/m);
  assert.ok(!below(out).some((name) => name.endsWith(".lock")));
});

Deno.test("get-data fonts says that a signal stopped it, and leaves nothing", async () => {
  await using folder = await TemporaryFolder.make();
  const out = join(folder.path, "fonts");
  const { stderr } = await stop(["get-data", "fonts", "--out", out], /Drawing fonts/, "SIGTERM");
  assert.match(stderr, /^Stopped: no set was made in .*fonts; the same command begins again$/m);
  assert.deepEqual([...Deno.readDirSync(folder.path)], []);
});

Deno.test("train that nohup started outlives its terminal: SIGHUP does not stop it", async () => {
  await using folder = await TemporaryFolder.make();
  await writeTinySet(folder.path);
  const name = "test-nohup";
  const training = new CliProcess([
    ...["train", "--data", folder.path, "--name", name, "--overwrite", "--image-size", "16"],
    ...["--batch-size", "16", "--num-traintriplets", "64", "--epochs", "2", "--log-interval", "1"],
  ], { prefix: ["sh", "-c", 'trap "" HUP; exec "$@"', "sh"] });
  try {
    await training.printed(/Train Epoch/);
    training.kill("SIGHUP");
    const { code, stdout, stderr } = await training.ended();
    assert.equal(code, 0, stderr);
    assert.match(stdout, /Finished\./);
  } finally {
    await Deno.remove(runPath(name), { recursive: true });
  }
});

Deno.test("train saves at SIGHUP and leaves with code 129, and the command that it prints goes on", async () => {
  await using folder = await TemporaryFolder.make();
  await writeTinySet(folder.path);
  const name = "test hang up";
  const training = new CliProcess([
    ...["train", "--data", folder.path, "--name", name, "--overwrite", "--image-size", "16"],
    ...["--batch-size", "16", "--num-traintriplets", "64", "--epochs", "60", "--log-interval", "1"],
  ]);
  const run = runPath(name);
  try {
    await training.printed(/Train Epoch/);
    training.kill("SIGHUP");
    const { code, stdout, stderr } = await training.ended();
    assert.equal(code, 129, stderr);
    const advice = /Go on with: deno task train --resume '(.*)'$/m.exec(stdout)![1];
    assert.ok(advice.endsWith(`/${name}/checkpoint`), advice);
    assert.ok(!below(run).includes("lock"));
    const goesOn = new CliProcess(["train", "--resume", advice]);
    await goesOn.printed(/Going on in epoch/);
    goesOn.kill("SIGHUP");
    assert.equal((await goesOn.ended()).code, 129);
  } finally {
    await Deno.remove(run, { recursive: true });
  }
});
