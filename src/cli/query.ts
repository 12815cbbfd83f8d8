import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { folderEmbeddings } from "../model/folder_embeddings.ts";
import { Model } from "../model/model.ts";
import { table } from "./format.ts";
import { threadsOption, wholeNumber } from "./options.ts";
import { userPath } from "./paths.ts";
import { choosePlacement } from "../model/choose_placement.ts";
import { deviceOption } from "./placement_options.ts";
import { runStoppable } from "./run_stoppable.ts";
import { startNative } from "./start_native.ts";
import { terminalListener } from "./terminal.ts";

/** `query`: the images of a folder that are nearest to one by a notion. */
export function queryCommand(): CommandUnknownOpts {
  return new Command("query")
    .description("print the images of a folder that are nearest to an image by a notion")
    .argument("<image>", "the image to compare with")
    .requiredOption("--resume <model>", "model file, such as runs/<name>/model_best")
    .requiredOption("--notion <name>", "notion to compare by")
    .requiredOption(
      "--among <folder>",
      "images to search; their embeddings are kept there (or in the cache) and used again",
    )
    .option("-k <n>", "how many to print", wholeNumber(1), 10)
    .addOption(deviceOption)
    .addOption(threadsOption)
    .option("--json", "print one JSON object")
    .option("--verbose", "show where an error came from")
    .action(async (image, flags) => {
      await startNative(flags);
      // Embeddings that are kept must fit those to come, whatever device made them.
      const placement = choosePlacement({ device: flags.device, precision: "float32" });
      using model = await Model.load(userPath(flags.resume), placement);
      model.mask(flags.notion);
      using listener = terminalListener();
      const stopped = "no embeddings were kept; the same command begins again";
      await runStoppable(listener, stopped, async (signal) => {
        const query = await model.embed([userPath(image)], { signal });
        const among = await folderEmbeddings(model, userPath(flags.among), { listener, signal });
        const nearest = model.nearest(query.at(0), among, { notion: flags.notion, k: flags.k });
        if (flags.json) console.log(JSON.stringify({ image, notion: flags.notion, nearest }));
        else {
          console.log(table(
            ["", "distance", "image"],
            nearest.map(({ name, distance }, i) => [String(i + 1), distance.toFixed(4), name]),
          ));
        }
      });
    });
}
