/**
 * Run before the tests (`deno test --preload`): opens libtorch, so that the sanitizer of each test does not
 * see the library, which stays open for the life of the process.
 */
import { openLibrary } from "../src/native/library.ts";
import { setUp } from "../src/native/setup.ts";

openLibrary(
  await setUp({
    listener: { notice: (text) => console.error(text), warning: (text) => console.error(text) },
  }),
);
