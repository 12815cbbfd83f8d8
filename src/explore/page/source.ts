/** Where the page gets what it shows: a server, or exported files. */
import { type Signal, signal } from "@preact/signals";
import type {
  AnalysisState,
  AnswerAsked,
  Asked,
  AtlasInfo,
  DimensionAnswer,
  EmbeddedPicture,
  ExploredInfo,
  FoundAnswer,
  HardTriplets,
  ImageInfo,
  ImageSkipped,
  KeepAsked,
  KeptModel,
  LabelInfo,
  ListedImages,
  MapsInfo,
  MarkAsked,
  MarksInfo,
  MaskEpochs,
  MasksAnswer,
  NeighboursAnswer,
  NeighboursAsked,
  OpeningInfo,
  PointValues,
  QuestionAnswer,
  RunEpochs,
  RunsAnswer,
  SuspectsAnswer,
  TaughtInfo,
  TeachAsked,
  UndoAsked,
  ValueGiven,
  ValuesAnswer,
  ValueUndo,
} from "../protocol.ts";

/** Everything that the page asks. Promises reject with an Error whose message people can read. */
export interface Source {
  /** What is explored, or how far it is being opened. */
  explored(): Promise<ExploredInfo | OpeningInfo>;
  /** Rows of neighbours. */
  neighbours(asked: NeighboursAsked, signal?: AbortSignal): Promise<NeighboursAnswer>;
  /** Images and values by what they are called. */
  find(text: string, signal?: AbortSignal): Promise<FoundAnswer>;
  /** Images that meet conditions, evenly over them. */
  images(where: readonly string[], count: number, signal?: AbortSignal): Promise<ListedImages>;
  /** Triplets in the wrong order, the worst first. */
  triplets(asked: TripletsAsked, signal?: AbortSignal): Promise<HardTriplets>;
  /** A small square picture of an image; null where there is none. */
  thumbnail(index: number): Picture | null;
  /** The picture of an image; null where there is none. */
  picture(index: number): Picture | null;
  /** Embeds an own picture; null where that needs a server. */
  readonly embed: ((picture: Blob, signal?: AbortSignal) => Promise<EmbeddedPicture>) | null;

  // Maps
  /** Which maps there are, and how far each is. Asking begins the work. */
  maps(signal?: AbortSignal): Promise<MapsInfo>;
  /** [points]: the image that each point is. */
  mapPoints(signal?: AbortSignal): Promise<Uint32Array>;
  /** Where the points lie on the map of a notion, or of the unmasked embedding, "": [points, 2]. */
  mapLayout(notion: string, signal?: AbortSignal): Promise<Float32Array>;
  /** A column's values of the points. */
  mapValues(column: string, signal?: AbortSignal): Promise<PointValues>;
  /** [points]: 1 for those that meet conditions, else 0. */
  mapKept(where: readonly string[], signal?: AbortSignal): Promise<Uint8Array>;
  /** The small pictures of the points; null where there are none. */
  atlas(signal?: AbortSignal): Promise<AtlasInfo | null>;
  /** A sheet of them. */
  atlasSheet(atlas: AtlasInfo, sheet: number, signal?: AbortSignal): Promise<Blob>;
  /** What is known of some images. */
  infos(indices: readonly number[], signal?: AbortSignal): Promise<readonly ImageInfo[]>;
  /** The picture of an image. Rejects with why it cannot be shown. */
  wholePicture(index: number, signal?: AbortSignal): Promise<Blob>;

  // Masks and curves

  /** The model's masks. */
  masks(): Promise<MasksAnswer>;
  /** Those of its run by epoch. */
  maskEpochs(since: Since): Promise<MaskEpochs>;
  /** The `count` images at each end of a dimension. */
  dimension(dimension: number, count: number, signal?: AbortSignal): Promise<DimensionAnswer>;
  /** The model's run, and those beside it. */
  runs(): Promise<RunsAnswer>;
  /** What a run measured by epoch. */
  epochs(run: string, since: Since): Promise<RunEpochs>;
  /** Accuracy and leakage on a split. */
  analysis(split: string): Promise<AnalysisState>;
  /** Begins or stops to compute that; null where it needs a server. */
  readonly compute: ((split: string, what: "begin" | "stop") => Promise<AnalysisState>) | null;

  // Label and teach
  /** Null where that needs a server. */
  readonly labels: LabelSource | null;

  // Check
  /** Triplets whose labels may be wrong, the worst first. */
  suspects(asked: TripletsAsked): Promise<SuspectsAnswer>;
  /** Keeps what somebody says of one; null where that needs a server. */
  readonly mark: ((mark: MarkAsked) => Promise<MarksInfo>) | null;
}

/** The address of a picture, or a part of a sheet of pictures. */
export type Picture = string | SheetPart;

/** A square part of a sheet, in pixels. */
export interface SheetPart {
  /** The sheet's address. */
  readonly sheet: string;
  readonly width: number;
  readonly height: number;
  /** Of its upper left corner. */
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

/** What of a run the page has already: nothing at first. */
export interface Since {
  readonly generation: string;
  /** How many items of that generation. */
  readonly after: number;
}

/** Questions to people, values that they give, and what these teach. */
export interface LabelSource {
  /** What there is to go on with. */
  info(): Promise<LabelInfo>;
  /** The question that a tab is asked. */
  question(asked: Asked): Promise<QuestionAnswer>;
  /** Keeps an answer, and asks the next question. */
  answer(answer: AnswerAsked): Promise<QuestionAnswer>;
  /** Takes an answer back, and asks its question again. */
  undo(undo: UndoAsked): Promise<QuestionAnswer>;
  /** The image that a tab is asked to give a value, and the values that were given. */
  nextImage(asked: Asked): Promise<ValuesAnswer>;
  /** Keeps a value of images, and asks about the next one. */
  give(given: ValueGiven): Promise<ValuesAnswer>;
  /** Asks about another image. */
  skip(skipped: ImageSkipped): Promise<ValuesAnswer>;
  /** Takes a value back, and asks about its image again. */
  undoValue(undo: ValueUndo): Promise<ValuesAnswer>;
  /** Fits a notion to what there is. */
  teach(asked: TeachAsked): Promise<TaughtInfo>;
  /** Fits it, and writes a copy of the model with it. */
  keep(asked: KeepAsked): Promise<KeptModel>;
}

/** Which triplets. */
export interface TripletsAsked {
  readonly notion: string;
  readonly split: string;
  readonly count: number;
}

/**
 * Whether the source answers: "lost" while it does not. It counts up each time that it comes back
 * so that views ask again: read it in the effect that asks.
 */
export const connection: Signal<{ readonly isLost: boolean; readonly comebacks: number }> = signal({
  isLost: false,
  comebacks: 0,
});

/** The source answers again: views ask again. */
export function comeBack(): void {
  connection.value = { isLost: false, comebacks: connection.value.comebacks + 1 };
}

/** What went wrong, for the line that can be closed; null where nothing did. */
export const trouble: Signal<string | null> = signal(null);

/** Shows what went wrong; what was stopped on purpose, or a lost server, is no news. */
export function report(error: unknown): void {
  if (error instanceof DOMException && error.name === "AbortError") return;
  if (error instanceof LostError) return;
  trouble.value = error instanceof Error ? error.message : String(error);
}

/** A picture that cannot be shown. */
export class PictureError extends Error {
  override readonly name = "PictureError";

  /** In one word, such as "gone", and in a sentence. */
  constructor(readonly state: string, message: string) {
    super(message);
  }
}

/** Nobody answers. */
export class LostError extends Error {
  override readonly name = "LostError";
}
