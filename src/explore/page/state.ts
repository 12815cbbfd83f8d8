/**
 * All that the page shows, as signals, and the same in the part of its address behind "#": a link
 * and the browser's back button bring it back. This file alone reads and writes the address. A view
 * adds its signals in a section of its own, by `field`.
 */
import { batch, effect, type Signal, signal } from "@preact/signals";
import { embeddingOf } from "./embedding_text.ts";
import { type Camera, readCamera, writeCamera } from "./maps/camera.ts";

/** How a value stands in the address; null where it is what it is without a word. */
interface Codec<Value> {
  readonly write: (value: Value) => string | null;
  /** Of null: what it is without a word. What makes no sense is taken as null. */
  readonly read: (text: string | null) => Value;
}

/** A signal that the address holds. */
interface Field {
  readonly key: string;
  /** Whether a change is a step to go back from. */
  readonly isStep: boolean;
  readonly write: () => string | null;
  readonly read: (text: string | null) => void;
}

const fields: Field[] = [];

/**
 * A signal that the address holds as `key`. `isStep`: a change of it is a step that the back button
 * undoes; other changes only change the step that is shown.
 */
export function field<Value>(
  key: string,
  codec: Codec<Value>,
  { isStep = false }: { readonly isStep?: boolean } = {},
): Signal<Value> {
  const state = signal(codec.read(null));
  fields.push({
    key,
    isStep,
    write: () => codec.write(state.value),
    read: (text) => {
      // An equal value is no change, by whatever object it is.
      if (codec.write(codec.read(text)) !== codec.write(state.peek())) {
        state.value = codec.read(text);
      }
    },
  });
  return state;
}

/** One of some words; the first without a word. */
export function word<Word extends string>(...words: readonly Word[]): Codec<Word> {
  return {
    write: (value) => value === words[0] ? null : value,
    read: (text) => words.find((each) => each === text) ?? words[0],
  };
}

/** Any text. */
export const text: Codec<string> = {
  write: (value) => value === "" ? null : value,
  read: (given) => given ?? "",
};

/** A whole number, or none. */
export const wholeOrNone: Codec<number | null> = {
  write: (value) => value === null ? null : String(value),
  read: (given) => given !== null && /^\d{1,10}$/.test(given) ? Number(given) : null,
};

/** A whole number within limits. */
export function whole(least: number, most: number, otherwise: number): Codec<number> {
  return {
    write: (value) => value === otherwise ? null : String(value),
    read: (given) => {
      const value = wholeOrNone.read(given);
      return value === null || value < least || value > most ? otherwise : value;
    },
  };
}

/** Whether something is so. */
export function yes(otherwise: boolean): Codec<boolean> {
  return {
    write: (value) => value === otherwise ? null : value ? "1" : "0",
    read: (given) => given === null ? otherwise : given === "1",
  };
}

/** Texts in an order. */
export const texts: Codec<readonly string[]> = {
  write: (values) => values.length === 0 ? null : values.map(apart).join(","),
  read: (given) => given === null || given === "" ? [] : given.split(",").map(decoded),
};

/** Numbers by name. */
export const numbersByName: Codec<Readonly<Record<string, number>>> = {
  write: (values) => {
    const all = Object.entries(values);
    if (all.length === 0) return null;
    return all.map(([name, value]) => `${apart(name)}:${value}`).join(",");
  },
  read: (given) => {
    const all = given === null || given === "" ? [] : given.split(",");
    return Object.fromEntries(all.flatMap((each): [string, number][] => {
      const [name, value] = each.split(":");
      return value === undefined || !Number.isFinite(Number(value))
        ? []
        : [[decoded(name), Number(value)]];
    }));
  },
};

