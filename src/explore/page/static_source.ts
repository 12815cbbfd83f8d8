/** Where an exported page gets what it shows: files beside it, and a worker that searches them. */
import { atlasCell, sheetRows } from "../atlas_plan.ts";
import { fetchFile } from "../exported/fetch_file.ts";
import {
  type ExportedPictures,
  exportFormat,
  type Manifest,
  manifestName,
} from "../exported/format.ts";
import type {
  AnalysisState,
  DimensionAnswer,
  FoundAnswer,
  HardTriplets,
  ImageInfo,
  ListedImages,
  MaskEpochs,
  NeighboursAnswer,
  RunEpochs,
} from "../protocol.ts";
import { SearchWorker } from "./search_by_worker.ts";
import { type Picture, PictureError, type Source } from "./source.ts";

/** Pixels of a side of a small picture that is good enough. */
const leastSmall = 64;

/** Whether this page was exported: its own file says so. */
export function isExported(): boolean {
  return document.querySelector('meta[name="csn-exported"]') !== null;
}

/** The files that the page lies among. */
export function staticSource(): Source {
  const files = new StaticFiles();
  const worker = new SearchWorker();
  const ask = worker.ask.bind(worker);
  /** Shows pictures; known once `explored` was answered, before which nothing shows any. */
  let pictures: StaticPictures | null = null;
  return {
    async explored() {
      const { explored, pictures: exported, maps } = await files.manifest;
      if (exported !== null) {
        const points = new Uint32Array(await files.bytes(maps.points));
        pictures = new StaticPictures(exported, points);
      }
      return explored;
    },
    neighbours: (asked, signal) => ask<NeighboursAnswer>({ ask: "neighbours", asked }, signal),
    find: (text, signal) => ask<FoundAnswer>({ ask: "find", text, limit: 8 }, signal),
    images: (where, count, signal) => ask<ListedImages>({ ask: "images", where, count }, signal),
    async triplets({ notion, split, count }) {
      const { triplets } = await files.manifest;
      const found = await files.json<HardTriplets>(triplets[split][notion]);
      return { ...found, triplets: found.triplets.slice(0, count) };
    },
    thumbnail: (index) => pictures?.small(index) ?? null,
    picture: (index) => pictures?.whole(index) ?? null,
    embed: null,
    // Maps
    async mapKept(where, signal) {
      const kept = await ask<Uint8Array>({ ask: "kept", where: [...where] }, signal);
      const points = await files.bytes((await files.manifest).maps.points);
      return Uint8Array.from(new Uint32Array(points), (image) => kept[image]);
    },
    maps: async () => (await files.manifest).maps.info,
    mapPoints: async () => new Uint32Array(await files.bytes((await files.manifest).maps.points)),
    async mapLayout(notion) {
      return new Float32Array(await files.bytes((await files.manifest).maps.layouts[notion]));
    },
    mapValues: async (column) => await files.json((await files.manifest).maps.values[column]),
    atlas: async () => (await files.manifest).pictures?.atlas ?? null,
    async atlasSheet(_atlas, sheet, signal) {
      return await (await fetchFile((await files.manifest).pictures!.sheets[sheet], signal)).blob();
    },
    infos: (indices, signal) => ask<ImageInfo[]>({ ask: "infos", indices: [...indices] }, signal),
    async wholePicture(index, signal) {
      await files.manifest;
      if (pictures === null) throw new PictureError("unknown", "There are no pictures");
      return await pictures.blob(index, signal);
    },
    // Masks and curves
    masks: async () => (await files.manifest).masks,
    async maskEpochs(since) {
      const all = await files.json<MaskEpochs>((await files.manifest).maskEpochs);
      const isSame = since.generation === all.generation;
      return isSame ? { ...all, epochs: all.epochs.slice(since.after) } : all;
    },
    dimension: (dimension, count, signal) =>
      ask<DimensionAnswer>({ ask: "dimension", dimension, count }, signal),
    runs: async () => (await files.manifest).runs,
    async epochs(_run, since) {
      const all = await files.json<RunEpochs>((await files.manifest).epochs!);
      const isSame = since.generation === all.generation;
      return isSame ? { ...all, rows: all.rows.slice(since.after) } : all;
    },
    async analysis(split): Promise<AnalysisState> {
      const { analyses } = await files.manifest;
      if (!Object.hasOwn(analyses, split)) return { state: "unknown", stale: null, refusal: null };
      return { state: "known", analysis: await files.json(analyses[split]) };
    },
    compute: null,
    // Label, teach and check
    labels: null,
    suspects: () => Promise.reject(new Error("Labels are checked where the page has a server")),
    mark: null,
  };
}

