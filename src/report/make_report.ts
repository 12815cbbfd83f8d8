import { CsnError, UsageError } from "../base/errors.ts";
import { someOf } from "../files/exists.ts";
import { examineOutput, headOf } from "../files/output_file.ts";
import { hasImageEnding } from "../images/list_images.ts";
import { taughtText } from "../model/taught_notion.ts";
import { openSetOf } from "../model/open_set_of.ts";
import { isReportAnalysis, isReportPage } from "../files/report_files.ts";
import { dirname, join, relative, resolve } from "../files/paths.ts";
import { readMetrics } from "../training/run_log.ts";
import type { DrawnBy, ReportData } from "./report_data.ts";
import type { ReportExperiments, ReportPage } from "./report_page.ts";
import type { ModelFile } from "../model/model_file.ts";
import { version } from "../base/version.ts";
import { writeFault } from "../files/write_fault.ts";
import { isBegunFile, writeWhole } from "../files/write_whole.ts";
import { type AnalyseOptions, analyseSplit } from "../analysis/analyse_model.ts";
import { type EmbeddedSplit, embedSplit } from "../analysis/embedded_split.ts";
import { hardestTriplets } from "./hardest_triplets.ts";
import { LayoutCache } from "./maps/layout_cache.ts";
import { loadSharp } from "../images/decode_image.ts";
import { PackPictures } from "../images/pack_pictures.ts";
import { queryNeighbours } from "./query_neighbours.ts";
import { readComparison, readSweep } from "./read_experiment.ts";
import { scoreTriplets } from "../analysis/scored_triplets.ts";
import { sampleRows, subspaceMaps } from "./maps/subspace_maps.ts";

/** What a report is made of, and where it goes. */
export interface ReportOptions extends AnalyseOptions {
  /** The page's file, which ends in .html. @default {report.html beside the model} */
  readonly out?: string;
  /**
   * Replace a page, and write among files in the folder of its parts, that csn did not write.
   * @default {false}
   */
  readonly overwrite?: boolean;
  /** Folder with a compare.json. @default {the one above the model's run, if it has one} */
  readonly compare?: string;
  /** Folder with a sweep.json. @default {the one above the model's run, if it has one} */
  readonly sweep?: string;
  /** Images that are laid out at most. @default {2000} */
  readonly mapImages?: number;
  /** What makes the report again, as the page says. @default {a call of this function} */
  readonly command?: string;
}

/** A report that was written. */
export interface Report {
  /** The page. */
  readonly page: string;
  /** The folder of its charts, its pictures and analysis.json. */
  readonly parts: string;
  /** Bytes of the page. */
  readonly bytes: number;
  /** Names of the charts and pictures, without ending. */
  readonly names: readonly string[];
}

const defaultMapImages = 2000;

/** Images whose neighbours are shown, and neighbours of each. */
const [queryCount, neighbourCount] = [4, 8];

/** Wrong triplets shown of each notion. */
const hardestCount = 6;

/** Parts of the stream that samples are drawn from: those of maps, and these. */
const queryPart = 1;

/** Pixels of a chart's PNG for each of its own. */
const chartScale = 2;

/**
 * Writes a report on a model: one HTML page that needs nothing else, and a folder of the same name
 * with its charts (SVG, PNG), its pictures (PNG), analysis.json and the layouts of its maps, which
 * the next report uses again. libtorch must be open. The same model, set and seed give the same
 * bytes.
 *
 * Throws a CsnError for a set that lacks a notion of the model's, an experiment's folder without
 * its file, and what cannot be read or written.
 *
 * @example A report on the validation split, beside others
 * ```ts
 * import { readModelFile, start } from "@csn/csn";
 * import { makeReport } from "@csn/csn/report";
 *
 * await start();
 * const file = await readModelFile("runs/mine/model_best");
 * await makeReport(file, { out: "reports/validation.html", split: "val" });
 * ```
 */
