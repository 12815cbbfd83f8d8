import assert from "node:assert/strict";
import { shellWord } from "../../src/base/shell_word.ts";

Deno.test("shellWord() quotes what a shell would part or change, and nothing else", () => {
  for (const plain of ["fonts", "./runs/a-b_c/model_best", "a=1,b:2", "a@b+c%"]) {
    assert.equal(shellWord(plain), plain);
  }
  assert.equal(shellWord("my run"), "'my run'");
  assert.equal(shellWord("it's"), "'it'\\''s'");
  assert.equal(shellWord(""), "''");
  for (const text of ["a;b", "$HOME", "a*", "~", "a\nb", "Größe", "a&b", "(a)", "a|b", "`a`"]) {
    assert.equal(shellWord(text), `'${text}'`);
  }
});
