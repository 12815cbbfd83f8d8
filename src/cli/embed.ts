import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { findImageFiles, passedOverText } from "../images/list_images.ts";
import { CsnError } from "../base/errors.ts";
import type { Listener } from "../base/listener.ts";
import { join } from "../files/paths.ts";
import { examineEmbeddings, writeEmbeddings } from "../model/embedding_file.ts";
import { Model } from "../model/model.ts";
import { threadsOption } from "./options.ts";
import { shownPath, userPath } from "./paths.ts";
import { choosePlacement } from "../model/choose_placement.ts";
import { deviceOption, precisionOption } from "./placement_options.ts";
import { runStoppable } from "./run_stoppable.ts";
import { startNative } from "./start_native.ts";
import { terminalListener } from "./terminal.ts";

/** `embed`: embeddings of images to a file. */
export function embedCommand(): CommandUnknownOpts {
  return new Command("embed")
    .description("embed image files, or all images of a folder, to a file")
    .argument("<images...>", "image files and folders")
    .requiredOption("--resume <model>", "model file, such as runs/<name>/model_best")
    .requiredOption("--out <file>", "where to: .npy, .safetensors or .jsonl")
    .option("--overwrite", "replace that file, even if csn did not write it")
    .addOption(deviceOption)
    .addOption(precisionOption)
    .addOption(threadsOption)
    .option("--verbose", "show where an error came from")
    .action(async (images, flags) => {
      const out = userPath(flags.out);
      await examineEmbeddings(out, flags);
      using listener = terminalListener();
      const files = await imageFiles(images.map(userPath), listener);
      await startNative(flags);
      const stopped = `no file was written to ${shownPath(out)}; the same command begins again`;
      await runStoppable(listener, stopped, async (signal) => {
        const placement = choosePlacement(flags, listener);
        using model = await Model.load(userPath(flags.resume), placement);
        const named = new Set(images.map(userPath));
        const embeddings = await model.embed(files, {
          listener,
          signal,
          onUnreadable: (name, reason) => {
            // What a folder happens to hold may be left out; what the user named may not.
            if (named.has(name)) throw new CsnError(reason);
            listener.warning?.(`${reason}; it is left out`);
          },
        });
        await writeEmbeddings(out, embeddings, { masks: model.masks, overwrite: flags.overwrite });
        console.log(
          `${embeddings.names.length} embeddings of ${embeddings.dimension} dimensions written to ${
            shownPath(out)
          }`,
        );
      });
    });
}

async function imageFiles(paths: readonly string[], listener: Listener): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    const stat = await Deno.stat(path).catch(() => null);
    if (stat === null) {
      throw new CsnError(`Cannot embed "${path}": there is no such file or folder`);
    }
    if (!stat.isDirectory) {
      files.push(path);
      continue;
    }
    const { images, passedOver } = await findImageFiles(path);
    files.push(...images.map((file) => join(path, file)));
    const text = passedOverText(shownPath(path), passedOver);
    if (text !== null) listener.notice?.(text);
  }
  return files;
}
