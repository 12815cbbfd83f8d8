/**
 * What the server and the page say to each other. Images are named by their index in the embeddings
 * that are explored. No imports but of types that a browser can have.
 */

/** How much each notion counts, by its name. */
export type NotionWeights = Readonly<Record<string, number>>;

/** `GET /api/explored`: what is explored. */
export interface ExploredInfo {
  /** The model's file, as it is shown. */
  readonly model: string;
  /** Which of the paper's networks it is. */
  readonly variant: string;
  /** The notions in the model's order; a notion's colour goes by its place. */
  readonly notions: readonly NotionInfo[];
  /** D of an embedding. */
  readonly dimension: number;
  /** What is searched, as it is shown. */
  readonly among: string;
  /** How many images that is. */
  readonly images: number;
  /** Whether the pictures' files are known; else images are shown by their names. */
  readonly hasPictures: boolean;
  /** Columns of values that are known of the images. */
  readonly columns: readonly string[];
  /** Splits of which there are triplets. */
  readonly splits: readonly string[];
  /** Another one for other images or in another order: indices of a link mean what they meant. */
  readonly stamp: string;
  /** Another one for a server that was started again. */
  readonly start: string;
  /** Version of csn. */
  readonly csn: string;
}

/** A notion. */
export interface NotionInfo {
  /** Its name. */
  readonly name: string;
  /** Whether values of it are known, by which images are alike or unlike. */
  readonly hasValues: boolean;
  /** Whether its distances stand for chances. */
  readonly isCalibrated: boolean;
}

// Neighbours

/** An image that is searched from: one by its index, or an own picture by its embedding [D]. */
export type QueryImage = { readonly index: number } | { readonly embedding: readonly number[] };

/** A row of neighbours: by what images are compared. */
export type RowAsked =
  | { readonly by: "notion"; readonly notion: string }
  | { readonly by: "unmasked" }
  | {
    readonly by: "mixture";
    /** Above 0 to be alike by a notion, below 0 to be unlike. */
    readonly weights: NotionWeights;
    /** Divide each notion's squared distance by its median over the set. */
    readonly isBalanced: boolean;
  };

/** `POST /api/neighbours` */
export interface NeighboursAsked {
  readonly query: QueryImage;
  readonly rows: readonly RowAsked[];
  /** How many of each row, the query itself apart. */
  readonly k: number;
  /** The nearest, or the farthest. */
  readonly order: "nearest" | "farthest";
  /** Conditions that images must meet: `colour=red`. */
  readonly where: readonly string[];
}

/** What was found. */
export interface NeighboursAnswer {
  /** In the order in which they were asked for. */
  readonly rows: readonly RowAnswer[];
  /** What is known of the query; null for an own picture. */
  readonly query: ImageInfo | null;
}

/** One row. */
export interface RowAnswer {
  /** What was found, the nearest (or farthest) first. */
  readonly hits: readonly Hit[];
  /** Whether `value` is a score, which is no distance and may be below 0. */
  readonly isScore: boolean;
  /** Of how many images. */
  readonly compared: number;
  /** Why nothing could be measured; null where it was. */
  readonly refusal: string | null;
}

/** One of the nearest images. */
export interface Hit {
  readonly index: number;
  /** Its name. */
  readonly name: string;
  /** Its distance, or score. */
  readonly value: number;
  /**
   * By notion of the model: its part in the distance, of a mixture below 0 for notions to be unlike
   * by; of other rows in the distance by all notions, balanced. Their sizes add up to 1. Null where
   * the notion cannot be measured.
   */
  readonly shares: readonly (number | null)[];
  /** By notion of the model: whether it is alike by the values that are known, else null. */
  readonly alike: readonly (boolean | null)[];
  /** By notion of the model: the value that is known, else "". */
  readonly values: readonly string[];
  /** By notion of the model, where it is calibrated. */
  readonly chances: readonly (HitChance | null)[];
}

/** What a person may be expected to say, see `HitChances` of the search. */
export interface HitChance {
  readonly nearer: number | null;
  readonly same: number | null;
}

/** An image and what is known of it. */
export interface ImageInfo {
  readonly index: number;
  readonly name: string;
  /** By notion of the model: the value that is known, else "". */
  readonly values: readonly string[];
}

/** `POST /api/embed`, the bytes of an image: its embedding [D]. */
export interface EmbeddedPicture {
  readonly embedding: readonly number[];
}

// Finding images

/** `GET /api/find?text=&limit=` */
export interface FoundAnswer {
  /** Images whose names hold the text, the best first. */
  readonly images: readonly { readonly index: number; readonly name: string }[];
  /** Values that hold the text. */
  readonly values: readonly FoundValue[];
  /** How many names hold it in all. */
  readonly total: number;
}

/** A value that some images have. */
export interface FoundValue {
  readonly column: string;
  readonly value: string;
  /** Of how many images. */
  readonly images: number;
  /** The condition for it: `colour=red`. */
  readonly where: string;
}

/** `GET /api/images?where=&count=`: images to begin with, evenly over those that meet it. */
export interface ListedImages {
  readonly images: readonly ImageInfo[];
  /** How many meet the conditions. */
  readonly total: number;
}

/** `GET /api/triplets?notion=&split=&count=`: those in the wrong order, the worst first. */
export interface HardTriplets {
  readonly triplets: readonly HardTripletInfo[];
  /** In the wrong order. */
  readonly wrong: number;
  /** In all. */
  readonly total: number;
}

/** A triplet and its distances by the notion. */
export interface HardTripletInfo {
  readonly anchor: ImageInfo;
  readonly near: ImageInfo;
  readonly far: ImageInfo;
  readonly nearDistance: number;
  readonly farDistance: number;
}

// Maps

// Masks and curves