/** A text without the characters that part texts. */
function apart(text: string): string {
  return text.replace(/[%,:]/g, encodeURIComponent);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

// The page

/** What the page can show; a view adds itself here and in main.tsx. */
export const viewNames = ["neighbours", "maps", "masks", "curves", "label", "check"] as const;

/** One of them. */
export type ViewName = typeof viewNames[number];

/** The view that is shown. */
export const view: Signal<ViewName> = field("view", word(...viewNames), { isStep: true });

/** What the images were when the address was written, see `ExploredInfo.stamp`. */
export const stamp: Signal<string> = field("set", text);

// The query, which views share

/** The image that is searched from; null where none is. */
export const query: Signal<number | null> = field("q", wholeOrNone, { isStep: true });

/** The embedding of an own picture that is searched from, base64 of float32; "" where none is. */
export const ownQuery: Signal<string> = field("own", {
  write: text.write,
  read: (given) => given !== null && embeddingOf(given) !== null ? given : "",
}, { isStep: true });

/** The images that were queries before, the last one last. */
export const trail: Signal<readonly number[]> = field("trail", {
  write: (values) => values.length === 0 ? null : values.join("."),
  read: (given) => (given ?? "").split(".").filter((each) => /^\d{1,10}$/.test(each)).map(Number),
});

/** Conditions that images must meet. */
export const where: Signal<readonly string[]> = field("where", texts, { isStep: true });

/** A longer list would make an address that no program passes on. */
const mostSelectedInAddress = 200;

// Neighbours

/** What is shown of the neighbours. */
export const mode: Signal<"nearest" | "farthest" | "triplets"> = field(
  "mode",
  word("nearest", "farthest", "triplets"),
  { isStep: true },
);

/** How many neighbours a row has. */
export const perRow: Signal<number> = field("k", whole(1, 60, 12));

/** The mixer: by notion, above 0 to be alike, below 0 to be unlike; notions that are not named are 0. */
export const weights: Signal<Readonly<Record<string, number>>> = field("mix", numbersByName);

/** Whether the mixer's notions are balanced. */
export const isBalanced: Signal<boolean> = field("balanced", yes(true));

/** The split whose triplets are shown. */
export const split: Signal<string> = field("split", text);

// Maps

/** All maps side by side, or one large one. */
export const mapMode: Signal<"side" | "one"> = field("maps", word("side", "one"), { isStep: true });

/** The notion of the one large map; "" is the unmasked embedding. */
export const mapNotion: Signal<string> = field("map", text, { isStep: true });

/** What points are coloured by: "" each map's own notion, "-" nothing, else a column in quotes. */
export const mapColour: Signal<string> = field("colour", text);

/** Which part of the maps is seen; null is all. */
export const mapCamera: Signal<Camera | null> = field("camera", {
  write: (camera) => camera === null ? null : writeCamera(camera),
  read: readCamera,
});

/** Whether maps show pictures, besides dots. */
export const mapPictures: Signal<boolean> = field("pictures", yes(true));

/** Images that are selected. An address holds so many of them at most. */
export const selection: Signal<readonly number[]> = field("selected", {
  write: (images) =>
    images.length === 0 || images.length > mostSelectedInAddress ? null : images.join("."),
  read: (given) => (given ?? "").split(".").filter((each) => /^\d{1,10}$/.test(each)).map(Number),
});

// Masks and curves

/** How masks are drawn. */
export const maskChart: Signal<"stacked" | "apart" | "heat"> = field(
  "bars",
  word("stacked", "apart", "heat"),
);

/** What their bars show: the masks, or each dimension's part in the notion's squared distance. */
export const maskMeasure: Signal<"mask" | "share"> = field("measure", word("mask", "share"));

/** By what dimensions are sorted: "" their numbers, "uses", or the number of a notion. */
export const maskOrder: Signal<string> = field("sort", text);

/** The dimension whose pictures are shown; null where none is chosen. */
export const dimension: Signal<number | null> = field("dim", wholeOrNone, { isStep: true });

/** The epoch that is looked at, in masks and curves alike; null: the model's. */
export const epoch: Signal<number | null> = field("epoch", wholeOrNone);

/** Names of the runs whose curves are shown beside the model's own. */
export const runsShown: Signal<readonly string[]> = field("runs", texts);

/** The notion whose accuracy is drawn, by its name; "": all of them. */
export const accuracyOf: Signal<string> = field("of", text);

/** The split whose accuracy and leakage are shown; "": the test split. */
export const analysisSplit: Signal<string> = field("on", text);

// Label

/** The notion that is labelled; "" for none. */
export const labelled: Signal<string> = field("label", text, { isStep: true });

/** How it is taught: by answers to questions, by values of images, or from a column of values. */
export const labelWay: Signal<"answers" | "values" | "column"> = field(
  "by",
  word("answers", "values", "column"),
  { isStep: true },
);

/** The column that it is taught from. */
export const labelColumn: Signal<string> = field("column", text, { isStep: true });

// Check

/** The notion whose suspects are checked, and the split; "" for the first. */
export const checkNotion: Signal<string> = field("suspects", text, { isStep: true });
export const checkSplit: Signal<string> = field("list", text, { isStep: true });

// The address

/** How many queries before are remembered. */
const longestTrail = 12;

/** Remembers the query that another one will replace. */
export function remember(): void {
  const before = query.peek();
  if (before !== null) trail.value = [...trail.peek(), before].slice(-longestTrail);
}

/** Makes an image the query, and remembers the one before. */
export function goTo(image: number): void {
  if (query.peek() === image && ownQuery.peek() === "") return;
  batch(() => {
    remember();
    ownQuery.value = "";
    query.value = image;
  });
}

/** Makes a query of the trail the query again; those after it are forgotten. */
export function returnTo(place: number): void {
  batch(() => {
    ownQuery.value = "";
    query.value = trail.peek()[place];
    trail.value = trail.peek().slice(0, place);
  });
}

/** The state as it stands in the address. */
export function written(): string {
  const words = fields.flatMap(({ key, write }): [string, string][] => {
    const value = write();
    return value === null ? [] : [[key, value]];
  });
  // An address may hold these as they are.
  return new URLSearchParams(words).toString().replace(/%(?:2C|3A|3D)/g, decodeURIComponent);
}

/** Takes the state from an address. */
function read(hash: string): void {
  const words = new URLSearchParams(hash.replace(/^#/, ""));
  for (const { key, read } of fields) read(words.get(key));
}

/** Browsers refuse to write an address many times a second. */
const writeAfterMs = 200;

/** From now on the state and the address follow each other. */
export function followAddress(): void {
  batch(() => read(location.hash));
  let steps = stepsOf();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const write = (how: "pushState" | "replaceState") => {
    clearTimeout(timer);
    const hash = `#${written()}`;
    if (hash !== (location.hash || "#")) history[how](null, "", hash);
  };
  const take = () => {
    clearTimeout(timer);
    batch(() => {
      read(location.hash);
      // What came from the address is no step of its own.
      steps = stepsOf();
    });
  };
  addEventListener("popstate", take);
  addEventListener("hashchange", take);
  addEventListener("pagehide", () => write("replaceState"));
  effect(() => {
    written();
    const now = stepsOf();
    clearTimeout(timer);
    if (now === steps) timer = setTimeout(() => write("replaceState"), writeAfterMs);
    else write("pushState");
    steps = now;
  });
}

/** What is a step to go back from. */
function stepsOf(): string {
  return fields.filter(({ isStep }) => isStep).map(({ write }) => write() ?? "").join("\n");
}
