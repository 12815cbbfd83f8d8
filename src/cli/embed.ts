import { Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { CsnError } from "../base/errors.ts";
import type { Listener } from "../base/listener.ts";
import { allOrNone } from "../distributed/all_or_none.ts";
import { join } from "../files/paths.ts";
import { choosePlacement } from "../model/choose_placement.ts";
import { examineEmbeddings, writeEmbeddings } from "../model/embedding_file.ts";
import { EmbeddingSet } from "../model/embedding_set.ts";
import { Model } from "../model/model.ts";
import { type ModelFile, readModelFile } from "../model/model_file.ts";
import { embedNumbered, type NumberedOptions } from "../model/numbered_embeddings.ts";
import { embedSet } from "../model/set_embeddings.ts";
import type { StoredNumbers } from "../model/stored_embeddings.ts";
import type { Precision } from "../network/placement.ts";
import { type ImagesToEmbed, imagesToEmbed } from "./images_to_embed.ts";
import { threadsOption } from "./options.ts";
import { shownPath, userPath } from "./paths.ts";
import { deviceOption, precisionOption } from "./placement_options.ts";
import { deviceIn } from "./processes/device_of.ts";
import { inGroup } from "./processes/in_group.ts";
import { isSilent } from "./processes/own_place.ts";
import {
  addProcessOptions,
  defaultTimeout,
  partOf,
  type ProcessFlags,
} from "./processes/process_options.ts";
import { runProcesses } from "./processes/run_processes.ts";
import { threadsOf } from "./processes/threads_of.ts";
import { runStoppable } from "./run_stoppable.ts";
import { startNative } from "./start_native.ts";
import { terminalListener } from "./terminal.ts";

/** What `--numbers` means. */
const storedNumbers: Readonly<Record<"float32" | "float16" | "int8", StoredNumbers>> = {
  float32: {},
  float16: { dtype: "float16" },
  int8: { codes: true },
};

/** What the options of `embed` parse to. */
interface EmbedFlags extends ProcessFlags {
  readonly resume: string;
  readonly out: string;
  readonly names?: string;
  readonly allowMissing?: boolean;
  readonly numbers: keyof typeof storedNumbers;
  readonly overwrite?: boolean;
  readonly device: string;
  readonly precision: "auto" | Precision;
  readonly threads?: number;
  readonly verbose?: boolean;
}

/** `embed`: embeddings of images to a file. */
export function embedCommand(): CommandUnknownOpts {
  const command = new Command("embed")
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
    .option("--verbose", "show where an error came from");
  addProcessOptions(command, "its share of the images");
  return command.action((given, flags) => runEmbed(given, flags));
}

/** Embeds and writes; one of several processes embeds its part of the images, and rank 0 writes. */
async function runEmbed(given: readonly string[], flags: EmbedFlags): Promise<void> {
  const part = partOf(flags);
  if ("start" in part) {
    // What none of them could do is said once, before they are started.
    await readyWork(given, flags, {});
    return await runProcesses(part.start);
  }
  const { place } = part;
  using listener = terminalListener();
  const early = place === null ? await readyWork(given, flags, listener) : null;
  await startNative(threadsOf(place, flags.threads, (name) => Deno.env.get(name)));
  const out = shownPath(userPath(flags.out));
  const stopped = `no file was written to ${out}; the same command begins again`;
  await runStoppable(listener, stopped, async (signal, interruption) => {
    const device = deviceIn(place, flags.device);
    const timeoutSeconds = flags.timeout ?? defaultTimeout;
    const options = { device, timeoutSeconds, interruption, stopped, verbose: flags.verbose };
    await inGroup(place, options, async (group) => {
      const placement = choosePlacement({ ...flags, device }, listener);
      const ready = () => readyWork(given, flags, listener);
      const { images, file } = early ?? await allOrNone(group ?? null, ready, signal);
      using model = new Model(file, placement);
      const { allowMissing } = flags;
      const embeddings = await embedAll(model, images, { listener, signal, allowMissing, group });
      if (!isSilent()) await write(embeddings, { model, images, flags });
    });
  });
}

/** Writes the embeddings, and says so. */
async function write(
  embeddings: EmbeddingSet,
  { model, images, flags: { out, overwrite, numbers } }: {
    readonly model: Model;
    readonly images: ImagesToEmbed;
    readonly flags: EmbedFlags;
  },
): Promise<void> {
  const { masks } = model;
  await writeEmbeddings(userPath(out), embeddings, { masks, overwrite, ...storedNumbers[numbers] });
  console.log(
    `${embeddings.names.length} embeddings of ${embeddings.dimension} dimensions written to ${
      shownPath(userPath(out))
    }${orderText(images)}`,
  );
}

/** Finds the images and reads the model, once the file can be written as far as that is known. */
async function readyWork(
  given: readonly string[],
  flags: EmbedFlags,
  listener: Listener,
): Promise<{ readonly images: ImagesToEmbed; readonly file: ModelFile }> {
  // Rank 0 alone writes it.
  if (!isSilent()) {
    const { overwrite, numbers } = flags;
    await examineEmbeddings(userPath(flags.out), { overwrite, ...storedNumbers[numbers] });
  }
  const images = await imagesToEmbed(given, flags.names, listener);
  return { images, file: await readModelFile(userPath(flags.resume)) };
}

async function embedAll(
  model: Model,
  images: ImagesToEmbed,
  options: NumberedOptions,
): Promise<EmbeddingSet> {
  if (images.kind === "set") return await embedSet(model, images.set, options);
  if (images.kind === "list") return await embedNumbered(model, images.images, options);
  const { listener, signal, group } = options;
  const { names, files, named } = images;
  const leftOut = new Set<string>();
  const { vectors, dimension } = await model.embed(files, {
    listener,
    signal,
    group,
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
