import assert from "node:assert/strict";
import { fromFileUrl, join } from "../../src/files/paths.ts";
import { isBegunFile, writeWhole } from "../../src/files/write_whole.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

const module = JSON.stringify(
  fromFileUrl(new URL("../../src/files/write_whole.ts", import.meta.url)),
);

function program(text: string): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-lock", `import { writeWhole } from ${module};\n${text}`],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

/** The text of a writer: longer than one write takes, another one for each. */
function textOf(writer: number): string {
  return String(writer % 10).repeat(300_000 + writer);
}

function names(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

Deno.test("writeWhole() leaves the whole file of one of twenty writers in one process", async () => {
  await using folder = await TemporaryFolder.make();
  const file = join(folder.path, "a.txt");
  for (let round = 0; round < 5; round++) {
    const texts = Array.from({ length: 20 }, (_, writer) => textOf(writer));
    await Promise.all(texts.map((text) => writeWhole(file, text)));
    const written = await Deno.readTextFile(file);
    assert.ok(texts.includes(written), `${written.length} characters of several writers`);
  }
  assert.deepEqual(names(folder.path), ["a.txt"]);
});

Deno.test("writeWhole() leaves the whole file of one of two processes", async () => {
  await using folder = await TemporaryFolder.make();
  const file = join(folder.path, "a.txt");
  const writers = [1, 2].map((writer) =>
    program(`const text = ${JSON.stringify(String(writer))}.repeat(300_000);
      for (let i = 0; i < 50; i++) await writeWhole(${JSON.stringify(file)}, text);`)
  );
  for (const writer of writers) {
    const { success } = await writer.output();
    assert.ok(success);
  }
  assert.match(await Deno.readTextFile(file), /^(1{300000}|2{300000})$/);
  assert.deepEqual(names(folder.path), ["a.txt"]);
});

Deno.test("writeWhole() removes what a killed process left, not what is being written nor a user's file", async () => {
  await using folder = await TemporaryFolder.make();
  await Deno.writeTextFile(join(folder.path, ".notes.part"), "the user's");
  /** A process that has written half a file, says so, and goes on for ever. */
  const halfWay = async () => {
    const child = program(`function* pieces() {
        yield new Uint8Array(10);
        console.log("half");
        while (true) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
      }
      await writeWhole(${JSON.stringify(join(folder.path, "b.txt"))}, pieces());`);
    const reader = child.stdout.getReader();
    await reader.read();
    reader.releaseLock();
    return child;
  };
  const end = async (child: Deno.ChildProcess) => {
    child.kill("SIGKILL");
    await child.stdout.cancel();
    await child.status;
  };
  const killed = await halfWay();
  await end(killed);
  const writing = await halfWay();
  try {
    await writeWhole(join(folder.path, "a.txt"), "whole");
    const left = names(folder.path);
    assert.equal(left.length, 3, left.join());
    assert.ok(left.includes(".notes.part") && left.includes("a.txt"));
    const [begun] = left.filter(isBegunFile);
    assert.ok(begun.includes(String(writing.pid)), begun);
  } finally {
    await end(writing);
  }
});

Deno.test("writeWhole() says what is untouched and leaves nothing when it cannot write", async () => {
  await using folder = await TemporaryFolder.make();
  await Deno.mkdir(join(folder.path, "a.txt", "full"), { recursive: true });
  await assert.rejects(writeWhole(join(folder.path, "a.txt"), "text"), {
    name: "CsnError",
    message: /^Cannot write ".*a\.txt": .*untouched/,
  });
  assert.deepEqual(names(folder.path), ["a.txt"]);
  await assert.rejects(writeWhole(join(folder.path, "none", "a.txt"), "text"), {
    name: "CsnError",
    message: /^Cannot write ".*none\/a\.txt": /,
  });
});
