import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { messageOf } from "../base/errors.ts";
import { bundlePage } from "../explore/bundle_page.ts";
import { describeLibrary } from "../native/library.ts";
import { startNative } from "./start_native.ts";
import { type TerminalListener, terminalListener } from "./terminal.ts";

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
      await readyPage(listener);
    });
}

/** Bundles the page of `explore`; all else is of use without it. */
async function readyPage(listener: TerminalListener): Promise<void> {
  try {
    await bundlePage({ listener });
    listener.line("The page of `deno task explore` is ready");
  } catch (error) {
    listener.warning(messageOf(error));
  }
}
