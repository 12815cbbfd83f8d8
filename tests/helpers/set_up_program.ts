/**
 * `setUp()` in a process of its own, with the environment that it is given: its parts as JSON, notices as
 * errors. With `--rebuild` the shim is built again; with a shim, libtorch and its version these are opened.
 */
import { CsnError } from "../../src/base/errors.ts";
import { openLibrary } from "../../src/native/library.ts";
import { setUp } from "../../src/native/setup.ts";

try {
  const [first, libtorchFolder, libtorchVersion] = Deno.args;
  if (first === undefined || first === "--rebuild") {
    const listener = { notice: console.error };
    console.log(JSON.stringify(await setUp({ listener, rebuild: first === "--rebuild" })));
  } else {
    openLibrary({
      shimPath: first,
      libtorchFolder,
      libtorchVersion,
      source: "LIBTORCH",
      why: "",
    });
  }
} catch (error) {
  if (!(error instanceof CsnError)) throw error;
  console.error(`error: ${error.message}`);
  Deno.exit(1);
}
