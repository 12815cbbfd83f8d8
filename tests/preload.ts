/**
 * Run before the tests (`deno test --preload`): opens libtorch, so that the sanitizer of each test does not
 * see the library, which stays open for the life of the process; and gives the runs of commands that tests start
 * a folder of their own, so that nothing of the user's runs/ is touched.
 */
import { openLibrary } from "../src/native/library.ts";
import { setUp } from "../src/native/setup.ts";

openLibrary(
  await setUp({
    listener: { notice: (text) => console.error(text), warning: (text) => console.error(text) },
  }),
);

const runs = await Deno.makeTempDir({ prefix: "csn-test-runs-" });
Deno.env.set("CSN_RUNS", runs);
globalThis.addEventListener("unload", () => Deno.removeSync(runs, { recursive: true }));
