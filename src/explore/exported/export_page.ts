/** The page as files that any web server gives. */
import { CsnError, messageOf, UsageError } from "../../base/errors.ts";
import type { Listener } from "../../base/listener.ts";
import { version } from "../../base/version.ts";
import { basename, dirname, join, resolve } from "../../files/paths.ts";
import type { Model } from "../../model/model.ts";
import { type FolderKind, landFolder } from "../../sets/land_folder.ts";
import { bundlePage } from "../bundle_page.ts";
import { type Explored, type ExploreSource, openExplored } from "../explored.ts";
import { mostShown } from "../maps/shown_rows.ts";
import type {
  AnalysisState,
  ExploredInfo,
  HardTriplets,
  MaskEpochs,
  RunEpochs,
  RunsAnswer,
} from "../protocol.ts";
import { thinned } from "../thinned.ts";
import { neighbourAgreement } from "./agreement.ts";
import { AskedRoutes } from "./asked_routes.ts";
import { exportMaps } from "./export_maps.ts";
import { exportPictures } from "./export_pictures.ts";
import { exportedContents } from "./exported_contents.ts";
import { exportedIndex } from "./exported_index.ts";
import { exportFormat, type FilesByName, type Manifest, manifestName } from "./format.ts";
import { writeImages } from "./images_file.ts";
import { type NumberKind, numberKinds, readNumbers, roundNumbers } from "./stored_numbers.ts";
import { WrittenFiles } from "./written_files.ts";

/** What is exported, and where to. */
export interface ExportOptions extends Omit<ExploreSource, "answers"> {
  /** The folder that is made. */
  readonly folder: string;
  /** What embeddings are rounded to. @default {"float16"} */
  readonly exportAs?: NumberKind;
  /** Export pictures as large as the server gives them, besides the small ones. @default {false} */
  readonly pictures?: boolean;
  /** Replace a page that was exported before. @default {false} */
  readonly overwrite?: boolean;
}

/** What was exported. */
export interface ExportedPage {
  /** Where it lies. */
  readonly folder: string;
  /** Images in it. */
  readonly images: number;
  /** Files in all. */
  readonly files: number;
  /** Bytes of all of them. */
  readonly size: number;
  /** What embeddings are rounded to. */
  readonly exportAs: NumberKind;
  /**
   * How many of the 10 nearest neighbours are the same by the rounded embeddings: a share; null
   * where there are none.
   */
  readonly agreement: number | null;
  /** Images whose pictures could not be read; null where there are no pictures. */
  readonly unreadable: number | null;
}

/** Images of a page at most: so many a browser holds, and its maps show. */
const mostImages = mostShown;

/** Numbers of masks by epoch at most; of more, epochs in between are left out. */
const mostMaskNumbers = 400_000;

/** Triplets of a list, the worst first: as many as a server gives. */
const worstTriplets = "200";

const kind: FolderKind = {
  name: "exported page",
  short: "page",
  option: "folder",
  contentsOf: exportedContents,
};

/**
 * Writes the page that `explore` opens as files that any web server gives, without csn: neighbours,
 * mixer, maps, masks, curves. Names and pictures of the images are readable for everybody who has
 * the folder. It is whole or not there. Throws a CsnError where something else lies there, for more
 * than 60,000 images and for what cannot be written, and a UsageError for options that cannot be.
 *
 * @example Put what a model learned on any web server
 * ```ts
 * import { Model, start } from "@csn/csn";
 * import { exportPage } from "@csn/csn/explore";
 *
 * await start();
 * using model = await Model.load("runs/mine/model_best");
 * const { files, agreement } = await exportPage(model, { among: "photos", folder: "demo" });
 * console.log(files, agreement);
 * ```
 */
export async function exportPage(model: Model, options: ExportOptions): Promise<ExportedPage> {
  const { exportAs = "float16", overwrite = false, listener = {}, signal } = options;
  if (!numberKinds.includes(exportAs)) {
    throw new UsageError(
      `Cannot export embeddings as ${JSON.stringify(exportAs)}: \`exportAs\` must be ${
        numberKinds.join(" or ")
      }`,
    );
  }
  const folder = resolve(options.folder);
  const failing = "Cannot export the page";
  const madeFrom = [model.path, ...[options.among, options.images].filter((path) => path != null)];
  const landing = { failing, kind, overwrite, madeFrom, listener, signal };
  return await landFolder(folder, landing, async (work) => {
    const page = await bundlePage({ listener, signal });
    const explored = await openExplored(model, options);
    if (explored.count > mostImages) {
      throw new CsnError(
        `${failing}: ${explored.shown.among} has ${explored.count} images, and a page without a server holds ${mostImages} at most; explore a part of them with \`among\``,
      );
    }
    const files = new WrittenFiles(work);
    for (const [path, { bytes }] of page) {
      if (path !== "/") await files.write(path.slice(1), bytes);
    }
    const index = new TextDecoder().decode(page.get("/")!.bytes);
    await files.write("index.html", exportedIndex(index));
    using asked = new AskedRoutes(explored, listener);
    const manifest = await exportAnswers(explored, asked, files, options);
    await files.json(manifestName, manifest);
    return {
      ...{ folder, images: explored.count, files: files.paths.length, size: files.size, exportAs },
      agreement: manifest.explored.exported.agreement,
      unreadable: manifest.pictures === null ? null : Object.keys(manifest.pictures.faults).length,
    };
  });
}

