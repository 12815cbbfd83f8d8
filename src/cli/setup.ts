import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { describeLibrary } from "../native/library.ts";
import { startNative } from "./start_native.ts";
import { terminalListener } from "./terminal.ts";

/** `setup`: libtorch and the shim made ready, which other commands do by themselves when needed. */
export function setupCommand(): CommandUnknownOpts {
  return new Command("setup")
    .description(
      "find or fetch libtorch and build the shim; other commands do it when it is needed",
    )
    .option("--rebuild", "build the shim again")
    .option("--verbose", "show where an error came from")
    .action(async (flags) => {
      const parts = await startNative(flags);
      using listener = terminalListener();
      const { threads, capability } = describeLibrary();
      listener.line(
        `libtorch ${parts.libtorchVersion} at ${parts.libtorchFolder} (${parts.source}: ${parts.why})`,
      );
      listener.line(`The shim is ready: ${parts.shimPath}; ${capability}, ${threads} threads`);
    });
}
