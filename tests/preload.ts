/**
 * Run before the tests (`deno test --preload`): opens libtorch, so that the sanitizer of each test does not
 * see the library, which stays open for the life of the process; and gives the sets and runs of commands that
 * tests start folders of their own, so that nothing of the user's data/ and runs/ is touched.
 */
import { openLibrary } from "../src/native/library.ts";
import { setUp } from "../src/native/setup.ts";

openLibrary(
  await setUp({
    listener: { notice: (text) => console.error(text), warning: (text) => console.error(text) },
  }),
);

for (const variable of ["CSN_DATA", "CSN_RUNS"]) {
  const folder = await Deno.makeTempDir({ prefix: "csn-test-" });
  Deno.env.set(variable, folder);
  globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
}
