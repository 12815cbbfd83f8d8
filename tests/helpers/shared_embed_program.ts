/**
 * One rank of several that embed together: its arguments are a folder (with the image set "set", of
 * which one image is broken, and the pictures "good"), a model and another model. Prints, as JSON,
 * what each of some ways to embed gave: names and vectors, or the message of the error, and what
 * was reported meanwhile. A process alone, with no place, does the same.
 */
import { messageOf } from "../../src/base/errors.ts";
import { ProcessGroup } from "../../src/distributed/process_group.ts";
import { readPlace } from "../../src/distributed/read_place.ts";
import { join } from "../../src/files/paths.ts";
import type { EmbeddingSet } from "../../src/model/embedding_set.ts";
import type { ImageSource } from "../../src/model/image_source.ts";
import { Model } from "../../src/model/model.ts";
import { embedSet } from "../../src/model/set_embeddings.ts";
import { exitNow } from "../../src/native/library.ts";
import { start } from "../../src/native/start.ts";
import { openImageSet } from "../../src/sets/image_set.ts";

const [folder, path, otherPath] = Deno.args;
const place = readPlace((name) => Deno.env.get(name));
const rank = place?.rank ?? 0;

/** What one way to embed gave. */
export interface Found {
  readonly names?: readonly string[];
  /** Numbers as text, because JSON has no NaN. */
  readonly vectors?: readonly string[];
  readonly error?: string;
  readonly said: readonly string[];
}

type Embed = (
  options: {
    readonly listener: { warning(text: string): void };
    readonly onUnreadable: (name: string, reason: string) => void;
    readonly group?: ProcessGroup;
  },
) => Promise<EmbeddingSet>;

async function found(group: ProcessGroup | undefined, embed: Embed): Promise<Found> {
  const said: string[] = [];
  try {
    const { names, vectors } = await embed({
      listener: { warning: (text) => said.push(text) },
      onUnreadable: (name, reason) => said.push(`${name}: ${reason}`),
      group,
    });
    return { names, vectors: Array.from(vectors, String), said };
  } catch (error) {
    return { error: messageOf(error), said };
  }
}

/** More pixels than three ranks embed in one round, each image another. */
function manyPixels(size: number): ImageSource[] {
  return Array.from({ length: 800 }, (_, image) => ({
    pixels: Uint8Array.from({ length: size * size * 3 }, (_, i) => (i * (image + 1)) % 251),
  }));
}

async function run(group: ProcessGroup | undefined): Promise<Record<string, Found>> {
  using model = await Model.load(path);
  using other = await Model.load(otherPath);
  const set = await openImageSet(join(folder, "set"));
  const good = ["0.png", "1.png"].map((name) => join(folder, "good", name));
  const broken = join(folder, "set", "images", "20.png");
  const bytes = await Deno.readFile(good[0]);
  const ways: Record<string, Embed> = {
    "more ranks than images": (options) => model.embed(good, options),
    "no image": (options) => model.embed([], options),
    "left out": (options) => model.embed([good[1], broken, "nowhere.png", bytes], options),
    "several rounds": (options) => model.embed(manyPixels(16), options),
    refused: ({ group }) => model.embed([...good, broken], { group }),
    "refused by the callback": ({ group }) =>
      model.embed([...good, broken], {
        group,
        onUnreadable: (name) => {
          throw new Error(`not without ${name}`);
        },
      }),
    "a set": ({ listener, group }) => embedSet(model, set, { listener, group, allowMissing: true }),
    "a set that lacks an image": ({ group }) => embedSet(model, set, { group }),
    ...group === undefined ? {} : {
      "another model": (options) => (rank === 1 ? other : model).embed(good, options),
      "another list": (options) => model.embed(rank === 2 ? good.toReversed() : good, options),
      "another option": ({ group }) => embedSet(model, set, { group, allowMissing: rank === 0 }),
      "stopped at one rank": (options) =>
        model.embed(good, {
          ...options,
          signal: rank === 1 ? AbortSignal.abort(new Error("it was I")) : undefined,
        }),
    },
  };
  const all: Record<string, Found> = {};
  for (const [way, embed] of Object.entries(ways)) all[way] = await found(group, embed);
  return all;
}

try {
  await start({ threads: 1 });
  const group = place === null
    ? undefined
    : await ProcessGroup.open(place, { device: "cpu", timeoutSeconds: 60 });
  console.log(JSON.stringify(await run(group)));
  exitNow(0);
} catch (error) {
  console.error((error as Error).stack);
  exitNow(1);
}
