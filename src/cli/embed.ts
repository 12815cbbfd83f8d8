import { Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { CsnError } from "../base/errors.ts";
import { join } from "../files/paths.ts";
import { examineEmbeddings, writeEmbeddings } from "../model/embedding_file.ts";
import { EmbeddingSet } from "../model/embedding_set.ts";
import { Model } from "../model/model.ts";
import { embedNumbered, type NumberedOptions } from "../model/numbered_embeddings.ts";
import type { StoredNumbers } from "../model/stored_embeddings.ts";
import { embedSet } from "../model/set_embeddings.ts";
import { type ImagesToEmbed, imagesToEmbed } from "./images_to_embed.ts";
import { threadsOption } from "./options.ts";
import { shownPath, userPath } from "./paths.ts";
import { choosePlacement } from "../model/choose_placement.ts";
import { deviceOption, precisionOption } from "./placement_options.ts";
import { refuseSeveral } from "./processes/process_options.ts";
import { runStoppable } from "./run_stoppable.ts";
import { startNative } from "./start_native.ts";
import { terminalListener } from "./terminal.ts";

/** What `--numbers` means. */
const storedNumbers: Readonly<Record<"float32" | "float16" | "int8", StoredNumbers>> = {
  float32: {},
  float16: { dtype: "float16" },
  int8: { codes: true },
};

/** `embed`: embeddings of images to a file. */
export function embedCommand(): CommandUnknownOpts {
  return new Command("embed")
    .description("embed image files, all images of a folder, or a set in its order, to a file")
    .argument("[images...]", "image files and folders, or one image set")
    .requiredOption("--resume <model>", "model file, such as runs/<name>/model_best")
    .requiredOption("--out <file>", "where to: .npy, .safetensors or .jsonl")
    .option(
      "--names <file>",
      "embed the images of a list, a path a line, in its order; paths count from the folder or set that is named, else from here",
    )
    .option(
      "--allow-missing",
      "fill rows of a set or list with NaN where images are missing or unreadable",
    )
    .addOption(
      new Option(
        "--numbers <kind>",
        "of a .safetensors file: float32, float16 (half the size, three digits), or int8 (float32 with codes that a search reads first)",
      ).choices(Object.keys(storedNumbers) as (keyof typeof storedNumbers)[])
        .default("float32" as const),
    )
    .option("--overwrite", "replace that file, even if csn did not write it")
    .addOption(deviceOption)
    .addOption(precisionOption)
    .addOption(threadsOption)
    .option("--verbose", "show where an error came from")
    .action(async (given, flags) => {
      refuseSeveral("embed");
      const out = userPath(flags.out);
      const numbers = storedNumbers[flags.numbers];
      await examineEmbeddings(out, { overwrite: flags.overwrite, ...numbers });
      using listener = terminalListener();
      const images = await imagesToEmbed(given, flags.names, listener);
      await startNative(flags);
      const stopped = `no file was written to ${shownPath(out)}; the same command begins again`;
      await runStoppable(listener, stopped, async (signal) => {
        const placement = choosePlacement(flags, listener);
        using model = await Model.load(userPath(flags.resume), placement);
        const options = { listener, signal, allowMissing: flags.allowMissing };
        const embeddings = await embedAll(model, images, options);
        await writeEmbeddings(out, embeddings, {
          masks: model.masks,
          overwrite: flags.overwrite,
          ...numbers,
        });
        console.log(
          `${embeddings.names.length} embeddings of ${embeddings.dimension} dimensions written to ${
            shownPath(out)
          }${orderText(images)}`,
        );
      });
    });
}

async function embedAll(
  model: Model,
  images: ImagesToEmbed,
  options: NumberedOptions,
): Promise<EmbeddingSet> {
  if (images.kind === "set") return await embedSet(model, images.set, options);
  if (images.kind === "list") return await embedNumbered(model, images.images, options);
  const { listener, signal } = options;
  const { names, files, named } = images;
  const leftOut = new Set<string>();
  const { vectors, dimension } = await model.embed(files, {
    listener,
    signal,
    onUnreadable: (file, reason) => {
      // What a folder happens to hold may be left out; what the user named may not.
      if (named.has(file)) throw new CsnError(reason);
      listener?.warning?.(`${reason}; it is left out`);
      leftOut.add(file);
    },
  });
  const kept = names.filter((_, image) => !leftOut.has(files[image]));
  return new EmbeddingSet({ names: kept, vectors, dimension });
}

/** In which order the rows are; nothing where it is that of the command line. */
function orderText(images: ImagesToEmbed): string {
  if (images.kind === "files") return "";
  const list = images.kind === "set" ? join(images.set.folder, "filenames.json") : images.list;
  return `, in the order of ${shownPath(list)}`;
}
