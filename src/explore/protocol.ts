/**
 * What the server and the page say to each other. Images are named by their index in the embeddings
 * that are explored. No imports but of types that a browser can have.
 */

import type { AtlasPlan } from "./atlas_plan.ts";

/** How much each notion counts, by its name. */
export type NotionWeights = Readonly<Record<string, number>>;

/** `GET /api/explored` while the images are embedded: how far that is. */
export interface OpeningInfo {
  /** Null before it has begun. */
  readonly opening: {
    /** What is done: "Embedding images". */
    readonly what: string;
    /** Of what `unit` counts. */
    readonly done: number;
    /** Null where it is not known. */
    readonly total: number | null;
    readonly unit: string;
  } | null;
}

/** `GET /api/explored`: what is explored. */
export interface ExploredInfo {
  /** The model's file, as it is shown. */
  readonly model: string;
  /** Which of the paper's networks it is. */
  readonly variant: string;
  /** The notions in the model's order; a notion's colour goes by its place. */
  readonly notions: readonly NotionInfo[];
  /** Notions that were taught while the model is explored, and can be compared by. */
  readonly taught: readonly string[];
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
  /** How the page was exported; null where a server answers. */
  readonly exported: ExportedInfo | null;
}

/** What an exported page has instead of a server. */
export interface ExportedInfo {
  /** What embeddings are rounded to. */
  readonly as: "float16" | "int8";
  /**
   * How many of the nearest neighbours are the same by the rounded embeddings as by the exact ones:
   * a share, over some queries and all notions; null where there were none to compare.
   */
  readonly agreement: number | null;
  /** Whether the pictures are there as large as a server gives them. */
  readonly hasWholePictures: boolean;
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
  /** A notion that was taught while the model is explored. */
  | { readonly by: "taught"; readonly notion: string }
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

/** `GET /api/maps`: which maps there are, and how far each is. */
export interface MapsInfo {
  /** Points of each map; point i is the same image on all of them. */
  readonly points: number;
  /** Images whose embeddings are known: more than points where maps show a sample. */
  readonly of: number;
  /** Images whose embeddings are not known, which no map shows. */
  readonly unknown: number;
  readonly maps: readonly MapInfo[];
}

/** A map, and how far it is. */
export interface MapInfo {
  /** Its notion; "" is the unmasked embedding. */
  readonly notion: string;
  /**
   * "waiting" for its first places, "plane": the plane of greatest variance, "map": laid out by
   * UMAP, "nothing": the mask leaves no dimension, "failed".
   */
  readonly stage: "waiting" | "plane" | "map" | "nothing" | "failed";
  /** How far the work for "map" is, from 0 to 1. */
  readonly share: number;
  /** Why it failed; else null. */
  readonly fault: string | null;
}

/** `GET /api/maps/values?column=`: a column's values of the points. */
export interface PointValues {
  /** The different values; "" is that none is known. */
  readonly values: readonly string[];
  /** [points]: positions in `values`. */
  readonly codes: readonly number[];
}

/** `GET /api/atlas`: the small pictures of the points; null where there are no pictures. */
export interface AtlasInfo extends AtlasPlan {
  /** Another one for other pictures: a part of the sheets' addresses. */
  readonly key: string;
}

/** `POST /api/infos`, answered by a list of `ImageInfo`: what is known of images, by their indices. */
export interface InfosAsked {
  readonly indices: readonly number[];
}

// Masks and curves

/** `GET /api/masks`: what the notions' masks are, and how much each dimension tells images apart. */
export interface MasksAnswer {
  /** Whether training changed them. */
  readonly isLearned: boolean;
  /** The epoch whose weights the model has. */
  readonly epoch: number;
  /** The model's masks, [notion][dimension]. */
  readonly masks: readonly (readonly number[])[];
  /** By dimension: the variance of the embeddings. */
  readonly variances: readonly number[];
}

/**
 * `GET /api/masks/epochs?generation=&after=`: the masks of the run by epoch, those after the first
 * `after` ones where `generation` is still what it was, else all.
 */
export interface MaskEpochs {
  readonly generation: string;
  readonly epochs: readonly EpochMaskTable[];
  /** Whether each epoch's were kept; else some were left out, or only every tenth one's was kept. */
  readonly areAll: boolean;
  /** Why there are none; null where there are some. */
  readonly lacking: string | null;
}

/** The masks of an epoch. */
export interface EpochMaskTable {
  readonly epoch: number;
  /** [notion][dimension] */
  readonly masks: readonly (readonly number[])[];
}

/** `GET /api/dimensions/:dimension?count=`: the images at both ends of a dimension. */
export interface DimensionAnswer {
  /** Lowest values, the lowest first. */
  readonly low: readonly DimensionImage[];
  /** Highest values, the highest first. */
  readonly high: readonly DimensionImage[];
  /** Images in equally wide steps from the lowest to the highest value. */
  readonly histogram: readonly number[];
  /** Images that have an embedding. */
  readonly measured: number;
}

/** An image at an end of a dimension. */
export interface DimensionImage extends ImageInfo {
  /** What its embedding holds there. */
  readonly value: number;
}

/** `GET /api/runs`: the model's run and those in the folder around it. */
export interface RunsAnswer {
  /** The model's own first; none where it does not lie in a run's folder. */
  readonly runs: readonly RunInfo[];
  /** How many more there are. */
  readonly leftOut: number;
}

/** A run. */
export interface RunInfo {
  /** The name of its folder. */
  readonly name: string;
  /** One of the paper's; null where the run does not say. */
  readonly variant: string | null;
}

/**
 * `GET /api/epochs?run=&generation=&after=`: the epochs of a run, those after the first `after` ones
 * where `generation` is still what it was, else all.
 */
export interface RunEpochs {
  readonly generation: string;
  /** In the order of the run's notions. */
  readonly notions: readonly string[];
  readonly rows: readonly EpochRow[];
  /** How many epochs it is to have; null where the run does not say. */
  readonly planned: number | null;
}

/** What was measured of an epoch; null for what is no number. Norms and losses as in metrics.csv. */
export interface EpochRow {
  readonly epoch: number;
  readonly learningRate: number;
  readonly trainLoss: number | null;
  readonly trainAccuracy: number | null;
  readonly embeddingNorm: number | null;
  readonly maskNorm: number | null;
  readonly validationLoss: number | null;
  readonly validationAccuracy: number | null;
  /** Validation accuracy by notion. */
  readonly notions: readonly (number | null)[];
  /** Better on validation than every epoch before. */
  readonly isBest: boolean;
}

/** `GET /api/analysis`: accuracy and leakage on triplets, as far as they are known. */
export type AnalysisState =
  | {
    readonly state: "unknown";
    /** Why a report's analysis that lies there is not shown; null where there is none. */
    readonly stale: string | null;
    /** Why it cannot be computed; null where it can. */
    readonly refusal: string | null;
  }
  | {
    readonly state: "running";
    /** What is being done: "Embedding images". */
    readonly what: string;
    /** How far that is, 0 to 1; null where it is not known. */
    readonly share: number | null;
  }
  | { readonly state: "failed"; readonly error: string }
  | { readonly state: "known"; readonly analysis: AnalysisInfo };

/** What was measured on one split. Lists by notion follow the model's. */
export interface AnalysisInfo {
  /** Where it comes from. */
  readonly from: "report" | "computed";
  readonly split: string;
  /** The image set, as it is shown. */
  readonly data: string;
  readonly notions: readonly string[];
  readonly triplets: readonly number[];
  /** Of all triplets, then of each notion's. */
  readonly accuracy: readonly ShareEstimate[];
  /** What the intervals are over: "images", or "groups" of them. */
  readonly units: string;
  /** What is to be kept in mind: whether the model was trained on these images, too few of them. */
  readonly remarks: readonly string[];
  readonly leakage: LeakageInfo;
}

/** A share, 0 to 1, and its 95 % interval. */
export interface ShareEstimate {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** Errors of one notion's triplets under each mask, see `Leakage` of an analysis. */
export interface LeakageInfo {
  /** The notions, then "no mask". */
  readonly columns: readonly string[];
  /** [notion of the triplets][column] */
  readonly error: readonly (readonly ShareEstimate[])[];
  /** [notion of the triplets][notion]; null where the set knows no values. */
  readonly baseline: readonly (readonly (number | null)[])[] | null;
  /** The baseline less the error. */
  readonly excess: readonly (readonly (ShareEstimate | null)[])[] | null;
}

// Check

/** `GET /api/suspects?notion=&split=&count=`: triplets that the model finds in the wrong order. */
export interface SuspectsAnswer {
  /** The worst first. */
  readonly suspects: readonly SuspectInfo[];
  /** In the wrong order, and in all. */
  readonly wrong: number;
  readonly total: number;
  /** The notion's place in the model. */
  readonly notionIndex: number;
  readonly marks: MarksInfo;
}

/** A triplet whose label may be wrong. */
export interface SuspectInfo {
  /** Its place in its list, from 0 on. */
  readonly place: number;
  readonly anchor: ImageInfo;
  readonly far: ImageInfo;
  readonly near: ImageInfo;
  /** Distances from the anchor by the notion. */
  readonly farDistance: number;
  readonly nearDistance: number;
  /** What was said of it last. */
  readonly mark: TripletMark | null;
}

/** Whether a triplet's label is right. */
export type TripletMark = "right" | "wrong";

/** `POST /api/check`: what somebody says of a triplet; answered with `MarksInfo` once it is kept. */
export interface MarkAsked {
  readonly notion: string;
  /** Anchor, far and near. */
  readonly images: readonly [number, number, number];
  /** Null takes back what was said before. */
  readonly is: TripletMark | null;
  /** Who says so, and when, as an ISO text. */
  readonly by: string;
  readonly at: string;
}

/** The list that marks are written to. */
export interface MarksInfo {
  /** Its file, as it is shown. */
  readonly file: string;
  /** Why nothing can be written there; null where it can. */
  readonly refusal: string | null;
  /** Triplets that are marked so. */
  readonly right: number;
  readonly wrong: number;
}

// Label and teach

/** `GET /api/label`: what there is to go on with. */
export interface LabelInfo {
  /** Where answers are written, as it is shown. */
  readonly folder: string;
  /** Why nothing can be written there; null where it can. */
  readonly refusal: string | null;
  /** Notions that were begun. */
  readonly notions: readonly BegunNotion[];
  /** Columns of values that are no notion of the model, and can be taught from. */
  readonly columns: readonly { readonly name: string; readonly images: number }[];
}

/** A notion that there are answers or values of; null where they are about other images. */
export interface BegunNotion {
  readonly name: string;
  /** Answers to questions; 0 for none. */
  readonly answers: number | null;
  /** Images that were given a value; 0 for none. */
  readonly values: number | null;
}

/** Who is asked, in which tab: no two tabs are asked the same at once. */
export interface Asked {
  readonly notion: string;
  readonly by: string;
  readonly tab: string;
}

/** A question by the indices of its images, and when it was answered, as an ISO text. */
export interface AnsweredQuestion {
  readonly anchor: number;
  readonly left: number;
  readonly right: number;
  readonly at: string;
}

/** `POST /api/label/answer`; answered with the next question once it is kept. */
export interface AnswerAsked extends Asked, AnsweredQuestion {
  /** Which is more alike; null where the annotator cannot say. */
  readonly chosen: "left" | "right" | null;
}

/** `POST /api/label/undo`: takes back an answer, null for the annotator's last one. */
export interface UndoAsked extends Asked {
  readonly answer: AnsweredQuestion | null;
}

/** `POST /api/label/question`: which of `left` and `right` is more like `anchor`? */
export interface QuestionAnswer {
  readonly anchor: ImageInfo;
  readonly left: ImageInfo;
  readonly right: ImageInfo;
  readonly answers: AnswersInfo;
}

/** The answers by a notion. */
export interface AnswersInfo {
  /** Their file, as it is shown. */
  readonly file: string;
  readonly answers: number;
  readonly cannotSay: number;
  /** Questions that were answered both ways. */
  readonly contradictions: number;
  readonly annotators: number;
  /** Of who asks. */
  readonly own: number;
  /** With him- or herself, on questions that were asked again. */
  readonly self: AgreementInfo;
  /** Of different annotators. */
  readonly others: AgreementInfo;
}

/** How often answers to the same question are the same. */
export interface AgreementInfo {
  /** Questions that were answered so. */
  readonly questions: number;
  readonly share: SharedInterval | null;
}

/** A share, 0 to 1, and its 95 % interval. */
export interface SharedInterval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** `POST /api/values/next`: what images a value is asked of, and what was given. */
export interface ValuesAnswer {
  /** The image that is asked about; null where all images have a value. */
  readonly image: ImageInfo | null;
  /** The values, in the order in which they were first given. */
  readonly values: readonly ValueInfo[];
  /** The list that they are written to, as it is shown. */
  readonly file: string;
  /** Images that have a value. */
  readonly images: number;
  /** Whether the person who asks has given any. */
  readonly isOwn: boolean;
  readonly annotators: number;
  /** Images that people gave different values. */
  readonly disputed: number;
}

/** A value that images were given. */
export interface ValueInfo {
  readonly value: string;
  /** How many have it. */
  readonly images: number;
  /** The last that was given it. */
  readonly example: ImageInfo;
}

/** Images that were given a value at once, and when, as an ISO text. */
export interface ValuedImages {
  readonly images: readonly number[];
  readonly at: string;
}

/** `POST /api/values/give`; answered as `next` once it is kept. */
export interface ValueGiven extends Asked, ValuedImages {
  readonly value: string;
}

/** `POST /api/values/skip`: asks about another image. */
export interface ImageSkipped extends Asked {
  readonly image: number;
}

/** `POST /api/values/undo`: takes back what was given, null for the person's last. */
export interface ValueUndo extends Asked {
  readonly given: ValuedImages | null;
}

/** What a notion is taught from: answers to questions, values that were given, or a column. */
export type TaughtFrom =
  | { readonly from: "answers" }
  | { readonly from: "values" }
  | { readonly from: "column"; readonly column: string };

/** `POST /api/teach` */
export type TeachAsked = TaughtFrom & { readonly notion: string };

/** `POST /api/teach/keep`: writes a copy of the model with the notion as `name`. */
export type KeepAsked = TeachAsked & {
  readonly name: string;
  readonly file: string;
  /** Also where it is not learnable. */
  readonly anyway: boolean;
};

/** `POST /api/teach`: a notion that was fitted. */
export interface TaughtInfo {
  readonly notion: string;
  readonly from: "triplets" | "values";
  /** Answers, or triplets drawn from values. */
  readonly answers: number;
  readonly images: number;
  readonly contradictions: number;
  /** Dimensions that count, of how many. */
  readonly dimensions: number;
  readonly of: number;
  /** Of what was left out of the fit. */
  readonly accuracy: SharedInterval;
  readonly chance: number;
  /** The notions that there are, on the same answers. */
  readonly known: readonly { readonly notion: string; readonly accuracy: SharedInterval }[];
  /** The best of them. */
  readonly best: string | null;
  readonly verdict: string;
  /** The verdict in a plain sentence. */
  readonly text: string;
}

/** `POST /api/teach/keep`: the copy of the model that was written. */
export interface KeptModel {
  /** As it is shown. */
  readonly file: string;
  /** What the notion is called in it. */
  readonly name: string;
}
