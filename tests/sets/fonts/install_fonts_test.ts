import assert from "node:assert/strict";
import { fontFaces } from "../../../src/sets/fonts/font_faces.ts";
import {
  fontChecksums,
  fontFamilies,
  verifyFamily,
} from "../../../src/sets/fonts/font_packages.ts";
import { installFonts } from "../../../src/sets/fonts/install_fonts.ts";
import { CsnError } from "../../../src/base/errors.ts";
import { basename, join } from "../../../src/files/paths.ts";
import { TemporaryFolder } from "../../helpers/temporary_folder.ts";

/** Sets environment variables until it is disposed of. */
function environment(variables: Record<string, string>): Disposable {
  const before = Object.keys(variables).map((name) => [name, Deno.env.get(name)] as const);
  for (const [name, value] of Object.entries(variables)) Deno.env.set(name, value);
  return {
    [Symbol.dispose]() {
      for (const [name, value] of before) {
        if (value === undefined) Deno.env.delete(name);
        else Deno.env.set(name, value);
      }
    },
  };
}

Deno.test("installFonts() gives every pinned family, checked, with its licence", async () => {
  const fonts = await installFonts();
  assert.deepEqual(Object.keys(fontChecksums), fontFamilies);
  for (const family of fontFamilies) {
    await verifyFamily(join(fonts, family), family);
    assert.ok((await fontFaces(join(fonts, family), family)).length > 0);
    assert.match(await Deno.readTextFile(join(fonts, family, "LICENSE")), /license/i);
  }
});

Deno.test("installFonts() fetches nothing a second time", async () => {
  await installFonts();
  const notices: string[] = [];
  await installFonts({ listener: { notice: (text) => notices.push(text) } });
  assert.deepEqual(notices, []);
});

Deno.test("installFonts() says how to go on without a network, and leaves nothing half done", async () => {
  await using folder = await TemporaryFolder.make();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  using _ = environment({
    CSN_CACHE: join(folder.path, "csn"),
    DENO_DIR: join(folder.path, "deno"),
    NPM_CONFIG_REGISTRY: `http://127.0.0.1:${port}/`,
  });
  await assert.rejects(installFonts(), (error: unknown) => {
    assert.ok(error instanceof CsnError);
    assert.match(error.message, /^Cannot fetch the font packages: .*; connect to the npm registry/);
    assert.ok(!error.message.includes("\n"));
    return true;
  });
  assert.deepEqual([...Deno.readDirSync(join(folder.path, "csn"))].map(({ name }) => name), []);
});

Deno.test("verifyFamily() refuses a font that was changed, or that is missing", async () => {
  await using folder = await TemporaryFolder.make();
  const faces = await fontFaces(join(await installFonts(), "arvo"), "arvo");
  for (const { file } of faces) await Deno.copyFile(file, join(folder.path, basename(file)));
  await verifyFamily(folder.path, "arvo");
  const file = join(folder.path, basename(faces[0].file));
  const bytes = await Deno.readFile(file);
  bytes[100] ^= 1;
  await Deno.writeFile(file, bytes);
  await assert.rejects(
    verifyFamily(folder.path, "arvo"),
    /arvo: the checksum of its fonts is .* should be/,
  );
  await Deno.remove(file);
  await assert.rejects(verifyFamily(folder.path, "arvo"), CsnError);
});
