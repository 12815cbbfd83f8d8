import assert from "node:assert/strict";
import { join } from "../../src/files/paths.ts";
import { TableCase } from "../helpers/table_case.ts";
import { runCli } from "../helpers/run_cli.ts";

/** Files up to 100 MB, more than what Deno itself keeps in its cache. */
const limited = ["sh", "-c", 'ulimit -f 200000; exec "$@"', "sh"];

Deno.test("a command that exceeds the limit on the size of files says so, leaves nothing, and works again without it", async () => {
  const files = Array.from({ length: 60 }, (_, image) => `${image}.jpg`);
  const rows = files.map((file, image) => `${file},${["red", "green"][image % 2]}`);
  await using test = await TableCase.make(files, ["image,colour", ...rows].join("\n"));
  await Deno.truncate(join(test.images, "59.jpg"), 110e6);
  const folder = join(test.set, "..");
  const args = ["make-triplets", "--images", test.images, "--notion", "colour", "--copy"];
  args.push("--attributes", join(folder, "table.csv"), "--out", test.set, "--triplets", "5,5,5");
  const stopped = await runCli(args, { prefix: limited });
  assert.equal(stopped.code, 1, stopped.stderr);
  assert.match(
    stopped.stderr,
    /^error: Cannot make the image set in .*set: File too large .*; free some disk space or raise the limit on the size of files \(ulimit -f\), or choose a folder .* --out$/m,
  );
  const left = () => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  assert.deepEqual(left(), ["images", "table.csv"]);
  const { code, stderr } = await runCli(args);
  assert.equal(code, 0, stderr);
  assert.deepEqual(left(), ["images", "set", "table.csv"]);
});
