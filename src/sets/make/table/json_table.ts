/** Rows as objects, whose fields are the columns. */
export type Objects = readonly Readonly<Record<string, unknown>>[];

/** Rows, and what was understood of the form that they were found in, in words. */
export interface JsonTable {
  readonly objects: Objects;
  readonly understood: readonly string[];
}

/** Whether a JSON value is an object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
