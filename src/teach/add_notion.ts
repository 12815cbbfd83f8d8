import { CsnError, messageOf, UsageError } from "../base/errors.ts";
import { infoOf } from "../files/exists.ts";
import { examineOutput } from "../files/output_file.ts";
import { extname, resolve } from "../files/paths.ts";
import { maskRows, type ModelFile, withMasks, writeModelFile } from "../model/model_file.ts";
import type { TaughtNotion } from "../model/taught_notion.ts";
import { nameClash } from "../sets/notion_names.ts";
import { isNotionName } from "../sets/set_file.ts";
import type { FittedNotion } from "./fit_notion.ts";

/** A notion to be added to a model. */
export interface AddedNotion {
  /** Its name. */
  readonly notion: string;
  /** What was fitted. */
  readonly fit: FittedNotion;
  /** Where the triplets came from. */
  readonly from: TaughtNotion["from"];
  /** The seed of the fit. */
  readonly seed: number;
}

/** Where a model with a new notion goes. */
export interface AddNotionOptions {
  /** The new file, with or without its ending. It is never the model's own. */
  readonly out: string;
  /** Replace a file that is there. @default {false} */
  readonly overwrite?: boolean;
}

/**
 * Writes a copy of a model file with one more notion, whole or not at all; returns its path. All
 * other masks, and all other tensors, are equal to the bit; the copy says what its new notion was
 * taught by. Throws what `assertAddable` and `examineCopy` throw.
 *
 * @example Teach a notion and add it to a copy of the model
 * ```ts
 * import { embedSetFolder, Model, readModelFile, start } from "@csn/csn";
 * import { openImageSet, readTripletList, tripletListPath } from "@csn/csn/sets";
 * import { addNotion, fitNotion } from "@csn/csn/teach";
 *
 * await start();
 * const file = await readModelFile("runs/mine/model_best");
 * using model = new Model(file);
 * const set = await openImageSet("data/mine");
 * const list = tripletListPath(set.folder, { notion: "colour", split: "train" });
 * const answers = await readTripletList(list, set.imageFiles.length);
 * const images = await embedSetFolder(model, set);
 * const fit = fitNotion(images, answers, { masks: model.masks, seed: 1 });
 * if (fit.verdict === "learned") {
 *   await addNotion(file, { notion: "elegance", fit, from: "triplets", seed: 1 }, { out: "taught" });
 * }
 * ```
 */
export async function addNotion(
  file: ModelFile,
  { notion, fit, from, seed }: AddedNotion,
  options: AddNotionOptions,
): Promise<string> {
  assertAddable(file, notion);
  const out = await examineCopy(file, options);
  if (fit.mask.length !== file.info.dimension) {
    throw new UsageError(
      `Cannot add "${notion}" to ${file.path}: its mask has ${fit.mask.length} dimensions, the model has ${file.info.dimension}; fit it to embeddings of this model`,
    );
  }
  if (!fit.mask.some((value) => value > 0)) {
    throw new CsnError(
      `Cannot add "${notion}" to ${file.path}: no dimension tells its near images from its far ones; it is not learnable from this embedding, or the answers need to be more`,
    );
  }
  const row = new Uint8Array(Float32Array.from(fit.mask).buffer);
  const notions = [...file.info.notions, notion];
  const more = withMasks(file, notions, [...maskRows(file), row]);
  const { answers, images, contradictions, accuracy, best, verdict, penalty } = fit;
  const taught: TaughtNotion = {
    ...{ notion, from, answers, images, contradictions, accuracy, best, verdict, penalty, seed },
  };
  const info = { ...more.info, taught: [...file.info.taught ?? [], taught] };
  await writeModelFile(out, { info, tensors: more.tensors });
  return out;
}

/**
 * Throws a CsnError for a checkpoint and for a model of specialists, and a UsageError for a name
 * that the model has, or one that cannot be a notion's.
 */
export function assertAddable({ path, info, tensors }: ModelFile, notion: string): void {
  const failing = `Cannot add "${notion}" to ${path}`;
  if (info.kind === "checkpoint") {
    throw new CsnError(
      `${failing}: it is a checkpoint, which training goes on from; teach a copy of the run's model_best`,
    );
  }
  if (info.variant === "specialists") {
    throw new CsnError(
      `${failing}: each notion of this model has a network of its own, and what is taught has none; use a model of another variant`,
    );
  }
  const dtype = tensors.get("masks.weight")!.dtype;
  if (dtype !== "float32") {
    throw new CsnError(`${failing}: its masks are ${dtype}, csn writes float32; train it again`);
  }
  // As a set's notions are called: lists of it may be made, and files be named by it.
  if (!isNotionName(notion)) {
    throw new UsageError(
      `${failing}: a name has letters, digits, "_", "-" and "."; choose such a name`,
    );
  }
  if (info.notions.includes(notion)) {
    throw new UsageError(
      `${failing}: it has a notion of that name (${info.notions.join(", ")}); choose another`,
    );
  }
  const clash = nameClash([...info.notions, notion]);
  if (clash !== null) throw new UsageError(`${failing}: ${clash}; choose another name`);
}

/**
 * Where the copy goes, with its ending, if that can be written. Throws a CsnError when it is the
 * model's own file, and when a file lies there, unless it may be replaced.
 */
export async function examineCopy(
  file: ModelFile,
  { out, overwrite }: AddNotionOptions,
): Promise<string> {
  const path = extname(out) === ".safetensors" ? out : `${out}.safetensors`;
  const failing = "Cannot write the model with the new notion to";
  const there = await infoOf(path, Deno.stat).catch((error) => {
    throw new CsnError(`${failing} ${path}: ${messageOf(error)}; choose another with \`out\``);
  });
  const own = await Deno.stat(file.path);
  const isOwn = resolve(path) === resolve(file.path) ||
    there !== null && there.ino === own.ino && there.dev === own.dev;
  if (isOwn) {
    throw new CsnError(
      `${failing} ${path}: it is the model itself, which stays as it is; choose another file with \`out\``,
    );
  }
  await examineOutput(path, { failing, option: "out", overwrite });
  return path;
}
