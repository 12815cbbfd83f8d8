import assert from "node:assert/strict";
import { projectFolder } from "../../src/cli/paths.ts";
import { join } from "../../src/files/paths.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

Deno.test("drawRow() says in a line that sharp cannot be loaded, as decoding an image does", async () => {
  await using folder = await TemporaryFolder.make();
  const [module, program] = [
    join(projectFolder, "src", "report", "draw_pictures.ts"),
    join(folder.path, "draw.ts"),
  ];
  await Deno.writeTextFile(
    program,
    `import { drawRow } from ${JSON.stringify(module)};
const pack = { size: 1, pixels: () => new Uint8Array(3) };
await drawRow({ name: "a", alt: "b" }, pack, [0]).catch(({ message }) => console.log(message));`,
  );
  const config = join(projectFolder, "deno.json");
  // Without --allow-ffi.
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--cached-only", "--no-check", "--config", config],
      ...["--allow-read", "--allow-env", program],
    ],
    stdin: "null",
  }).output();
  const [said, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert.match(
    said,
    /^Cannot load sharp, which decodes images: [^\n]*--allow-ffi[^\n]*\n$/,
    errors,
  );
});
