import { CsnError, UsageError } from "../base/errors.ts";
import { seenAt } from "../files/exists.ts";
import { sha256 } from "../files/sha256.ts";
import { dirname, join, resolve } from "../files/paths.ts";
import type { EmbeddingSet } from "../model/embedding_set.ts";
import { TaughtNotions } from "./taught_notions.ts";
import { type AnswersPlace, findAnswersPlace } from "./answers_place.ts";
import type { FolderOptions } from "../model/keep_embeddings.ts";
import type { Model } from "../model/model.ts";
import { embedSetFolder } from "../model/searched_set.ts";
import { isSetFolder } from "../model/set_embeddings.ts";
import type { ValueColumns } from "../search/where.ts";
import { openGallery } from "../service/gallery.ts";
import { type ImageSet, openImageSet } from "../sets/image_set.ts";
import { foundImagePath } from "../sets/pack/survey_images.ts";
import { readSetValues, type SetValues, valueColumns } from "../sets/set_values.ts";

/** Where what is explored comes from. */
export interface ExploreSource extends FolderOptions {
  /** A folder of images, an image set, or a file of embeddings. @default {the model's own set} */
  readonly among?: string;
  /** Where the pictures of a file of embeddings lie: its names are paths below. */
  readonly images?: string;
  /** The folder that answers and marks are written to. @default {the run's} */
  readonly answers?: string;
  /** How paths are shown. @default {as they are} */
  readonly shownPath?: (path: string) => string;
}

/** Everything that the page shows, opened once. The model must stay as long as it is used. */
export class Explored {
  /** The model. */
  readonly model: Model;
  /** All embeddings, unmasked; row i is image i everywhere. */
  readonly embeddings: EmbeddingSet;
  /** What is known of each image, for conditions; null where nothing is. */
  readonly columns: ValueColumns | null;
  /** What is known of each image by notion; null where nothing is. */
  readonly values: SetValues | null;
  /** The image set; null for a folder and a file. */
  readonly set: ImageSet | null;
  /** What is searched and the model's file, as they are shown. */
  readonly shown: { readonly among: string; readonly model: string };
  /** Where answers and marks are written. */
  readonly answers: AnswersPlace;
  /** How paths are shown. */
  readonly shownPath: (path: string) => string;
  /** The folder below which all pictures lie; null where it is not known. */
  readonly pictureFolder: string | null;
  /** Of names: another one for other images or in another order. */
  readonly stamp: string;
  /** Notions that were taught while the model is explored. */
  readonly taught: TaughtNotions = new TaughtNotions(this);
  readonly #fileOf: (index: number) => string;

  /** What `openExplored` found. */
  constructor(
    model: Model,
    found: Pick<
      Explored,
      | "embeddings"
      | "columns"
      | "values"
      | "set"
      | "shown"
      | "answers"
      | "shownPath"
      | "pictureFolder"
    >,
    fileOf: (index: number) => string,
  ) {
    this.model = model;
    this.embeddings = found.embeddings;
    this.columns = found.columns;
    this.values = found.values;
    this.set = found.set;
    this.shown = found.shown;
    this.answers = found.answers;
    this.shownPath = found.shownPath;
    this.pictureFolder = found.pictureFolder;
    this.stamp = sha256(found.embeddings.names.join("\n")).slice(0, 8);
    this.#fileOf = fileOf;
  }

  /** How many images there are. */
  get count(): number {
    return this.embeddings.names.length;
  }

  /** The folder of the run that the model belongs to. */
  get runFolder(): string {
    return dirname(this.model.path);
  }

  /** Where the picture of an image lies; null where that is not known. */
  fileOf(index: number): string | null {
    return this.pictureFolder === null ? null : this.#fileOf(index);
  }
}

/**
 * Opens what is explored: the images of a folder, of a set or of a file of embeddings, which are
 * embedded where that was not done before. Throws as `openGallery`, and a UsageError where there is
 * no set of the model's.
 */
export async function openExplored(model: Model, source: ExploreSource = {}): Promise<Explored> {
  const { shownPath = (path: string) => path } = source;
  const among = source.among ?? await ownSet(model);
  // What will be refused is refused before images are embedded.
  const answers = await findAnswersPlace(dirname(model.path), source.answers);
  if (answers.refusal !== null) source.listener?.warning?.(answers.refusal);
  const shown = { among: shownPath(among), model: shownPath(model.path) };
  const isFolder = seenAt(among)?.isDirectory === true;
  if (isFolder && source.images !== undefined) {
    throw new UsageError(
      `Cannot explore ${shown.among} with \`images\`: the pictures are those of that folder; leave \`images\` out`,
    );
  }
  const common = { shown, answers, shownPath };
  if (isFolder && await isSetFolder(among)) {
    // As `openGallery`, but its list and its values are read once.
    const set = await openImageSet(among);
    const values = await readSetValues(set);
    const columns = values === null ? null : valueColumns(values);
    const embeddings = await embedSetFolder(model, set, source);
    const found = { ...common, embeddings, columns, values, set, pictureFolder: set.imageFolder };
    return new Explored(model, found, (index) => foundImagePath(set, index));
  }
  const { embeddings, columns } = await openGallery(model, among, source);
  const pictures = isFolder ? among : source.images;
  const pictureFolder = pictures === undefined ? null : resolve(pictures);
  const found = { ...common, embeddings, columns, values: null, set: null, pictureFolder };
  return new Explored(model, found, (index) => join(pictureFolder!, embeddings.names[index]));
}

/** The set that the model was trained on. */
async function ownSet(model: Model): Promise<string> {
  const { data } = model.info.config;
  if (data !== "" && await isSetFolder(data)) return data;
  throw new CsnError(
    `Cannot explore ${model.path}: the set that it was trained on is not at ${
      JSON.stringify(data)
    }; pass \`among\` with a folder of images, an image set, or a file that embed wrote`,
  );
}
