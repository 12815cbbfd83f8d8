import { Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { paperTripletCounts } from "../sets/make/set_plan.ts";
import { defaultTripletCounts, makeFontsSet } from "../sets/fonts/make_fonts_set.ts";
import { getZappos } from "../sets/zappos/zappos.ts";
import { UsageError } from "../base/errors.ts";
import { wholeNumber } from "./options.ts";
import { tripletCounts } from "./make_triplets.ts";
import { dataFolder, setWord, shownPath, userPath } from "./paths.ts";
import { runStoppable } from "./run_stoppable.ts";
import { terminalListener } from "./terminal.ts";

/** `get-data [zappos|fonts]`: brings or makes an image set. */
export function getDataCommand(): CommandUnknownOpts {
  return new Command("get-data")
    .description("fetch Zappos50k with the paper's triplet lists, or make the fonts set")
    .addCommand(zapposCommand(), { isDefault: true })
    .addCommand(fontsCommand())
    .addHelpText("after", "\nOptions of each: get-data zappos --help, get-data fonts --help");
}

function zapposCommand(): CommandUnknownOpts {
  return new Command("zappos")
    .description("fetch Zappos50k (300 MB) and its triplet lists; for non-commercial academic use")
    .option("--images <file|dir>", "the image archive, or its unpacked folder, that you have")
    .option("--triplets <file|dir>", "the archive of triplet lists, or its folder, that you have")
    .option(
      "--meta <file|dir>",
      "UT Austin's attributes (ut-zap50k-data.zip), or their folder, to build lists from",
    )
    .addOption(
      new Option("--counts <train,val,test>", "triplets of each notion, where lists must be built")
        .argParser(tripletCounts)
        .default(paperTripletCounts, Object.values(paperTripletCounts).join()),
    )
    .option("--url <base>", "a mirror: the web folder that holds the archives")
    .option("--out <dir>", "folder to make (default: data/zappos)")
    .option("--verbose", "show where an error came from")
    // An unknown set ends here, because this command is the default.
    .argument("[set]")
    .action(async (set, options) => {
      if (set !== undefined) {
        throw new UsageError(
          `Unknown image set "${set}": get-data knows zappos (the default) and fonts`,
        );
      }
      const folder = options.out === undefined ? dataFolder("zappos") : userPath(options.out);
      using listener = terminalListener();
      const stopped =
        "what is complete is kept, downloads too where the server can go on; the same command goes on";
      await runStoppable(listener, stopped, async (signal) => {
        const done = await getZappos(folder, {
          images: options.images === undefined ? undefined : userPath(options.images),
          triplets: options.triplets === undefined ? undefined : userPath(options.triplets),
          meta: options.meta === undefined ? undefined : userPath(options.meta),
          counts: options.counts,
          url: options.url,
          listener,
          signal,
        });
        listener.line(`${shownPath(folder)}: Zappos50k ${done ? "is ready" : "was there already"}`);
        listener.line(
          `next: deno task train --data ${setWord(options.out ?? "zappos")} --learned`,
        );
      });
    });
}

function fontsCommand(): CommandUnknownOpts {
  return new Command("fonts")
    .description("make the fonts set: letters and digits in some 400 real fonts, four notions")
    .option("--image-size <pixels>", "side of the images, 16 to 64", wholeNumber(16), 64)
    .option("--seed <n>", "seed of splits and triplets", wholeNumber(0), 1)
    .addOption(
      new Option("--triplets <train,val,test>", "triplets of each notion")
        .argParser(tripletCounts)
        .default(defaultTripletCounts, Object.values(defaultTripletCounts).join()),
    )
    .addOption(
      new Option(
        "--hold-out <what>",
        "test on typefaces that were not trained on (default: on images)",
      )
        .choices(["typeface"] as const),
    )
    .option("--out <dir>", "folder to make (default: data/fonts)")
    .option(
      "--overwrite",
      "replace the image set in that folder, and nothing that csn did not make",
    )
    .option("--verbose", "show where an error came from")
    .action(async ({ out, ...options }) => {
      const folder = out === undefined ? dataFolder("fonts") : userPath(out);
      using listener = terminalListener();
      const stopped = `no set was made in ${shownPath(folder)}; the same command begins again`;
      await runStoppable(listener, stopped, async (signal) => {
        const { made, images, families } = await makeFontsSet(folder, {
          ...options,
          listener,
          signal,
        });
        const what = `${images} images of ${families} families`;
        listener.line(`${shownPath(folder)}: ${made ? what : `${what}, there already`}`);
        listener.line(`next: deno task train --data ${setWord(out ?? "fonts")} --learned`);
      });
    });
}
