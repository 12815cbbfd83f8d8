import { Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { UsageError } from "../base/errors.ts";
import { isFile } from "../files/exists.ts";
import { Model } from "../model/model.ts";
import { type Criterion, namedNotions } from "../search/mixture.ts";
import { parseWeights } from "../search/parse_weights.ts";
import type { SearchOptions, SearchResult } from "../search/search.ts";
import { searchAnswer } from "../search/search_answer.ts";
import { parseCondition } from "../search/where.ts";
import { examineGallery, type GalleryHits, writeGallery } from "../report/write_gallery.ts";
import { notionOfColumn } from "../sets/set_values.ts";
import { appended, threadsOption, wholeNumber } from "./options.ts";
import { shownPath, userPath } from "./paths.ts";
import { choosePlacement } from "../model/choose_placement.ts";
import { deviceOption } from "./placement_options.ts";
import { comparedText, measuredText, queryText } from "./query_text.ts";
import { runStoppable } from "./run_stoppable.ts";
import { amongPath, checkPlace, openSearched, openSearchedTable } from "./searched_images.ts";
import { startNative } from "./start_native.ts";
import { terminalListener } from "./terminal.ts";

/** `query`: the images of a folder or set that are nearest to others by a notion or a mixture. */
export function queryCommand(): CommandUnknownOpts {
  return new Command("query")
    .description(
      "print the images that are nearest to an image by a notion or a mixture of notions",
    )
    .argument("<images...>", "the image to compare with, or several")
    .requiredOption("--resume <model>", "model file, such as runs/<name>/model_best")
    .option("--notion <name>", "notion to compare by")
    .option(
      "--mix <weights>",
      "notions to compare by at once, with weights: heel=0.7,colour=0.3",
      joined,
    )
    .option("--like <weights>", "notions to be like by, with weights: as --mix", joined)
    .option(
      "--unlike <weights>",
      "with --like: notions to be unlike by; what is printed is a score then, no distance",
      joined,
    )
    .option("--raw", "do not divide each notion's squared distance by its median among the images")
    .option(
      "--among <folder>",
      "images to search: a folder, an image set (one in data/ by its name), or a file that embed wrote; embeddings are kept there (or in the cache) and used again",
    )
    .option(
      "--from <url>",
      "instead of --among: postgres://user@host/database that `index` wrote to; give it again for the parts on more servers",
      appended,
    )
    .option("--table <name>", "with --from: the table's name there")
    .option(
      "--where <condition>",
      "among a set's images: only those with a value, such as gender=women, colour!=red,white or heel<=2.5; give it again for more",
      (text: string, before: readonly string[]) => [...before, text],
      [],
    )
    .addOption(
      new Option("--combine <how>", "several images: search by their mean, or match them all")
        .choices(["mean", "all"] as const).default("mean" as const),
    )
    .option("-k <n>", "how many to print", wholeNumber(1), 10)
    .option(
      "--gallery <file>",
      "also write a page with the pictures: a row for each notion and one for the mixture",
    )
    .option("--overwrite", "replace that page, even if csn did not write it")
    .addOption(deviceOption)
    .addOption(threadsOption)
    .option("--json", "print one JSON object")
    .option("--verbose", "show where an error came from")
    .action(async (images, flags) => {
      const criterion = criterionOf(flags);
      const conditions = flags.where.map(parseCondition);
      checkPlace(flags);
      if (flags.from !== undefined && flags.gallery !== undefined) {
        throw new UsageError(
          "Cannot write a gallery of a database's images: it does not hold the pictures; search the folder or set with --among",
        );
      }
      const gallery = flags.gallery === undefined ? undefined : userPath(flags.gallery);
      if (gallery !== undefined) await examineGallery(gallery, flags);
      if (
        gallery !== undefined && flags.among !== undefined && await isFile(amongPath(flags.among))
      ) {
        throw new UsageError(
          `Cannot write a gallery of the images of ${flags.among}: a file of embeddings does not hold the pictures; search their folder or set`,
        );
      }
      await startNative(flags);
      // Embeddings that are kept must fit those to come, whatever device made them.
      const placement = choosePlacement({ device: flags.device, precision: "float32" });
      using model = await Model.load(userPath(flags.resume), placement);
      await checkNotions(model, criterion);
      using listener = terminalListener();
      const stopped = "no embeddings were kept; the same command begins again";
      await runStoppable(listener, stopped, async (signal) => {
        const query = await model.embed(images.map(userPath), { signal });
        const { combine, k, raw } = flags;
        await using searched = flags.from === undefined
          ? await openSearched(model, amongPath(flags.among!), conditions, { listener, signal })
          : await openSearchedTable(model, { from: flags.from, table: flags.table! }, conditions);
        const ask = (by: Criterion, given: SearchOptions = {}) =>
          searched.search(query, { ...by, combine, k, ...given });
        const result = await ask(criterion, raw ? { raw } : {});
        if (gallery !== undefined) {
          await writeGallery(gallery, {
            model: shownPath(model.path),
            among: `${flags.among}, ${comparedText(result, conditions)}`,
            fit: model.info.fit,
            queries: images.map((image) => ({ name: image, file: userPath(image) })),
            rows: await galleryRows(result, (notion) => ask({ notion })),
            fileOf: searched.fileOf!,
          });
        }
        if (flags.json) {
          console.log(
            JSON.stringify(searchAnswer({ images, criterion, where: conditions }, result)),
          );
        } else console.log(queryText(result, conditions));
        if (gallery !== undefined) listener.notice?.(`written: ${shownPath(gallery)}`);
      });
    });
}

/** Weights of an option that is given again go on. */
function joined(text: string, before: string | undefined): string {
  return before === undefined ? text : `${before},${text}`;
}

/** What is compared by. Throws a UsageError where that is nothing, or said in several ways. */
function criterionOf(
  { notion, mix, like, unlike }: {
    notion?: string;
    mix?: string;
    like?: string;
    unlike?: string;
  },
): Criterion {
  const ways = [notion, mix, like].filter((way) => way !== undefined);
  if (ways.length === 0 && unlike !== undefined) {
    throw new UsageError(
      "Cannot compare: --unlike alone names what is to be far; name with --like what is to be near",
    );
  }
  if (ways.length !== 1 || unlike !== undefined && like === undefined) {
    throw new UsageError(
      ways.length === 0
        ? "Cannot compare: no notion is named; name one with --notion, or several with --mix"
        : "Cannot compare: notions are named in several ways; use one of --notion, --mix, and --like with --unlike",
    );
  }
  if (notion !== undefined) return { notion };
  if (mix !== undefined) return { mix: parseWeights(mix, "mix") };
  const near = parseWeights(like!, "like");
  return unlike === undefined
    ? { mix: near }
    : { like: near, unlike: parseWeights(unlike, "unlike") };
}

/** Throws a UsageError for a notion that the model does not know, which may be a column's name. */
async function checkNotions(model: Model, criterion: Criterion): Promise<void> {
  for (const notion of namedNotions(criterion)) {
    if (model.notions.includes(notion)) continue;
    const meant = await notionOfColumn(model.info.config.data, notion);
    if (meant === null || !model.notions.includes(meant)) {
      model.mask(notion);
      continue;
    }
    throw new UsageError(
      `Cannot compare by "${notion}": that is a column of the table; its notion is called ${meant}; pass that name`,
    );
  }
}

/** The rows of a gallery: the mixture's, then that of each of its notions. */
async function galleryRows(
  result: SearchResult,
  byAlone: (notion: string) => Promise<SearchResult>,
): Promise<GalleryHits[]> {
  const { by, hits } = result;
  const [{ notion, scale }] = by;
  if (by.length === 1 && scale === null) return [{ title: notion, hits }];
  return [
    {
      title: by.map(({ notion, weight }) => `${notion} ${weight}`).join(", "),
      note: measuredText(by).join(". "),
      hits,
    },
    ...await Promise.all(
      by.map(async ({ notion }) => ({ title: notion, hits: (await byAlone(notion)).hits })),
    ),
  ];
}
