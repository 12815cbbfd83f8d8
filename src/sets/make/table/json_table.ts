/** Rows as objects, whose fields are the columns. */
export type Objects = readonly Readonly<Record<string, unknown>>[];

/** Rows, and what was understood of the form that they were found in, in words. */
export interface JsonTable {
  readonly objects: Objects;
  readonly understood: readonly string[];
}
