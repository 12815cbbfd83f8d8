import type { Listener } from "../base/listener.ts";
import { join } from "../files/paths.ts";
import { readModelFile } from "../model/model_file.ts";
import type { TaughtNotion } from "../model/taught_notion.ts";
import { RequestError } from "../service/request_error.ts";
import { readImageGroups } from "../sets/image_groups.ts";
import { addNotion } from "../teach/add_notion.ts";
import { type Answer, answerTriplets } from "../teach/answer.ts";
import { fitPartsApart } from "../teach/fit_apart.ts";
import { type FittedNotion, partedAnswers } from "../teach/fit_notion.ts";
import { drawnAnswers } from "../teach/fit_values.ts";
import type { Attribute } from "../sets/attribute.ts";
import type { EmbeddingSet } from "../model/embedding_set.ts";
import type { Model } from "../model/model.ts";
import type { ImageSet } from "../sets/image_set.ts";
import type { AnswersPlace } from "./answers_place.ts";

/** What notions are taught on. */
export interface TaughtOn {
  readonly model: Model;
  readonly embeddings: EmbeddingSet;
  readonly set: ImageSet | null;
  readonly answers: AnswersPlace;
}

/** A notion that was fitted while the model is explored. */
export interface Provisional {
  readonly fit: FittedNotion;
  readonly from: TaughtNotion["from"];
}

/** The seed of all fits: the same answers give the same notion. */
const seed = 1;

/** Notions that were taught while the model is explored; they are kept only when somebody says so. */
export class TaughtNotions {
  readonly #on: TaughtOn;
  readonly #taught = new Map<string, Provisional>();
  #groups: Promise<Uint32Array | undefined> | null = null;

  /** Of what is explored. */
  constructor(on: TaughtOn) {
    this.#on = on;
  }

  /** The notions that were taught, in the order in which they were first. */
  get names(): readonly string[] {
    return [...this.#taught.keys()];
  }

  /** The mask of a provisional notion, by its name. */
  maskOf(notion: string): Float32Array | undefined {
    return this.#taught.get(notion)?.fit.mask;
  }

  /** Fits a notion to answers. Throws a CsnError where they are too few. */
  async fromAnswers(notion: string, answers: readonly Answer[]): Promise<Provisional> {
    const { embeddings } = this.#on;
    const options = await this.#options();
    const parted = partedAnswers(embeddings, answerTriplets(answers), options);
    const fit = await fitPartsApart(embeddings, parted, options);
    return this.#take(notion, { fit, from: "triplets" });
  }

  /** Fits a notion to what is known of each image. Throws a CsnError where that is too little. */
  async fromValues(notion: string, attribute: Attribute): Promise<Provisional> {
    const { embeddings } = this.#on;
    const options = await this.#options();
    const parted = drawnAnswers(embeddings, attribute, options);
    const fit = await fitPartsApart(embeddings, parted, options);
    return this.#take(notion, { fit, from: "values" });
  }

  #take(notion: string, taught: Provisional): Provisional {
    this.#taught.set(notion, taught);
    return taught;
  }

  async #options() {
    const { set, model } = this.#on;
    const quiet: Listener = {};
    this.#groups ??= set === null
      ? Promise.resolve(undefined)
      : readImageGroups(set, quiet).then((groups) => groups?.numbers);
    return { masks: model.masks, seed, groups: await this.#groups };
  }

  /**
   * Writes a copy of the model with a notion as `name` to the folder of answers, as file `file`;
   * returns its path. Throws a RequestError for one that is not learnable unless `anyway`; and as
   * `addNotion`, which never replaces a file.
   */
  async keep(
    taught: Provisional,
    { name, file, anyway }: { name: string; file: string; anyway: boolean },
  ): Promise<string> {
    const { model, answers } = this.#on;
    if (taught.fit.verdict === "not learnable" && !anyway) {
      throw new RequestError(
        409,
        `Cannot keep ${name}: it is not learnable from this embedding, as far as this shows; teach it more, or keep it all the same`,
      );
    }
    const out = join(answers.folder, file);
    const found = await readModelFile(model.path);
    return await addNotion(found, { notion: name, ...taught, seed }, { out });
  }
}
