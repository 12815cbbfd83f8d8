import type { Calibration } from "../search/calibration.ts";
import type { EpochMetrics } from "../training/metrics.ts";
import type { ModelAnalysis } from "../analysis/model_analysis.ts";

/** All that a report shows; drawing it needs no model and no image set. */
export interface ReportData {
  /** What the masks learned. */
  readonly analysis: ModelAnalysis;
  /** How the model was made, as rows of name and value. */
  readonly settings: readonly (readonly [name: string, value: string])[];
  /** What was drawn from the images, and how. */
  readonly drawn: DrawnBy;
  /** The run's epochs; none when its metrics are not there. */
  readonly metrics: readonly EpochMetrics[];
  /** A map of each notion's subspace. */
  readonly maps: readonly SubspaceMap[];
  /** Nearest neighbours of some images. */
  readonly queries: readonly Query[];
  /** Of each notion, the triplets that the model gets wrong by most. */
  readonly hardest: readonly HardestTriplets[];
  /** How its distances become chances; null for a model that was not calibrated. */
  readonly calibration: Calibration | null;
}

/** What the report can be made again from. */
export interface DrawnBy {
  /** The command line. */
  readonly command: string;
  /** Decides which images are laid out and asked for, and where layouts begin. */
  readonly seed: number;
  /** Name of the image set. */
  readonly set: string;
  /** Version of csn that drew it. */
  readonly csn: string;
}

/** A picture that was drawn. */
export interface Picture {
  /** Name of its file, without ending: letters, digits and dashes. */
  readonly name: string;
  /** What it shows, for readers who cannot see it. */
  readonly alt: string;
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
  /** The PNG file. */
  readonly png: Uint8Array;
}

/** Images laid out by one notion. */
export interface SubspaceMap {
  /** The notion. */
  readonly notion: string;
  /** Images that were laid out. */
  readonly images: number;
  /** Cells in a row of the grid. */
  readonly side: number;
  /** Cells that show an image. */
  readonly shown: number;
  /** Dimensions that the notion's mask uses. */
  readonly dimensions: number;
  /** The map; null where the mask leaves nothing to lay out. */
  readonly picture: Picture | null;
}

/** An image, and those nearest to it by each notion. */
export interface Query {
  /** The image's file. */
  readonly file: string;
  /** By each notion, in the order of the model's. */
  readonly notions: readonly QueryNeighbours[];
}

/** The images nearest to a query by one notion. */
export interface QueryNeighbours {
  /** The notion. */
  readonly notion: string;
  /** The query's value; "" when it is not known. */
  readonly value: string;
  /** Nearest first. */
  readonly neighbours: readonly ShownNeighbour[];
  /** The query and its neighbours in a row. */
  readonly picture: Picture;
}

/** One of the nearest images. */
export interface ShownNeighbour {
  /** Its file. */
  readonly file: string;
  /** Its value; "" when it is not known. */
  readonly value: string;
  /** Whether the set says that it is alike; null when it does not say. */
  readonly isAlike: boolean | null;
  /** Distance from the query. */
  readonly distance: number;
}

/** What the model gets most wrong by one notion. */
export interface HardestTriplets {
  /** The notion. */
  readonly notion: string;
  /** Triplets in the wrong order. */
  readonly wrong: number;
  /** Triplets in all. */
  readonly triplets: number;
  /** The worst, worst first. */
  readonly shown: readonly HardTriplet[];
}

/** A triplet that the model orders wrongly. */
export interface HardTriplet {
  /** Files of anchor, far and near. */
  readonly files: readonly [anchor: string, far: string, near: string];
  /** Their values; "" where they are not known. */
  readonly values: readonly [anchor: string, far: string, near: string];
  /** How much farther than the far image the near one is. */
  readonly wrongBy: number;
  /** Anchor, far and near in a row. */
  readonly picture: Picture;
}
