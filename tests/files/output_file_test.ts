import assert from "node:assert/strict";
import { examineOutput, type OutputOptions } from "../../src/files/output_file.ts";
import { join } from "../../src/files/paths.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

const options: OutputOptions = { failing: "Cannot write findings to", option: "csv" };

async function refuses(file: string, message: RegExp, more: Partial<OutputOptions> = {}) {
  await assert.rejects(examineOutput(file, { ...options, ...more }), { name: "CsnError", message });
}

Deno.test("examineOutput() takes a new file, its own and one that may be replaced, and leaves nothing", async () => {
  await using folder = await TemporaryFolder.make();
  const file = join(folder.path, "a.csv");
  await examineOutput(file, options);
  assert.deepEqual([...Deno.readDirSync(folder.path)], []);
  await Deno.writeTextFile(file, "kind,file\n" + "x".repeat(100_000));
  const isOwn = (head: string) => head.startsWith("kind,file\n") && head.length <= 65_536;
  await examineOutput(file, { ...options, isOwn });
  await examineOutput(file, { ...options, overwrite: true });
  assert.deepEqual([...Deno.readDirSync(folder.path)].map(({ name }) => name), ["a.csv"]);
});

Deno.test("examineOutput() refuses a file that csn did not write, and any link", async () => {
  await using folder = await TemporaryFolder.make();
  const [file, link] = ["a.csv", "link.csv"].map((name) => join(folder.path, name));
  await Deno.writeTextFile(file, "image,colour\n");
  await Deno.symlink(file, link);
  await Deno.symlink(join(folder.path, "gone.csv"), join(folder.path, "dangling.csv"));
  const message =
    /^Cannot write findings to .*: a file lies there that does not say csn wrote it; choose another file with `csv`, or replace it with `overwrite: true`$/;
  await refuses(file, message);
  await refuses(file, message, { isOwn: (head) => head.startsWith("kind,") });
  for (const path of [link, join(folder.path, "dangling.csv")]) {
    const refused =
      /: it is a link to .*(a|gone)\.csv; name the file that is meant, or remove the link$/;
    await refuses(path, refused, { isOwn: () => true });
    await refuses(path, refused, { overwrite: true });
  }
});

Deno.test("examineOutput() refuses folders, what is no file, and places where nothing can be written", async () => {
  await using folder = await TemporaryFolder.make();
  const file = join(folder.path, "file");
  await Deno.writeTextFile(file, "");
  const overwrite = true;
  await refuses(join(folder.path, "no", "a.csv"), /there is no folder .*no; make it, or choose/);
  await refuses(join(file, "a.csv"), /file is no folder; choose another file/);
  await refuses(folder.path, /it is a folder; name a file in it with `csv`/, { overwrite });
  await refuses("/dev/null", /no file that can be replaced|the system's own/, { overwrite });
  await refuses("/proc/a.csv", /place of the system's own; choose a folder that can be written/);
  await refuses("/sys/kernel/a.csv", /; choose a folder that can be written with `csv`$/);
});
