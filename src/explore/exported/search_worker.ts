/** The worker of an exported page: it searches as the server does, by the same modules. */
import "./older_browsers.ts";
import { messageOf } from "../../base/errors.ts";
import { scanByLoop } from "../../search/scan_by_loop.ts";
import { answerDimension } from "../answer_dimension.ts";
import { answerNeighbours } from "../answer_neighbours.ts";
import type { ExploredImages } from "../explored_images.ts";
import { countValues, findImages, type ValueCounts } from "../find_images.ts";
import { keptRows } from "../find_neighbours.ts";
import { imageInfo } from "../image_values.ts";
import { listImages } from "../list_images.ts";
import { fetchFile } from "./fetch_file.ts";
import { type Manifest, manifestName } from "./format.ts";
import { readImages } from "./images_file.ts";
import type { NumberedAnswer, NumberedQuestion, SearchQuestion } from "./search_questions.ts";
import { readNumbers } from "./stored_numbers.ts";

// What a worker sees of itself; the types of the DOM's window are another.
const self = globalThis as unknown as {
  onmessage: (event: MessageEvent<NumberedQuestion>) => void;
  postMessage(message: NumberedAnswer): void;
};

/** What is searched. */
interface Opened {
  readonly images: ExploredImages;
  readonly counts: ValueCounts;
}

const opened = open();
// Each question says so.
opened.catch(() => {});

self.onmessage = async ({ data: { number, question } }) => {
  try {
    self.postMessage({ number, answer: await answerTo(await opened, question) });
  } catch (error) {
    self.postMessage({ number, error: messageOf(error) });
  }
};

async function answerTo({ images, counts }: Opened, question: SearchQuestion): Promise<unknown> {
  switch (question.ask) {
    case "neighbours":
      return await answerNeighbours(images, { ...question.asked }, { scan: scanByLoop });
    case "find":
      return await findImages(images, counts, question.text.trim(), question.limit);
    case "images":
      return listImages(images, question.where, question.count);
    case "kept":
      return keptRows(images, question.where, null);
    case "infos":
      return question.indices.map((index) => imageInfo(images, index));
    case "dimension":
      return answerDimension(images, question.dimension, question.count);
  }
}

async function open(): Promise<Opened> {
  const manifest: Manifest = await (await fetchFile(manifestName)).json();
  const { embeddings, masks, explored: { notions } } = manifest;
  const [bytes, file] = await Promise.all([
    fetchFile(embeddings.file).then((response) => response.arrayBuffer()),
    fetchFile(manifest.images).then((response) => response.json()),
  ]);
  const { names, columns, values } = readImages(file);
  const { dimension } = embeddings;
  const vectors = readNumbers(bytes, embeddings, names.length);
  const model = {
    notions: notions.map(({ name }) => name),
    masks: new Map(notions.map(({ name }, row) => [name, Float32Array.from(masks.masks[row])])),
    info: { calibration: manifest.calibration ?? undefined },
  };
  const taught = { maskOf: () => undefined };
  const images = { model, embeddings: { names, vectors, dimension }, columns, values, taught };
  return { images, counts: countValues(images) };
}
