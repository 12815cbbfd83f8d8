import { Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { UsageError } from "../base/errors.ts";
import { shellWord } from "../base/shell_word.ts";
import { bundlePage } from "../explore/bundle_page.ts";
import { exploreModel } from "../explore/explore_server.ts";
import { openExplored } from "../explore/explored.ts";
import { type ExportedPage, exportPage } from "../explore/exported/export_page.ts";
import { numberKinds } from "../explore/exported/stored_numbers.ts";
import { Opening } from "../explore/opening.ts";
import { choosePlacement } from "../model/choose_placement.ts";
import { Model } from "../model/model.ts";
import { examineToken } from "../service/serve_model.ts";
import { failureLine } from "./failure_line.ts";
import { bytes, percent } from "./format.ts";
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
    .option(
      "--export <folder>",
      "write the page to a folder that any web server gives without csn, and end; names and pictures in it are readable for everybody who has it",
    )
    .addOption(
      new Option("--export-as <numbers>", "what embeddings are rounded to in an exported page")
        .choices(numberKinds).default("float16" as const),
    )
    .option("--pictures", "export pictures in full size, too, besides small ones")
    .option("--overwrite", "replace a page that was exported before")
    .addOption(deviceOption)
    .addOption(threadsOption)
    .option("--verbose", "print a line for each request; show where an error came from")
    .action(async (flags, command) => {
      examineExport(command);
      const { host, port } = flags;
      const token = await tokenOf(flags.tokenFile);
      // What will be refused is refused before the images are embedded.
      if (token !== undefined) examineToken(host, token);
      if (flags.among !== undefined) checkAmong(flags.among, "embed its images to a file");
      using listener = terminalListener();
      await startNative(flags);
      const placement = choosePlacement({ device: flags.device, precision: "float32" });
      using model = await Model.load(userPath(flags.resume), placement);
      if (flags.export !== undefined) {
        return await runStoppable(listener, "nothing was exported", async (signal) => {
          const { exportAs, pictures, overwrite } = flags;
          const exported = await exportPage(model, {
            folder: userPath(flags.export!),
            ...{ exportAs, pictures, overwrite, ...sourceOf(flags), listener, signal },
          });
          for (const line of exportedLines(exported)) listener.line(line);
        });
      }
      const stopped = "no page was opened; the same command begins again";
      await runStoppable(listener, stopped, async (signal) => {
        const page = await bundlePage({ listener, signal });
        const source = {
          ...sourceOf(flags),
          answers: flags.answers === undefined ? undefined : userPath(flags.answers),
          signal,
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

/** What is explored, as flags name it. */
function sourceOf({ among, images }: { readonly among?: string; readonly images?: string }) {
  return {
    among: among === undefined ? undefined : amongPath(among),
    images: images === undefined ? undefined : userPath(images),
    shownPath,
  };
}

/** Flags that only an exported page knows, and those that only a server does. */
const [ofExports, ofServers] = [
  ["exportAs", "pictures", "overwrite"],
  ["answers", "host", "port", "tokenFile"],
];

/** Throws a UsageError for flags that do nothing. */
function examineExport(command: CommandUnknownOpts): void {
  const isExported = command.getOptionValue("export") !== undefined;
  const idle = (isExported ? ofServers : ofExports)
    .filter((name) => command.getOptionValueSource(name) === "cli");
  if (idle.length === 0) return;
  const words = idle.map((name) => `\`${name}\``).join(", ");
  throw new UsageError(
    isExported
      ? `Cannot export the page with ${words}: an exported page has no server; leave it out`
      : `Cannot explore with ${words}: it says how a page is exported; name a folder with \`export\``,
  );
}

/** What was exported, for people. */
function exportedLines(
  { folder, images, files, size, exportAs, agreement, unreadable }: ExportedPage,
): string[] {
  const same = agreement === null
    ? ""
    : `; ${percent(agreement)} of the 10 nearest neighbours are the same as by float32`;
  const lost = unreadable === null || unreadable === 0
    ? []
    : [`  ${unreadable} of their pictures cannot be read, and are not shown`];
  return [
    `exported ${images} images to ${shownPath(folder)}: ${files} files, ${bytes(size)}`,
    ...lost,
    `  embeddings are rounded to ${exportAs}${same}`,
    "  everybody who gets this folder can read the names and see the pictures of all images",
    "  any web server gives it, for example",
    `  python3 -m http.server -b 127.0.0.1 -d ${shellWord(shownPath(folder))} 8000`,
  ];
}
