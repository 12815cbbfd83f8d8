import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { Model } from "../model/model.ts";
import { choosePlacement } from "../model/choose_placement.ts";
import { openGallery } from "../service/gallery.ts";
import { TableGallery } from "../service/table_gallery.ts";
import { examineToken, serveModel } from "../service/serve_model.ts";
import { failureLine } from "./failure_line.ts";
import { appended, threadsOption, wholeNumber } from "./options.ts";
import { userPath } from "./paths.ts";
import { deviceOption } from "./placement_options.ts";
import { runStoppable } from "./run_stoppable.ts";
import { amongPath, checkPlace } from "./searched_images.ts";
import { logAnswered, tokenOf } from "./served_words.ts";
import { startNative } from "./start_native.ts";
import { terminalListener } from "./terminal.ts";
import { untilAborted } from "./until_aborted.ts";

/** `serve`: answers searches by a model over HTTP until a signal ends it. */
export function serveCommand(): CommandUnknownOpts {
  return new Command("serve")
    .description("answer searches by a model over HTTP, on this machine alone by default")
    .requiredOption("--resume <model>", "model file, such as runs/<name>/model_best")
    .option(
      "--among <folder>",
      "images to search: a folder, an image set, or a file that embed wrote; embeddings of a folder are kept there (or in the cache) and used again",
    )
    .option(
      "--from <url>",
      "instead of --among: postgres://user@host/database that `index` wrote to; give it again for the parts on more servers",
      appended,
    )
    .option("--table <name>", "with --from: the table's name there")
    .option(
      "--host <address>",
      "address to listen at; others than loopback need a token",
      "127.0.0.1",
    )
    .option("--port <n>", "port to listen at; 0 is any free one", wholeNumber(0, 65_535), 8000)
    .option(
      "--token-file <file>",
      "file with the token that requests must bring (default: CSN_TOKEN in the environment)",
    )
    .option("--batch <n>", "images in one forward pass at most", wholeNumber(1), 32)
    .option(
      "--queue <n>",
      "requests in progress at most; others are answered 503",
      wholeNumber(1),
      64,
    )
    .option("--most-megabytes <n>", "size of a request at most", wholeNumber(1), 20)
    .option("--most-megapixels <n>", "size of an image at most", wholeNumber(1, 268), 50)
    .addOption(deviceOption)
    .addOption(threadsOption)
    .option("--verbose", "print a line for each request; show where an error came from")
    .action(async (flags) => {
      const { host, port, batch } = flags;
      const token = await tokenOf(flags.tokenFile);
      // What will be refused is refused before the images are embedded.
      examineToken(host, token);
      checkPlace(flags);
      await startNative(flags);
      const placement = choosePlacement({ device: flags.device, precision: "float32" });
      using model = await Model.load(userPath(flags.resume), placement);
      using listener = terminalListener();
      const stopped = "no embeddings were kept; the same command begins again";
      await runStoppable(listener, stopped, async (signal) => {
        await using opened = new AsyncDisposableStack();
        const { from, table, among } = flags;
        const gallery = from === undefined
          ? await openGallery(model, amongPath(among!), { listener, signal })
          : opened.use(await TableGallery.open(model, { from, table: table! }));
        const served = serveModel(model, gallery, {
          ...{ host, port, token, batch, mostRequests: flags.queue },
          mostBytes: flags.mostMegabytes * 1e6,
          mostPixels: flags.mostMegapixels * 1e6,
          onAnswered: flags.verbose ? logAnswered : undefined,
          onFault: (error) => console.error(failureLine(error, flags.verbose === true)),
        });
        const secured = token === undefined ? "" : ", with the token";
        listener.line(
          `serving ${await gallery.count()} images of ${among ?? table} at ${served.url}${secured}`,
        );
        await untilAborted(signal);
        await served.close();
        listener.notice("ended: what had been asked is answered");
      });
    });
}
