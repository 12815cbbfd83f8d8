import { openImageSet } from "../../src/data/image_set.ts";
import { preparePack } from "../../src/data/pack.ts";

// Makes the pack of the set in folder ARGS[0] for images of ARGS[1] pixels, and prints how many are done.
const [folder, imageSize] = Deno.args;
try {
  await preparePack(await openImageSet(folder), Number(imageSize), {
    listener: { progress: ({ done }) => console.log(done) },
  });
} catch (error) {
  console.log(String(error));
  Deno.exitCode = 1;
}