/** Files that were exported. Those of JSON are read once. */
class StaticFiles {
  readonly #read = new Map<string, Promise<unknown>>();

  /** What was exported. Rejects for what another csn wrote, and says so. */
  get manifest(): Promise<Manifest> {
    return this.json<Manifest>(manifestName).then((manifest) => {
      if (manifest.format === exportFormat) return manifest;
      throw new Error(
        `Cannot read ${manifestName}: it is of another csn than this page; export both again`,
      );
    });
  }

  json<Value>(path: string): Promise<Value> {
    const known = this.#read.get(path);
    if (known !== undefined) return known as Promise<Value>;
    const read = fetchFile(path).then((response) => response.json());
    this.#read.set(path, read);
    // What did not come is asked for again.
    read.catch(() => this.#read.delete(path));
    return read;
  }

  async bytes(path: string): Promise<ArrayBuffer> {
    return await (await fetchFile(path)).arrayBuffer();
  }
}

/** Pictures from sheets, and whole ones where they were exported. */
class StaticPictures {
  readonly #pictures: ExportedPictures;
  readonly #placeOf: ReadonlyMap<number, number>;

  /** `points`: the image in each place of the sheets. */
  constructor(pictures: ExportedPictures, points: Uint32Array) {
    this.#pictures = pictures;
    this.#placeOf = new Map(Array.from(points, (image, place) => [image, place]));
  }

  /** Null where there is none. Very small ones are replaced by whole ones where there are some. */
  small(image: number): Picture | null {
    return this.#pictures.atlas.cell < leastSmall ? this.whole(image) : this.#part(image);
  }

  #part(image: number): Picture | null {
    const place = this.#placeOf.get(image);
    if (place === undefined || this.#faultOf(image) !== null) return null;
    const { atlas, sheets } = this.#pictures;
    const { sheet, x, y } = atlasCell(atlas, place);
    return {
      sheet: sheets[sheet],
      width: atlas.columns * atlas.cell,
      height: sheetRows(atlas, sheet) * atlas.cell,
      ...{ x, y, side: atlas.cell },
    };
  }

  /** As large as there is one; null where there is none. */
  whole(image: number): Picture | null {
    const { whole } = this.#pictures;
    const small = this.#part(image);
    const isSmall = small === null || whole === null || whole.missing.includes(image);
    return isSmall ? small : `${whole.folder}/${image}.webp`;
  }

  /** The same as a file. Rejects with a PictureError where there is none. */
  async blob(image: number, signal?: AbortSignal): Promise<Blob> {
    const fault = this.#faultOf(image);
    if (fault !== null) throw new PictureError(fault.state, fault.message);
    const picture = this.whole(image);
    if (picture === null) throw new PictureError("unknown", "Its picture was not exported");
    if (typeof picture === "string") return await (await fetchFile(picture, signal)).blob();
    const sheet = await (await fetchFile(picture.sheet, signal)).blob();
    const { x, y, side } = picture;
    const part = await createImageBitmap(sheet, x, y, side, side);
    const canvas = new OffscreenCanvas(side, side);
    canvas.getContext("2d")!.drawImage(part, 0, 0);
    part.close();
    return await canvas.convertToBlob();
  }

  #faultOf(image: number) {
    const { faults } = this.#pictures;
    return Object.hasOwn(faults, image) ? faults[image] : null;
  }
}
