import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { CsnError, UsageError } from "../base/errors.ts";
import type { Listener } from "../base/listener.ts";
import { shellWord } from "../base/shell_word.ts";
import { isFile } from "../files/exists.ts";
import { choosePlacement } from "../model/choose_placement.ts";
import type { EmbeddingSet } from "../model/embedding_set.ts";
import { Model } from "../model/model.ts";
import { readModelFile } from "../model/model_file.ts";
import { isSetFolder } from "../model/set_embeddings.ts";
import { shareText } from "../model/taught_notion.ts";
import { openGallery } from "../service/gallery.ts";
import { readImageGroups } from "../sets/image_groups.ts";
import { openImageSet } from "../sets/image_set.ts";
import { describeRule } from "../sets/make/notions/rule.ts";
import { addNotion, assertAddable, examineCopy } from "../teach/add_notion.ts";
import { fitNotion, type FittedNotion } from "../teach/fit_notion.ts";
import { fitValues } from "../teach/fit_values.ts";
import { readTableValues } from "../teach/table_values.ts";
import { readUsableTriplets } from "../teach/usable_triplets.ts";
import { verdictText } from "../teach/verdict_text.ts";
import { percent, table } from "./format.ts";
import { threadsOption, wholeNumber } from "./options.ts";
import { shownPath, userPath } from "./paths.ts";
import { deviceOption } from "./placement_options.ts";
import { runStoppable } from "./run_stoppable.ts";
import { amongPath } from "./searched_images.ts";
import { startNative } from "./start_native.ts";
import { withTableOptions } from "./table_options.ts";
import { terminalListener } from "./terminal.ts";
import { typedNotions } from "./typed_notions.ts";

/** `add-notion`: teaches a model a notion on its embedding, in a copy of its file. */
export function addNotionCommand(): CommandUnknownOpts {
  return withTableOptions(
    new Command("add-notion")
      .description(
        "teach a model a notion from answers or values, without training, in a copy of its file",
      )
      .requiredOption("--resume <model>", "model file, such as runs/<name>/model_best")
      .requiredOption("--notion <name>", "what the new notion is called")
      .requiredOption("--out <model>", "the new model file; the old one stays as it is")
      .option(
        "--triplets <file>",
        'answers: a triplet list, lines "anchor far near" of numbers of the images of --among',
      )
      .option(
        "--values <table>",
        "instead: a table, a row an image, from whose values triplets are drawn",
      )
      .option(
        "--column <name>",
        "with --values: the column of values; COLUMN:TYPE says the type as for make-triplets (default: the one that is called as the notion)",
      )
      .option(
        "--among <images>",
        "the images that these are about: a folder, an image set, or a file that embed wrote (default: the set that the model was trained on)",
      ),
  )
    .option("--seed <n>", "decides which answers are left out together", wholeNumber(0), 1)
    .option("--yes", "with --values: take guesses that may well be wrong")
    .option("--allow-missing", "with --values: go on when more than 1 % of the images are missing")
    .option("--anyway", "write the notion even if it is not learnable")
    .option("--overwrite", "replace a file that lies at --out; never the model itself")
    .addOption(deviceOption)
    .addOption(threadsOption)
    .option("--json", "print one JSON object")
    .option("--verbose", "show where an error came from")
    .action(async (flags) => {
      checkSource(flags);
      const file = await readModelFile(userPath(flags.resume));
      const to = { out: userPath(flags.out), overwrite: flags.overwrite };
      assertAddable(file, flags.notion);
      await examineCopy(file, to);
      await startNative(flags);
      const placement = choosePlacement({ device: flags.device, precision: "float32" });
      using model = new Model(file, placement);
      using listener = terminalListener();
      const stopped = "no model was written; the same command begins again";
      await runStoppable(listener, stopped, async (signal) => {
        const among = flags.among === undefined
          ? model.info.config.data
          : await amongImages(flags.among);
        const images = await openTaughtImages(model, among, { listener, signal });
        const options = { masks: model.masks, seed: flags.seed, groups: images.groups };
        const fit = flags.triplets !== undefined
          ? fitNotion(
            images.embeddings,
            await readUsableTriplets(userPath(flags.triplets), images.embeddings, { listener }),
            options,
          )
          : fitValues(
            images.embeddings,
            await attributeOf(flags, images, among, { listener, signal }),
            options,
          );
        signal.throwIfAborted();
        const from = flags.triplets === undefined ? "values" : "triplets";
        const isWritten = fit.verdict !== "not learnable" || flags.anyway === true;
        const added = { notion: flags.notion, fit, from, seed: flags.seed } as const;
        const path = isWritten ? await addNotion(file, added, to) : null;
        if (flags.json) {
          const { weights, mask, ...found } = fit;
          const plain = { weights: [...weights], mask: [...mask] };
          console.log(JSON.stringify({ notion: flags.notion, from, ...found, ...plain, path }));
        } else {
          console.log(fitText(flags.notion, fit, from));
          if (path !== null) {
            console.log(
              `written: ${shownPath(path)}, with ${file.info.notions.length + 1} notions`,
            );
          }
        }
        if (path === null) throw notLearnable(flags.notion, fit, from);
        const where = shellWord(shownPath(path));
        listener.notice?.(
          `next: deno task query --resume ${where} --notion ${shellWord(flags.notion)} --among ${
            shellWord(shownPath(among))
          } IMAGE`,
        );
      });
    });
}

