/** `setUp()` in a process of its own, with the environment that it is given: its parts as JSON, notices as errors. */
import { CsnError } from "../../src/errors.ts";
import { openLibrary } from "../../src/native/library.ts";
import { setUp } from "../../src/native/setup.ts";

try {
  // With arguments: opens a shim that is given instead.
  const [shimPath, libtorchFolder, libtorchVersion] = Deno.args;
  if (shimPath === undefined) {
    console.log(JSON.stringify(await setUp({ listener: { notice: console.error } })));
  } else openLibrary({ shimPath, libtorchFolder, libtorchVersion, source: "LIBTORCH", why: "" });
} catch (error) {
  if (!(error instanceof CsnError)) throw error;
  console.error(`error: ${error.message}`);
  Deno.exit(1);
}
