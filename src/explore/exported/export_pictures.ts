import type { Listener } from "../../base/listener.ts";
import { RequestError } from "../../service/request_error.ts";
import type { AtlasFineness } from "../atlas_plan.ts";
import type { Explored } from "../explored.ts";
import { ExploredPictures } from "../pictures/explored_pictures.ts";
import type { AskedRoutes } from "./asked_routes.ts";
import type { ExportedPictures, PictureFaultInfo } from "./format.ts";
import type { WrittenFiles } from "./written_files.ts";

/** Finer than a server's sheets, because there are no thumbnails besides. */
const fineness: AtlasFineness = { cells: [128, 96, 64, 48, 32], mostFineSheets: 16 };

/** Whole pictures that are made at a time. */
const atOnce = 4;

/** The folder of whole pictures. */
const wholeFolder = "pictures";

/** What is exported, who hears of it, and what stops it. */
interface Work {
  /** Whether whole pictures are exported, too. */
  readonly isWhole: boolean;
  readonly listener: Listener;
  readonly signal?: AbortSignal;
}

/** Draws the pictures of `rows`, and writes them; null where there are none. */
export async function exportPictures(
  explored: Explored,
  rows: Uint32Array,
  asked: AskedRoutes,
  files: WrittenFiles,
  { isWhole, listener, signal }: Work,
): Promise<ExportedPictures | null> {
  if (explored.pictureFolder === null) return null;
  const faults: Record<string, PictureFaultInfo> = {};
  const atlas = await new ExploredPictures(explored, listener).unkeptAtlas(rows, {
    fineness,
    onLost: (image, { state, message }) => faults[image] = { state, message },
  });
  const sheets: string[] = [];
  const perSheet = atlas.plan.columns ** 2;
  for (let sheet = 0; sheet < atlas.plan.sheets; sheet++) {
    signal?.throwIfAborted();
    sheets.push(await files.write(`data/sheet_${sheet}.jpg`, await atlas.sheet(sheet)));
    const done = Math.min(rows.length, (sheet + 1) * perSheet);
    listener.progress?.({ what: "Drawing pictures", done, total: rows.length, unit: "images" });
  }
  const whole = isWhole ? await exportWhole(rows, asked, files, { listener, signal }) : null;
  return { atlas: { ...atlas.plan, key: atlas.key }, sheets, faults, whole };
}

async function exportWhole(
  rows: Uint32Array,
  asked: AskedRoutes,
  files: WrittenFiles,
  { listener, signal }: Omit<Work, "isWhole">,
): Promise<ExportedPictures["whole"]> {
  const missing: number[] = [];
  for (let at = 0; at < rows.length; at += atOnce) {
    signal?.throwIfAborted();
    await Promise.all(Array.from(rows.subarray(at, at + atOnce), async (image) => {
      try {
        const bytes = await asked.bytes(`/api/image/${image}`);
        await files.write(`${wholeFolder}/${image}.webp`, bytes);
      } catch (error) {
        if (!(error instanceof RequestError)) throw error;
        missing.push(image);
      }
    }));
    const done = Math.min(rows.length, at + atOnce);
    listener.progress?.({ what: "Writing pictures", done, total: rows.length, unit: "images" });
  }
  return { folder: wholeFolder, missing: missing.sort((a, b) => a - b) };
}
