import { openImageSet } from "../../src/sets/image_set.ts";
import { preparePack } from "../../src/sets/pack/pack.ts";

// Makes the pack of the set in folder ARGS[0] for images of ARGS[1] pixels, in ARGS[2] if it is given, and prints
// how many are done, notices, and at the end where the pack is.
const [folder, imageSize, packDir] = Deno.args;
try {
  const { path } = await preparePack(await openImageSet(folder), Number(imageSize), {
    packDir,
    listener: {
      progress: ({ what, done }) => what === "Decoding images" && console.log(done),
      notice: (text) => console.log(`notice: ${text}`),
    },
  });
  console.log(`pack: ${path}`);
} catch (error) {
  console.log(String(error));
  Deno.exitCode = 1;
}
