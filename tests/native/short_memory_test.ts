import assert from "node:assert/strict";
import { fromFileUrl } from "../../src/files/paths.ts";

const program = fromFileUrl(new URL("../helpers/short_memory_program.ts", import.meta.url));

Deno.test({
  name: "An allocation that does not fit gets the blocks that were kept for reuse",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--cached-only", "-A", program],
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    const [size, refused] = new TextDecoder().decode(stdout).split("\n");
    assert.equal(Number(size), 1000 * 2 ** 20);
    assert.match(refused, /aten::empty\.memory_format.*(allocate memory|Cannot allocate)/);
  },
});
