import { join } from "../files/paths.ts";
import { RequestError } from "../service/request_error.ts";
import { nextImage } from "../teach/next_image.ts";
import { ValuesFile } from "../teach/values_file.ts";
import { assertKept } from "./answers_place.ts";
import { AskedTabs } from "./asked_tabs.ts";
import type { Explored } from "./explored.ts";
import type { Asked } from "./labelling.ts";
import { ListsByNotion } from "./lists_by_notion.ts";

/** Images that are given a value, and when, as an ISO text. */
export interface GivenImages {
  readonly images: readonly number[];
  readonly at: string;
}

/** The values that people give to what is explored: a file for each notion. */
export class Valuing {
  readonly #explored: Explored;
  readonly #files: ListsByNotion<ValuesFile>;
  readonly #tabs = new AskedTabs<number>();
  /** By notion and person: images that they could say nothing of. */
  readonly #skipped = new Map<string, Set<number>>();

  /** Of a page. */
  constructor(explored: Explored) {
    this.#explored = explored;
    const { names } = explored.embeddings;
    this.#files = new ListsByNotion((notion) =>
      ValuesFile.open(this.pathOf(notion), { notion, names })
    );
  }

  /** Where the values of a notion are. */
  pathOf(notion: string): string {
    return join(this.#explored.answers.folder, `values_${notion}.csv`);
  }

  /** The values of a notion, as they are now. Throws as `ValuesFile.open`. */
  values(notion: string): Promise<ValuesFile> {
    return this.#files.of(notion);
  }

  /** The image that a tab is asked about, until it has a value; null where all have one. */
  async image(asked: Asked): Promise<number | null> {
    const file = await this.values(asked.notion);
    const open = this.#tabs.of(asked);
    if (open !== undefined) return open;
    const taken = new Set([
      ...file.values.map(({ image }) => image),
      ...this.#tabs.others(asked),
    ]);
    const image = nextImage(this.#explored.embeddings, {
      ...{ taken, by: asked.by, last: this.#skippedBy(asked) },
    });
    return image === null ? null : this.#tabs.ask(asked, image);
  }

  /** Asks about another image: nothing can be said of this one. */
  skip(asked: Asked, image: number): void {
    const skipped = this.#skippedBy(asked);
    // What was skipped last comes again last.
    skipped.delete(image);
    skipped.add(image);
    this.#tabs.answered(asked.tab);
  }

  /** Keeps a value of images. The same sent twice is kept once. */
  async give(asked: Asked, { images, at }: GivenImages, value: string): Promise<void> {
    assertKept(this.#explored.answers);
    const file = await this.values(asked.notion);
    await file.give({ images, value, by: asked.by, at: new Date(at) });
    const open = this.#tabs.of(asked);
    if (open !== undefined && images.includes(open)) this.#tabs.answered(asked.tab);
  }

  /**
   * Takes back what was given, or without it what the person gave last, and asks about its first
   * image again. Throws a RequestError where there is nothing.
   */
  async takeBack(asked: Asked, given: GivenImages | null): Promise<void> {
    assertKept(this.#explored.answers);
    const file = await this.values(asked.notion);
    const own = file.standing.filter(({ by }) => by === asked.by);
    const at = given?.at ?? own.at(-1)?.at;
    if (at === undefined) {
      throw new RequestError(
        409,
        `There is nothing to take back: ${asked.by} has given no value of ${asked.notion}`,
      );
    }
    const images = own.filter((each) => each.at === at).map(({ image }) => image);
    // Where they are gone already, the reply to the first request was lost.
    if (images.length > 0) await file.give({ images, value: "", by: asked.by });
    const [first = given?.images[0]] = images;
    if (first !== undefined) this.#tabs.ask(asked, first);
  }

  #skippedBy({ notion, by }: Asked): Set<number> {
    return this.#skipped.getOrInsertComputed(JSON.stringify([notion, by]), () => new Set());
  }
}
