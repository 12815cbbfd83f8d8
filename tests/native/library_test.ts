import assert from "node:assert/strict";
import { openedParts } from "../../src/native/library.ts";
import { platform } from "../../src/native/platform.ts";
import { join } from "../../src/files/paths.ts";
import { runSetUp, setUpFails } from "../helpers/set_up.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

/** What these tests run with. */
const { libtorchFolder, libtorchVersion, shimPath } = openedParts();

/** Arguments that open this shim. */
function opening(shim: string): { args: readonly string[] } {
  return { args: [shim, libtorchFolder, libtorchVersion] };
}

const header = await Deno.readTextFile(new URL("../../native/include/csn.h", import.meta.url));

/** The interface that the header states. */
const abiVersion = Number(/#define CSN_ABI_VERSION (\d+)/.exec(header)![1]);

/** A library that exports what the shim does, of this interface and for this libtorch. */
async function fakeShim(folder: string, abi: number, builtFor: string): Promise<string> {
  const others = [...header.matchAll(/CSN_API \w+ (csn_\w+)\(/g)].map((match) => match[1]).filter(
    (name) => name !== "csn_abi_version" && name !== "csn_built_for",
  );
  const source = join(folder, `${abi}-${builtFor}.cpp`);
  await Deno.writeTextFile(
    source,
    `#include <cstring>
extern "C" {
unsigned csn_abi_version() { return ${abi}; }
int csn_built_for(char *out, unsigned cap) { std::strncpy(out, "${builtFor}", cap); return 0; }
${others.map((name) => `int ${name}() { return -1; }`).join("\n")}
}
`,
  );
  const library = source.replace(/\.cpp$/, platform().ending);
  const args = ["-shared", "-fPIC", source, "-o", library];
  const { success, stderr } = await new Deno.Command("c++", { args }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return library;
}

Deno.test("openLibrary() opens the shim that setUp() gives", async () => {
  const { code, stderr } = await runSetUp({}, opening(shimPath));
  assert.equal(code, 0, stderr);
});

Deno.test("openLibrary() refuses a shim built for another libtorch and names the command that rebuilds it", async () => {
  await using folder = await TemporaryFolder.make();
  await setUpFails(
    {},
    /it was built for libtorch 2\.10\.0, found libtorch \S+ at \/.*; run `start\(\{ rebuild: true \}\)`/,
    opening(await fakeShim(folder.path, abiVersion, "2.10.0")),
  );
});

Deno.test("openLibrary() refuses a shim of another interface and names the command that rebuilds it", async () => {
  await using folder = await TemporaryFolder.make();
  await setUpFails(
    {},
    new RegExp(
      `its interface is version 99, this csn needs ${abiVersion}; run \`start\\(\\{ rebuild: true \\}\\)\``,
    ),
    opening(await fakeShim(folder.path, 99, libtorchVersion.replace(/\+.*/, ""))),
  );
});

Deno.test("openLibrary() says what to run when the shim is not there or is no library", async () => {
  await using folder = await TemporaryFolder.make();
  const shim = join(folder.path, "shim.so");
  const message =
    /Cannot load the shim .*shim\.so: .*`examine\(\)`, then `start\(\{ rebuild: true \}\)`/;
  await setUpFails({}, message, opening(shim));
  await Deno.writeTextFile(shim, "no library");
  await setUpFails({}, message, opening(shim));
});
