import assert from "node:assert/strict";
import { isPnm, readPnm } from "../../src/images/read_pnm.ts";
import { join } from "../../src/files/paths.ts";
import { randomUint32 } from "../../src/base/random.ts";
import { fixtures } from "../helpers/temporary_set.ts";

const text = (text: string) => new TextEncoder().encode(text);

Deno.test("readPnm() gives pixels or says what is wrong, whatever became of the bytes", async () => {
  for (const kind of ["plain.pbm", "plain.pgm", "plain.ppm", "raw.pbm", "raw.pgm", "deep.ppm"]) {
    const whole = await Deno.readFile(join(fixtures, kind));
    for (let time = 0; time < 500; time++) {
      const random = (number: number) => randomUint32(time, 1, number);
      const bytes = whole.slice(0, time % 3 === 0 ? random(0) % whole.length : whole.length);
      for (let change = 1; change <= 2; change++) {
        bytes[2 + random(2 * change) % Math.min(bytes.length, 30)] = random(2 * change + 1);
      }
      try {
        const { data, width, height } = readPnm(bytes);
        assert.equal(data.length, 3 * width * height);
      } catch (error) {
        assert.equal((error as Error).constructor, Error, `${kind}: ${error}`);
      }
    }
  }
});

Deno.test("readPnm() says what is wrong", () => {
  const wrong: [string, string][] = [
    ["P2 2 1 9\n1 10", "it has a value of 10, its largest is 9"],
    ["P2 2 1 9\n1 x ", "it has no number at byte 11"],
    ["P2 2 1 0\n", "its largest value is 0, not 1 to 65535"],
    ["P5 0 1 255\n", "it says that it is 0 by 1 pixels large"],
    ["P6 99999 99999 255\n", "it says that it is 99999 by 99999 pixels large"],
    ["P6 2 2 255\nabc", "premature end of the picture"],
  ];
  for (const [file, message] of wrong) {
    assert.throws(() => readPnm(text(file)), { message });
  }
});

Deno.test("isPnm() does not take other texts that begin with P and a digit", () => {
  assert.equal(isPnm(text("P3\n1 1 1\n")), true);
  for (const other of ["P3x", "P7\n", "P0 ", "P"]) assert.equal(isPnm(text(other)), false, other);
});
