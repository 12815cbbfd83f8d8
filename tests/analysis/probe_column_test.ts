import assert from "node:assert/strict";
import { otherNotions, readProbeColumns } from "../../src/analysis/probe_column.ts";
import { type ImageSet, openImageSet } from "../../src/sets/image_set.ts";
import { readSetValues } from "../../src/sets/set_values.ts";
import { join } from "../../src/files/paths.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeValuedSet } from "../helpers/valued_set.ts";

/** A set, and a table beside it. */
async function withTable(
  text: string,
  use: (set: ImageSet, file: string) => Promise<void>,
): Promise<void> {
  await using folder = await TemporaryFolder.make();
  await writeValuedSet(join(folder.path, "set"));
  const file = join(folder.path, "more.csv");
  await Deno.writeTextFile(file, text);
  await use(await openImageSet(join(folder.path, "set")), file);
}

Deno.test("otherNotions() gives the values of notions that the model has not, but for several an image", async () => {
  await using folder = await TemporaryFolder.make();
  await writeValuedSet(folder.path);
  const set = await openImageSet(folder.path);
  const values = await readSetValues(set);
  const [size, ...more] = otherNotions(set, ["shape", "colour"], values);
  assert.equal(more.length, 0);
  assert.equal(size.name, "size");
  // Steps of the order s, m, l; of image 5 nothing is known.
  assert.deepEqual(size.values.slice(0, 7), ["0", "1", "2", "0", "1", "", "0"]);
  assert.deepEqual(otherNotions(set, ["shape", "colour"], null), []);
});

Deno.test("readProbeColumns() matches rows to images by their path, whatever their order", async () => {
  const table = "kind,file,heel\nred,7.png,1.5\nblue,elsewhere.png,2\nblue,0.png,\nred,2.png,3\n";
  await withTable(table, async (set, file) => {
    const columns = await readProbeColumns(set, { file, columns: ["heel", "kind"] });
    assert.deepEqual(columns.map(({ name }) => name), ["heel", "kind"]);
    const known = columns.map(({ values }) =>
      [...values.entries()].filter(([, value]) => value !== "")
    );
    assert.deepEqual(known, [[[2, "3"], [7, "1.5"]], [[0, "blue"], [2, "red"], [7, "red"]]]);
    assert.equal(columns[0].values.length, set.imageFiles.length);
  });
});

Deno.test("readProbeColumns() takes measurements in five bins", async () => {
  const rows = Array.from({ length: 30 }, (_, image) => `${image}.png,${image / 10}\n`);
  await withTable("file,weight\n" + rows.join(""), async (set, file) => {
    const [{ values }] = await readProbeColumns(set, { file, columns: ["weight"] });
    assert.deepEqual([values[0], values[6], values[29], values[30]], ["0", "1", "4", ""]);
  });
});

Deno.test("readProbeColumns() says what is wrong with a table", async () => {
  const refuses = (text: string, columns: string[], message: RegExp) =>
    withTable(
      text,
      (set, file) => assert.rejects(readProbeColumns(set, { file, columns }), message),
    );
  await refuses("file,a\n0.png,x\n1.png,y\n", ["b"], /Cannot find column "b".*it has "file", "a"/);
  await refuses("file,a\n90.png,x\n91.png,y\n", ["a"], /"file" names no image of the set.*"0.png"/);
  await refuses(
    "file,a\n0.png,x\n0.png,y\n",
    ["a"],
    /more.csv:3.*0.png is named twice, first at 2/,
  );
  await refuses("file,a\n0.png,x;y\n1.png,y\n", ["a"], /"a" of .*several values/);
  await refuses("file,a\n0.png,x\n1.png,x\n", ["a"], /the one value "x"/);
});

Deno.test("readProbeColumns() refuses a number of rows for the images, and takes the column that is named", async () => {
  const rows = Array.from({ length: 30 }, (_, image) => `${image},${"xy"[image % 2]}\n`);
  await withTable(",kind\n" + rows.join(""), async (set, file) => {
    await assert.rejects(
      readProbeColumns(set, { file, columns: ["kind"] }),
      /which column of .* names the images: column "" .* has no name; .*`imageColumn: /,
    );
    const [{ values }] = await readProbeColumns(set, { file, columns: ["kind"], imageColumn: "" });
    assert.deepEqual(values.slice(0, 3), ["x", "y", "x"]);
  });
});

Deno.test("readProbeColumns() reads a table by the options that are given", async () => {
  await withTable("0.png;x\n1.png;y\n2.png\n", async (set, file) => {
    const warnings: string[] = [];
    const options = { columns: ["file", "kind"], delimiter: ";", skipBadLines: true };
    const [{ values }] = await readProbeColumns(set, { file, columns: ["kind"], options }, {
      listener: { warning: (text) => warnings.push(text) },
    });
    assert.deepEqual(values.slice(0, 3), ["x", "y", ""]);
    assert.match(warnings.join(), /1 lines are left out/);
  });
});
