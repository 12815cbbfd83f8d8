/** Names and values of exported images as JSON: texts that occur often stand in it once. */
import type { ValueColumns } from "../../search/where.ts";
import type { Attribute } from "../../sets/attribute.ts";
import { NamedColumns } from "../../sets/named_columns.ts";
import type { ExploredImages } from "../explored_images.ts";

/** The file. Lists are by image. */
export interface ImagesFile {
  readonly names: readonly string[];
  readonly columns: readonly CodedColumn[] | null;
  /** What a column is listed as, by another name of it. */
  readonly otherNames: Readonly<Record<string, string>>;
  /** By notion of the set; null where nothing is known of the images. */
  readonly notions: readonly CodedNotion[] | null;
}

/** Values of which an image has none, one or several. */
interface CodedColumn {
  readonly name: string;
  readonly values: readonly string[];
  /** Positions in `values`. */
  readonly codes: readonly (readonly number[])[];
}

/** What is known of images by a notion. */
interface CodedNotion extends CodedColumn {
  /** Each image's value as it is spelt: a position in `spelt`. */
  readonly texts: readonly number[];
  readonly spelt: readonly string[];
  readonly kind: Attribute["kind"];
  /** Of an ordinal notion, null for what is not known; of others null. */
  readonly numbers: readonly (number | null)[] | null;
  /** Of an ordinal notion: up to and from which difference images are alike and unlike. */
  readonly alike: number | null;
  readonly unlike: number | null;
}

/** What is known of images, as the file holds it. */
export function writeImages(
  { embeddings, columns, values }: ExploredImages,
  otherNames: ReadonlyMap<string, string>,
): ImagesFile {
  return {
    names: embeddings.names,
    columns: columns === null ? null : [...columns].map(([name, cells]) => coded(name, cells)),
    otherNames: Object.fromEntries(otherNames),
    notions: values === null ? null : [...values.attributes].map(([name, attribute]) => {
      return codedNotion(name, attribute, values.texts.get(name)!);
    }),
  };
}

/** What the file holds, as searches need it. */
export function readImages(
  { names, columns, otherNames, notions }: ImagesFile,
): Pick<ExploredImages, "columns" | "values"> & { readonly names: readonly string[] } {
  return {
    names,
    columns: columns === null ? null : columnsOf(columns, otherNames),
    values: notions === null ? null : {
      attributes: new Map(notions.map((notion) => [notion.name, attributeOf(notion)])),
      texts: new Map(notions.map(({ name, texts, spelt }) => [name, texts.map((at) => spelt[at])])),
    },
  };
}

function columnsOf(
  columns: readonly CodedColumn[],
  otherNames: Readonly<Record<string, string>>,
): ValueColumns {
  const named = new NamedColumns(new Map(Object.entries(otherNames)));
  for (const column of columns) named.set(column.name, cellsOf(column));
  return named;
}

function cellsOf({ values, codes }: CodedColumn): string[][] {
  return codes.map((cell) => cell.map((code) => values[code]));
}

function attributeOf(notion: CodedNotion): Attribute {
  switch (notion.kind) {
    case "categorical":
      return { kind: "categorical", values: cellsOf(notion).map((cell) => cell[0] ?? "") };
    case "multi":
      return { kind: "multi", values: cellsOf(notion) };
    case "ordinal":
      return {
        kind: "ordinal",
        values: notion.numbers!.map((value) => value ?? NaN),
        alike: notion.alike!,
        unlike: notion.unlike!,
      };
  }
}

function codedNotion(
  name: string,
  attribute: Attribute,
  texts: readonly string[],
): CodedNotion {
  const spelt = coded(name, texts.map((text) => [text]));
  const isOrdinal = attribute.kind === "ordinal";
  const cells = isOrdinal
    ? []
    : attribute.values.map((value) =>
      typeof value !== "string" ? value : value === "" ? [] : [value]
    );
  return {
    ...coded(name, cells),
    texts: spelt.codes.flat(),
    spelt: spelt.values,
    kind: attribute.kind,
    numbers: isOrdinal ? attribute.values.map((value) => Number.isNaN(value) ? null : value) : null,
    alike: isOrdinal ? attribute.alike : null,
    unlike: isOrdinal ? attribute.unlike : null,
  };
}

function coded(name: string, cells: readonly (readonly string[])[]): CodedColumn {
  const known = new Map<string, number>();
  const codes = cells.map((cell) =>
    cell.map((value) => {
      const found = known.get(value);
      if (found !== undefined) return found;
      known.set(value, known.size);
      return known.size - 1;
    })
  );
  return { name, values: [...known.keys()], codes };
}
