/** What nonblocking calls work on lives until they have ended, whoever else has forgotten it. */
import assert from "node:assert/strict";
import { fromFileUrl } from "../../src/files/paths.ts";

const program = fromFileUrl(new URL("../helpers/kept_arguments_program.ts", import.meta.url));

Deno.test("enqueue() keeps what a waiting call works on from the collector", async () => {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--cached-only", "-A", "--v8-flags=--expose-gc", program],
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  const rounds = new TextDecoder().decode(stdout).trimEnd().split("\n");
  assert.equal(rounds.length, 10);
  for (const round of rounds) {
    assert.deepEqual(JSON.parse(round), {
      "callAsync() with tensors": "3",
      "callAsync() with a list": "1,2",
      "callAsync() with a list that is emptied": "1,2",
      "callAllAsync() with an out argument": "3",
      "dataAsync()": "1,2",
      "embed()": "1,8",
      "gatherImages()": "2,3,4,4,1",
      "scan()": "1,2,0",
      "backward()": "1,1,1",
    });
  }
});