export async function makeReport(file: ModelFile, options: ReportOptions = {}): Promise<Report> {
  const page = options.out ?? join(dirname(file.path), "report.html");
  const parts = partsFolder(page);
  if (options.out !== undefined) await assertApart(file, page, options);
  await examineReport(page, parts, options);
  const experiments = await readExperiments(file, options);
  const data = await reportData(file, parts, options);
  // Charts are drawn by a large library; importing csn alone does not load it.
  const { reportPage } = await import("./report_page.ts");
  const drawn = reportPage(data, experiments);
  await makeFolder(parts);
  // First: by it the folder is known as a report's.
  await writeWhole(analysisPath(parts), JSON.stringify(data.analysis, null, 1) + "\n");
  await writeParts(drawn, parts);
  const bytes = new TextEncoder().encode(drawn.html);
  await writeWhole(page, bytes);
  return {
    page,
    parts,
    bytes: bytes.length,
    names: [...drawn.charts, ...drawn.pictures].map(({ name }) => name),
  };
}

function partsFolder(page: string): string {
  if (/[^/]\.html$/.test(page)) return page.slice(0, -".html".length);
  throw new UsageError(
    `Cannot write a report to ${page}: its parts go into a folder of the same name; pass a file that ends in .html`,
  );
}

/** Throws a CsnError when the page would lie beside the set's images: its charts are pictures, too. */
async function assertApart(file: ModelFile, page: string, options: ReportOptions): Promise<void> {
  const { imageFolder, imageFiles } = await openSetOf(file, "analyse", options.data);
  const truly = (path: string) => Deno.realPath(path).catch(() => resolve(path));
  const folder = await truly(dirname(page));
  const below = relative(await truly(imageFolder), folder);
  const beside = imageFiles.find((image) => dirname(image) === (below || "."));
  if (beside === undefined) return;
  throw new CsnError(
    `Cannot write a report to ${page}: its charts would lie among the images of the set, beside ${beside}; choose a file in another folder with \`out\``,
  );
}

/**
 * Throws a CsnError when the page or its parts would replace what csn did not write, or cannot be
 * written.
 */
async function examineReport(
  page: string,
  parts: string,
  { overwrite }: ReportOptions,
): Promise<void> {
  const failing = "Cannot write a report to";
  await makeFolder(dirname(page));
  await examineOutput(page, { failing, option: "out", overwrite, isOwn: isReportPage });
  const info = await Deno.stat(parts).catch(() => null);
  if (info === null) return;
  if (!info.isDirectory) {
    throw new CsnError(
      `${failing} ${page}: its parts go into the folder ${parts}, which is a file; choose another file with \`out\``,
    );
  }
  await examineOutput(analysisPath(parts), {
    failing,
    option: "out",
    overwrite,
    isOwn: isReportAnalysis,
  });
  if (isReportAnalysis(await headOf(analysisPath(parts)))) return;
  const names = await Array.fromAsync(Deno.readDir(parts), ({ name }) => name);
  const foreign = names.filter((name) => name !== "layouts" && !isBegunFile(name)).sort();
  const images = foreign.filter(hasImageEnding);
  // Beside an analysis.json they would pass for parts of the report.
  if (images.length > 0) {
    throw new CsnError(
      `${failing} ${page}: its parts go into the folder ${parts}, where images lie (${
        someOf(images)
      }); choose another file with \`out\``,
    );
  }
  if (overwrite || foreign.length === 0) return;
  throw new CsnError(
    `${failing} ${page}: its parts go into the folder ${parts}, where other files lie (${
      someOf(foreign)
    }); choose another file with \`out\`, or write among them with \`overwrite: true\``,
  );
}

function analysisPath(parts: string): string {
  return join(parts, "analysis.json");
}

