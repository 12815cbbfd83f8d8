import assert from "node:assert/strict";
import { TableCase } from "../../helpers/table_case.ts";

/** A table of so many images, of which `brand` is the group. */
async function tableOf(count: number, brand: (image: number) => string): Promise<TableCase> {
  const images = Array.from({ length: count }, (_, image) => `${image}.png`);
  const rows = images.map((file, image) => `${file},${"ab"[image % 2]},${brand(image)}\n`);
  return await TableCase.make(images, "image,colour,brand\n" + rows.join(""));
}

Deno.test("makeTriplets() warns with numbers when groups are too large for the shares", async () => {
  await using large = await tableOf(60, (image) => `brand ${image % 3}`);
  const shares = { train: 70, val: 10, test: 20 };
  const options = { notions: ["colour"], groupColumn: "brand", shares };
  const { warnings } = await large.build(options);
  assert.match(
    warnings.join("\n"),
    /^the splits have 33,33,33 % of the images, not 70,10,20 % as asked for: column "brand" has 3 groups, the largest of 20 images, and groups stay whole$/m,
  );
  await using small = await tableOf(120, (image) => `brand ${image >> 1}`);
  const few = await small.build(options);
  assert.doesNotMatch(few.warnings.join("\n"), /as asked for/);
});

Deno.test("makeTriplets() advises no shares for tables that no shares can help", async () => {
  for (const count of [1, 2, 3, 6]) {
    await using table = await tableOf(count, () => "x");
    await assert.rejects(table.build({ notions: ["colour"], minImages: 1 }), (error: Error) => {
      assert.match(error.message, /each split needs three, that is 9 in all|one value/);
      assert.doesNotMatch(error.message, /`shares`/);
      return true;
    });
  }
});
