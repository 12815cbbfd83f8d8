import assert from "node:assert/strict";
import { Command } from "@commander-js/extra-typings";
import { commandWords, speakFor } from "../../src/cli/command_words.ts";
import { makeTripletsCommand } from "../../src/cli/make_triplets.ts";
import { trainCommand } from "../../src/cli/train.ts";

Deno.test("commandWords() writes an option as the flag of the command that runs", () => {
  speakFor(trainCommand());
  assert.equal(commandWords("raise `batchSize`"), "raise --batch-size");
  assert.equal(commandWords('pass `device: "cpu"`'), "pass --device cpu");
  assert.equal(commandWords("pass `overwrite: true`"), "pass --overwrite");
  assert.equal(commandWords("a lower `learningRate: 0.00005`"), "a lower --lr 0.00005");
  assert.equal(
    commandWords("choose another folder with `out`"),
    "choose another folder with --name or --runs",
  );
  speakFor(makeTripletsCommand());
  assert.equal(commandWords("with `out` or `folder`"), "with --out or --out");
  assert.equal(commandWords("pass `acceptGuesses: true`"), "pass --yes");
  assert.equal(commandWords("pass `flip: false`"), "pass --no-flip");
  assert.equal(commandWords('`columns: ["image","column2"]`'), "--columns image,column2");
  assert.equal(commandWords('`imageColumn: "my file"`'), "--image-column 'my file'");
  assert.equal(commandWords('`images: "a`b"`'), "--images 'a`b'");
});

Deno.test("commandWords() leaves what the command has no option for as it is", () => {
  speakFor(new Command("query"));
  for (const text of ["lower `batchSize`", "a line is `anchor far near`", "`nothing()`", "``"]) {
    assert.equal(commandWords(text), text);
  }
});

Deno.test("commandWords() leaves what a user wrote as it is, whatever it looks like", () => {
  speakFor(makeTripletsCommand());
  for (
    const text of ["`constructor`", "`toString()`", '"`rules: red`" is no number', "`rules: {}`"]
  ) {
    assert.equal(commandWords(text), text);
  }
});

Deno.test("commandWords() writes a rule as --notion takes it, or as --rules does", () => {
  speakFor(makeTripletsCommand());
  assert.equal(
    commandWords('say `rules: {"my label":{"type":"categorical"}}` if they are'),
    "say --notion 'my label:categorical' if they are",
  );
  assert.equal(
    commandWords('say `rules: {"heel": {"missing": ["-1"]}}` if that is no value'),
    'say {"heel": {"missing": ["-1"]}} in --rules if that is no value',
  );
});

Deno.test("commandWords() writes a call as the task that does the same", () => {
  const calls = {
    "run `start()`": "run `deno task setup`",
    "run `start({ rebuild: true })`": "run `deno task setup --rebuild`",
    'go on with `train({ resume: "/a b/checkpoint" })`':
      "go on with `deno task train --resume '/a b/checkpoint'`",
    '`train({ out: "/runs/f1" })` makes one': "`deno task train --name f1` makes one",
    '`auditSet("data/mine")` lists them': "`deno task audit data/mine --csv FILE` lists them",
  };
  for (const [call, words] of Object.entries(calls)) assert.equal(commandWords(call), words);
});
