/** Adds answers to a file until it is killed, or so many: answers_program.ts FILE NAME COUNT; prints a line after each. */
import { AnswersFile } from "../../src/teach/answers_file.ts";

const [path, by, count] = Deno.args;
const names = Array.from({ length: 50 }, (_, i) => `${"long/".repeat(20)}${i}.png`);
const file = await AnswersFile.open(path, { notion: "heel", names });
const encoder = new TextEncoder();
for (let i = 0; i < Number(count); i++) {
  const [anchor, left, right] = [i % 48, i % 48 + 1, i % 48 + 2];
  await file.add({ anchor, left, right, chosen: i % 3 === 0 ? null : "left", by: `${by} ${i}` });
  Deno.stdout.writeSync(encoder.encode(`${i}\n`));
}
