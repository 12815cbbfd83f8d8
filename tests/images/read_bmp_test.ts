import assert from "node:assert/strict";
import { readBmp } from "../../src/images/read_bmp.ts";
import { join } from "../../src/files/paths.ts";
import { randomUint32 } from "../../src/base/random.ts";
import { fixtures } from "../helpers/temporary_set.ts";

const kinds = ["24", "8", "4", "1", "16", "565", "32", "rle8", "rle4", "alpha"];

Deno.test("readBmp() gives pixels or says what is wrong, whatever became of the bytes", async () => {
  for (const kind of kinds) {
    const whole = await Deno.readFile(join(fixtures, `${kind}.bmp`));
    for (let time = 0; time < 100; time++) {
      const random = (number: number) => randomUint32(time, 0, number);
      const bytes = whole.slice(0, time % 3 === 0 ? random(0) % whole.length : whole.length);
      for (let change = 1; change <= 3; change++) {
        // Mostly in the header.
        bytes[random(2 * change) % Math.min(bytes.length, 80)] = random(2 * change + 1);
      }
      try {
        const { data, width, height, channels } = readBmp(bytes);
        assert.equal(data.length, width * height * channels);
      } catch (error) {
        assert.equal((error as Error).constructor, Error, `${kind}: ${error}`);
      }
    }
  }
});

Deno.test("readBmp() reads rows from the top where the height is below 0", async () => {
  const bytes = await Deno.readFile(join(fixtures, "24.bmp"));
  const upright = readBmp(bytes);
  new DataView(bytes.buffer).setInt32(22, -upright.height, true);
  const turned = readBmp(bytes);
  const row = 3 * upright.width;
  assert.deepEqual(turned.data.subarray(0, row), upright.data.subarray(-row));
});

Deno.test("readBmp() refuses a colour that the palette does not have", async () => {
  const bytes = await Deno.readFile(join(fixtures, "8.bmp"));
  bytes[bytes.length - 44] = 16;
  assert.throws(() => readBmp(bytes), { message: "a pixel has colour 16 of a palette of 16" });
});