async function readExperiments(
  { path }: ModelFile,
  { compare, sweep }: ReportOptions,
): Promise<ReportExperiments> {
  const above = dirname(dirname(path));
  const comparison = await readComparison(compare ?? above);
  if (comparison === null && compare !== undefined) throw noExperiment("compare", compare);
  const swept = await readSweep(sweep ?? above);
  if (swept === null && sweep !== undefined) throw noExperiment("sweep", sweep);
  return { comparison, sweep: swept };
}

function noExperiment(kind: string, folder: string): CsnError {
  return new CsnError(
    `Cannot report on ${folder}: it holds no ${kind}.json; pass \`${kind}\` with a folder in which \`${kind}()\` has written its results`,
  );
}

async function reportData(
  file: ModelFile,
  parts: string,
  options: ReportOptions,
): Promise<ReportData> {
  const { info } = file;
  const seed = options.seed ?? info.config.seed;
  const split = await embedSplit(file, options);
  const analysis = await analyseSplit(file, split, { ...options, seed });
  const scored = scoreTriplets(split);
  using pack = await PackPictures.open(split.packPath, split.imageSize);
  const maps = await subspaceMaps(split, pack, {
    most: options.mapImages ?? defaultMapImages,
    seed,
    cache: new LayoutCache(join(parts, "layouts")),
    listener: options.listener,
    signal: options.signal,
  });
  const queries = sampleRows(split.images.length, queryCount, seed, queryPart);
  return {
    analysis,
    settings: settingsOf(file),
    drawn: drawnBy(file, split, seed, options),
    metrics: await readMetrics(dirname(file.path)),
    maps,
    queries: await queryNeighbours(split, queries, neighbourCount, pack),
    hardest: await hardestTriplets(split, scored, pack, hardestCount),
    calibration: info.calibration ?? null,
  };
}

function drawnBy(
  file: ModelFile,
  { split, set }: EmbeddedSplit,
  seed: number,
  { command }: ReportOptions,
): DrawnBy {
  const given = command ??
    `makeReport(await readModelFile(${JSON.stringify(file.path)}), ${
      JSON.stringify({ data: set.folder, split, seed })
    })`;
  return { command: given, seed, set: set.name, csn: version };
}

function settingsOf({ path, info }: ModelFile): [name: string, value: string][] {
  const { config } = info;
  return [
    ["model", path],
    ["variant", info.variant],
    ["notions", info.notions.join(", ")],
    ...(info.taught ?? []).map((each): [string, string] => ["taught", taughtText(each)]),
    ["embedding", `${info.dimension} dimensions of images of ${info.imageSize} pixels`],
    ["trained on", config.data],
    [
      "training",
      `${config.trainTriplets} triplets in all, batches of ${config.batchSize} (${config.sampler}), ` +
      `learning rate ${config.learningRate}, margin ${config.margin}, from ${config.pretrained}, ` +
      `${config.precision}, seed ${config.seed}`,
    ],
    ["weights", `of epoch ${info.epoch} of ${config.epochs}, by libtorch ${info.libtorch}`],
  ];
}

async function writeParts({ charts, pictures }: ReportPage, parts: string): Promise<void> {
  const sharp = await loadSharp();
  for (const { name, svg } of charts) {
    await writeWhole(join(parts, `${name}.svg`), svg);
    // Of an SVG, 72 dots an inch are a pixel each.
    const png = await sharp(new TextEncoder().encode(svg), { density: 72 * chartScale })
      .png({ compressionLevel: 9 }).toBuffer();
    await writeWhole(join(parts, `${name}.png`), new Uint8Array(png));
  }
  for (const { name, png } of pictures) await writeWhole(join(parts, `${name}.png`), png);
}

async function makeFolder(path: string): Promise<void> {
  try {
    await Deno.mkdir(path, { recursive: true });
  } catch (error) {
    throw new CsnError(
      `Cannot make the report's folder ${path}: ${
        writeFault(join(path, "x"), error)
      }; choose another file with \`out\``,
      {
        cause: error,
      },
    );
  }
}