async function exportAnswers(
  explored: Explored,
  asked: AskedRoutes,
  files: WrittenFiles,
  { exportAs = "float16", pictures = false, listener = {}, signal }: ExportOptions,
): Promise<Manifest> {
  const { embeddings, model, values } = explored;
  const { bytes, stored } = roundNumbers(embeddings, exportAs);
  const numbers = { file: await files.write("data/embeddings.bin", bytes), ...stored };
  const rounded = readNumbers(bytes.buffer, numbers, explored.count);
  const agreement = await neighbourAgreement(embeddings, rounded, model.masks);
  const images = writeImages(explored, values?.notionOf ?? new Map());
  const info = await asked.json<ExploredInfo>("/api/explored");
  const { triplets, splits } = await exportTriplets(info, asked, files, listener);
  const analyses = await exportAnalyses(splits, asked, files);
  const runs = await exportRuns(asked, files);
  const maps = await exportMaps(explored, asked, files, { listener, signal });
  const shown = await exportPictures(explored, maps.rows, asked, files, {
    ...{ isWhole: pictures, listener, signal },
  });
  return {
    format: exportFormat,
    csn: version,
    explored: {
      ...info,
      ...shownNames(info),
      ...{ splits, taught: [], start: info.stamp },
      exported: { as: exportAs, agreement, hasWholePictures: shown?.whole != null },
    },
    embeddings: numbers,
    images: await files.json("data/images.json", images),
    calibration: model.info.calibration ?? null,
    masks: await asked.json("/api/masks"),
    maskEpochs: await files.json("data/mask_epochs.json", await maskEpochs(explored, asked)),
    ...runs,
    maps: maps.exported,
    pictures: shown,
    ...{ triplets, analyses },
    files: [...files.paths].sort(),
  };
}

/** Of paths only what says which model and which images: where they lie is nobody's business. */
function shownNames({ model, among }: ExploredInfo): Pick<ExploredInfo, "model" | "among"> {
  const folder = basename(dirname(model));
  return {
    model: folder === "" || folder === "." ? basename(model) : join(folder, basename(model)),
    among: basename(among),
  };
}

/** The hardest triplets of each split; one whose lists cannot be read is left out. */
async function exportTriplets(
  { splits, notions }: ExploredInfo,
  asked: AskedRoutes,
  files: WrittenFiles,
  listener: Listener,
): Promise<Pick<Manifest, "triplets"> & { readonly splits: readonly string[] }> {
  const triplets: Record<string, FilesByName> = {};
  for (const split of splits) {
    try {
      const found: [string, HardTriplets][] = [];
      for (const { name: notion } of notions) {
        const query = { notion, split, count: worstTriplets };
        found.push([notion, await asked.json("/api/triplets", query)]);
      }
      const written = found.map(async ([notion, worst], at) =>
        [notion, await files.json(`data/triplets_${split}_${at}.json`, worst)] as const
      );
      triplets[split] = Object.fromEntries(await Promise.all(written));
    } catch (error) {
      if (!(error instanceof CsnError)) throw error;
      listener.warning?.(`The ${split} triplets are not exported: ${messageOf(error)}`);
    }
  }
  return { triplets, splits: Object.keys(triplets) };
}

/** Accuracy and leakage, of splits of which they are known. */
async function exportAnalyses(
  splits: readonly string[],
  asked: AskedRoutes,
  files: WrittenFiles,
): Promise<FilesByName> {
  const analyses: Record<string, string> = {};
  for (const split of splits) {
    const found = await asked.json<AnalysisState>("/api/analysis", { split });
    if (found.state !== "known") continue;
    const analysis = { ...found.analysis, data: basename(found.analysis.data) };
    analyses[split] = await files.json(`data/analysis_${split}.json`, analysis);
  }
  return analyses;
}

/** The model's own run: those beside it are not asked for. */
async function exportRuns(
  asked: AskedRoutes,
  files: WrittenFiles,
): Promise<Pick<Manifest, "runs" | "epochs">> {
  const { runs: [own] } = await asked.json<RunsAnswer>("/api/runs");
  if (own === undefined) return { runs: { runs: [], leftOut: 0 }, epochs: null };
  const epochs = await asked.json<RunEpochs>("/api/epochs", { run: own.name });
  return {
    runs: { runs: [own], leftOut: 0 },
    // What is written is all there will be.
    epochs: await files.json("data/epochs.json", { ...epochs, generation: "exported" }),
  };
}

/** Masks by epoch, with as many digits as a chart shows. */
async function maskEpochs({ model }: Explored, asked: AskedRoutes): Promise<MaskEpochs> {
  const all = await asked.json<MaskEpochs>("/api/masks/epochs");
  const size = model.notions.length * model.info.dimension;
  const { items, step } = thinned(all.epochs, size, mostMaskNumbers);
  const epochs = items.map(({ epoch, masks }) => ({
    epoch,
    masks: masks.map((mask) => mask.map((value) => Number(value.toPrecision(6)))),
  }));
  return { ...all, generation: "exported", epochs, areAll: all.areAll && step === 1 };
}
