/**
 * What an exported page's `exported.json` says. Shared by what writes it and by the page: no imports
 * but of types that a browser can have.
 */
import type { Calibration } from "../../search/calibration.ts";
import type {
  AtlasInfo,
  ExploredInfo,
  ExportedInfo,
  MapsInfo,
  MasksAnswer,
  RunsAnswer,
} from "../protocol.ts";

/** The version of what is written; a page reads its own alone. */
export const exportFormat = 1;

/** The file that says what was exported, beside the page. */
export const manifestName = "exported.json";

/** Which file answers for a notion, a column or a split. */
export type FilesByName = Readonly<Record<string, string>>;

/** What was exported. Files are named by their paths below the folder. */
export interface Manifest {
  readonly format: typeof exportFormat;
  /** Version of csn. */
  readonly csn: string;
  readonly explored: ExploredInfo & { readonly exported: ExportedInfo };
  readonly embeddings: StoredNumbers;
  /** Names and values of the images, see `ImagesFile`. */
  readonly images: string;
  /** How the model's distances become chances; null where it is not calibrated. */
  readonly calibration: Calibration | null;
  readonly masks: MasksAnswer;
  /** The file of `MaskEpochs`. */
  readonly maskEpochs: string;
  readonly runs: RunsAnswer;
  /** The file of `RunEpochs` of the model's run; null where there is none. */
  readonly epochs: string | null;
  readonly maps: ExportedMaps;
  /** The small pictures; null where there are none. */
  readonly pictures: ExportedPictures | null;
  /** By split, then by notion: the file of `HardTriplets`. */
  readonly triplets: Readonly<Record<string, FilesByName>>;
  /** By split: the file of `AnalysisInfo`, where one is known. */
  readonly analyses: FilesByName;
  /** All files of the page but this one. */
  readonly files: readonly string[];
}

/** Where embeddings [N, D] lie, little-endian in C order. */
export interface StoredNumbers {
  readonly file: string;
  readonly as: "float16" | "int8";
  readonly dimension: number;
  /** [D] of int8: a number is its code times this; null of float16. */
  readonly scales: readonly number[] | null;
  /** Of int8: rows that are not known, whose codes say nothing; null of float16, which has NaN. */
  readonly unknown: readonly number[] | null;
}

/** The maps. */
export interface ExportedMaps {
  readonly info: MapsInfo;
  /** [points] of uint32: the image that each point is. */
  readonly points: string;
  /** By notion, "" for the unmasked embedding: [points, 2] of float32. */
  readonly layouts: FilesByName;
  /** By column: `PointValues`. */
  readonly values: FilesByName;
}

/** The pictures. */
export interface ExportedPictures {
  readonly atlas: AtlasInfo;
  /** The files of its sheets. */
  readonly sheets: readonly string[];
  /** By image: why its picture cannot be shown. */
  readonly faults: Readonly<Record<string, PictureFaultInfo>>;
  /** Whole pictures; null where there are none. */
  readonly whole: {
    /** The folder that they lie in, `<index>.webp`. */
    readonly folder: string;
    /** Images of which there is a small picture alone. */
    readonly missing: readonly number[];
  } | null;
}

/** Why a picture cannot be shown, in a word and in a sentence. */
export interface PictureFaultInfo {
  readonly state: string;
  readonly message: string;
}
