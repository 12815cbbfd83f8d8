import assert from "node:assert/strict";
import { fromFileUrl } from "../src/files/paths.ts";

Deno.test("mod.ts documents every export and refers to no private type (deno doc --lint)", async () => {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--lint", "mod.ts"],
    cwd: fromFileUrl(new URL("..", import.meta.url)),
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
});
