import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { bundlePage } from "../explore/bundle_page.ts";
import { exploreModel } from "../explore/explore_server.ts";
import { openExplored } from "../explore/explored.ts";
import { Opening } from "../explore/opening.ts";
import { choosePlacement } from "../model/choose_placement.ts";
import { Model } from "../model/model.ts";
import { examineToken } from "../service/serve_model.ts";
import { failureLine } from "./failure_line.ts";
import { logAnswered, tokenOf } from "./served_words.ts";
import { threadsOption, wholeNumber } from "./options.ts";
import { shownPath, userPath } from "./paths.ts";
import { deviceOption } from "./placement_options.ts";
import { runStoppable } from "./run_stoppable.ts";
import { amongPath, checkAmong } from "./searched_images.ts";
import { startNative } from "./start_native.ts";
import { terminalListener } from "./terminal.ts";
import { untilAborted } from "./until_aborted.ts";

/** `explore`: a page on which a model is looked at, until a signal ends it. */
export function exploreCommand(): CommandUnknownOpts {
  return new Command("explore")
    .description("look at what a model learned, in a browser on this machine")
    .requiredOption("--resume <model>", "model file, such as runs/<name>/model_best")
    .option(
      "--among <images>",
      "what is explored: an image set, a folder of images, or a file that embed wrote (default: the set that the model was trained on)",
    )
    .option("--images <folder>", "where the pictures lie whose embeddings a file of --among holds")
    .option(
      "--answers <folder>",
      "where labels and checks are written (default: the folder of the model's run)",
    )
    .option(
      "--host <address>",
      "address to listen at; at others than loopback reading needs the token of the page's address, too",
      "127.0.0.1",
    )
    .option("--port <n>", "port to listen at; 0 is any free one", wholeNumber(0, 65_535), 8008)
    .option(
      "--token-file <file>",
      "file with the token of the page's address (default: CSN_TOKEN in the environment, else a new one)",
    )
    .addOption(deviceOption)
    .addOption(threadsOption)
    .option("--verbose", "print a line for each request; show where an error came from")
    .action(async (flags) => {
      const { host, port } = flags;
      const token = await tokenOf(flags.tokenFile);
      // What will be refused is refused before the images are embedded.
      if (token !== undefined) examineToken(host, token);
      if (flags.among !== undefined) checkAmong(flags.among, "embed its images to a file");
      using listener = terminalListener();
      await startNative(flags);
      const placement = choosePlacement({ device: flags.device, precision: "float32" });
      using model = await Model.load(userPath(flags.resume), placement);
      const stopped = "no page was opened; the same command begins again";
      await runStoppable(listener, stopped, async (signal) => {
        const page = await bundlePage({ listener, signal });
        const source = {
          among: flags.among === undefined ? undefined : amongPath(flags.among),
          images: flags.images === undefined ? undefined : userPath(flags.images),
          answers: flags.answers === undefined ? undefined : userPath(flags.answers),
          ...{ shownPath, signal },
        };
        const opening = new Opening(
          (listener) => openExplored(model, { ...source, listener }),
          listener,
        );
        await opening.begun;
        await using server = exploreModel(opening, {
          ...{ page, host, port, token, listener },
          onAnswered: flags.verbose ? logAnswered : undefined,
          onFault: (error) => console.error(failureLine(error, flags.verbose === true)),
        });
        const { isOpen } = opening;
        const address = `  ${server.url}`;
        if (!isOpen) {
          listener.line("embedding images first; open, the page shows how far that is");
          listener.line(address);
        }
        const { count, shown } = await opening.explored;
        const what = `exploring ${count} images of ${shown.among}`;
        listener.line(isOpen ? `${what}; open` : what);
        if (isOpen) listener.line(address);
        await untilAborted(signal);
        listener.notice("ended");
      });
    });
}
