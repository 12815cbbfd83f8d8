import assert from "node:assert/strict";
import { FileLock } from "../../src/files/file_lock.ts";
import { fromFileUrl, join } from "../../src/files/paths.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

/** A process that takes the lock, says so, and holds it until it is killed. */
async function holder(path: string): Promise<Deno.ChildProcess> {
  const module = fromFileUrl(new URL("../../src/files/file_lock.ts", import.meta.url));
  const program = `import { FileLock } from ${JSON.stringify(module)};
    using lock = await FileLock.take(${JSON.stringify(path)}, "", "");
    console.log("held");
    for await (const _ of Deno.stdin.readable);`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-lock", program],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  reader.releaseLock();
  return child;
}

async function end(child: Deno.ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await child.stdin.close().catch(() => {});
  await child.stdout.cancel();
  await child.status;
}

Deno.test("FileLock.take() refuses a lock that is held and names the holder", async () => {
  await using folder = await TemporaryFolder.make();
  const path = join(folder.path, "lock");
  const child = await holder(path);
  try {
    await assert.rejects(
      FileLock.take(path, "Cannot use the folder", "wait"),
      new RegExp(`Cannot use the folder: process ${child.pid} is using it; wait`),
    );
  } finally {
    await end(child);
  }
});

Deno.test("FileLock.take() takes over the lock of a process that was killed", async () => {
  await using folder = await TemporaryFolder.make();
  const path = join(folder.path, "lock");
  await end(await holder(path));
  using _lock = await FileLock.take(path, "Cannot use the folder", "wait");
  assert.equal((await Deno.readTextFile(path)).trim(), String(Deno.pid));
});

Deno.test("FileLock.wait() tells the holder and has the lock when that lets go", async () => {
  await using folder = await TemporaryFolder.make();
  const path = join(folder.path, "lock");
  const first = (await FileLock.tryTake(path))!;
  const order: string[] = [];
  const second = FileLock.wait(path, (holder) => {
    order.push(`waits for ${holder}`);
    order.push("first lets go");
    first[Symbol.dispose]();
  });
  using _lock = await second;
  order.push("second has it");
  assert.deepEqual(order, [`waits for ${Deno.pid}`, "first lets go", "second has it"]);
  assert.equal(await FileLock.tryTake(path), null);
});

Deno.test("FileLock.wait() names the process that holds it and has the lock when that ends", async () => {
  await using folder = await TemporaryFolder.make();
  const path = join(folder.path, "lock");
  const child = await holder(path);
  const heard: string[] = [];
  using _lock = await FileLock.wait(path, (pid) => {
    heard.push(pid);
    child.kill("SIGKILL");
  });
  assert.deepEqual(heard, [String(child.pid)]);
  assert.equal((await Deno.readTextFile(path)).trim(), String(Deno.pid));
  await child.stdin.close().catch(() => {});
  await child.stdout.cancel();
  await child.status;
});

Deno.test("FileLock.wait() announces nothing when the lock is free", async () => {
  await using folder = await TemporaryFolder.make();
  using _lock = await FileLock.wait(join(folder.path, "lock"), () => assert.fail("it waits"));
});

Deno.test("FileLock.wait() gives up with the signal's reason and leaves the lock to its holder", async () => {
  await using folder = await TemporaryFolder.make();
  const path = join(folder.path, "lock");
  using _held = (await FileLock.tryTake(path))!;
  const controller = new AbortController();
  const reason = new Error("stopped");
  const waiting = FileLock.wait(path, () => controller.abort(reason), controller.signal);
  await assert.rejects(waiting, (error) => error === reason);
  assert.equal(await FileLock.tryTake(path), null);
});

Deno.test("FileLock.wait() takes a lock whose file its holder removed", async () => {
  await using folder = await TemporaryFolder.make();
  const path = join(folder.path, "lock");
  const held = (await FileLock.tryTake(path))!;
  using _lock = await FileLock.wait(path, () => {
    Deno.removeSync(path);
    held[Symbol.dispose]();
  });
  assert.equal(await FileLock.tryTake(path), null);
});

Deno.test("FileLock removes its file when it lets go, and not that of a later holder", async () => {
  await using folder = await TemporaryFolder.make();
  const path = join(folder.path, "lock");
  const first = (await FileLock.tryTake(path))!;
  first[Symbol.dispose]();
  await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
  const second = (await FileLock.tryTake(path))!;
  await Deno.remove(path);
  using _third = (await FileLock.tryTake(path))!;
  second[Symbol.dispose]();
  assert.equal(await FileLock.tryTake(path), null);
});

Deno.test("FileLock keeps every other holder out, however many take it and let go at once", async () => {
  await using folder = await TemporaryFolder.make();
  const path = join(folder.path, "lock");
  let [holders, most] = [0, 0];
  await Promise.all(Array.from({ length: 16 }, async () => {
    for (let time = 0; time < 20; time++) {
      using lock = await FileLock.tryTake(path);
      if (lock === null) continue;
      most = Math.max(most, ++holders);
      await Deno.stat(folder.path);
      holders--;
    }
  }));
  assert.equal(most, 1);
});