interface Flags {
  readonly notion: string;
  readonly triplets?: string;
  readonly values?: string;
  readonly column?: string;
}

function checkSource({ triplets, values, column }: Flags): void {
  if ((triplets === undefined) === (values === undefined)) {
    throw new UsageError(
      triplets === undefined
        ? "Cannot teach a notion: nothing says what is alike; pass answers with --triplets, or a table with --values"
        : "Cannot teach a notion: answers and values are both given; pass --triplets or --values",
    );
  }
  if (column !== undefined && values === undefined) {
    throw new UsageError(
      "Cannot take values of --column without a table: name it with --values, or leave --column out",
    );
  }
}

/** A file of embeddings, or what `query` takes. */
async function amongImages(given: string): Promise<string> {
  return await isFile(userPath(given)) ? userPath(given) : amongPath(given);
}

/** What a notion is taught on. */
interface TaughtImages {
  readonly embeddings: EmbeddingSet;
  /** The folder that the names of the embeddings count from; null for a file of embeddings. */
  readonly folder: string | null;
  /** The group of each, where a set has groups. */
  readonly groups?: Uint32Array;
}

async function openTaughtImages(
  model: Model,
  path: string,
  options: { readonly listener: Listener; readonly signal: AbortSignal },
): Promise<TaughtImages> {
  const { embeddings } = await openGallery(model, path, options);
  if (await isFile(path)) return { embeddings, folder: null };
  if (!await isSetFolder(path)) return { embeddings, folder: path };
  const set = await openImageSet(path);
  const groups = await readImageGroups(set, options.listener);
  return { embeddings, folder: set.imageFolder, groups: groups?.numbers };
}

async function attributeOf(
  flags: Flags & {
    readonly columns?: string[];
    readonly delimiter?: string;
    readonly encoding?: string;
    readonly imageColumn?: string;
    readonly sheet?: string;
    readonly skipBadLines?: true;
    readonly yes?: true;
    readonly allowMissing?: true;
    readonly json?: true;
  },
  { embeddings, folder }: TaughtImages,
  among: string,
  options: { readonly listener: Listener; readonly signal: AbortSignal },
) {
  if (folder === null) {
    throw new UsageError(
      `Cannot take values of the images in ${
        shownPath(among)
      }: a file of embeddings has no pictures that a table's names could be compared with; pass the folder or set with --among`,
    );
  }
  const { columns, delimiter, encoding, imageColumn, sheet, skipBadLines, allowMissing } = flags;
  const { notions: [column], rules } = typedNotions([flags.column ?? flags.notion]);
  const { attribute, notion } = await readTableValues(embeddings.names, {
    ...{ columns, delimiter, encoding, imageColumn, sheet, skipBadLines, allowMissing },
    ...{ table: userPath(flags.values!), column, rules, images: folder },
    acceptGuesses: flags.yes,
  }, options);
  const guessed = notion.guessed.length === 0
    ? ""
    : `; guessed: ${notion.guessed.join(", ")}, say the type with --column`;
  options.listener.notice?.(
    `column "${column}", ${notion.rule.type}: ${describeRule(notion.rule)}${guessed}`,
  );
  return attribute;
}

/** What `add-notion` prints of a fit. */
function fitText(notion: string, fit: FittedNotion, from: "triplets" | "values"): string {
  const row = (name: string, accuracy: FittedNotion["accuracy"]) => [
    name,
    percent(accuracy.value),
    `${percent(accuracy.low)} to ${percent(accuracy.high)}`,
  ];
  const what = from === "triplets" ? "answers" : "triplets drawn from values";
  const contradictions = fit.contradictions === 0
    ? ""
    : `; ${fit.contradictions} questions were answered both ways`;
  return [
    table(["notion", "accuracy", "95 % interval"], [
      row(`${notion} (new)`, fit.accuracy),
      ...fit.known.map((each) => row(each.notion, each.accuracy)),
      ["guessing", percent(fit.chance), ""],
    ]),
    "",
    `${fit.answers} ${what} about ${fit.images} images${contradictions}; ${fit.dimensions} of ${fit.mask.length} dimensions count`,
    `the accuracy of ${notion} is of what was left out of its fit; intervals are over other images`,
    verdictText(fit, from),
  ].join("\n");
}

function notLearnable(
  notion: string,
  { accuracy }: FittedNotion,
  from: "triplets" | "values",
): CsnError {
  const [these, more] = from === "triplets"
    ? ["these answers", "answer more questions"]
    : ["these values", "give more images a value"];
  return new CsnError(
    `Cannot add "${notion}": it is not learnable from this embedding, as far as ${these} show: right of ${
      shareText(accuracy)
    } of what was left out, and guessing gives 50 %; nothing was written; ${more}, train a network on this notion, or write it all the same with --anyway`,
  );
}
