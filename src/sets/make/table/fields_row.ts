import { shown } from "../../../base/errors.ts";
import { cellError, cellOf, type TableRow } from "./table.ts";

/**
 * A row of a typed format; null when no field has a value. Columns with whole numbers that a double
 * may have rounded are added to `rounded`.
 */
export function fieldsRow(
  file: string,
  place: number,
  fields: Readonly<Record<string, unknown>>,
  rounded?: Set<string>,
): TableRow | null {
  if (Object.values(fields).every(isNothing)) return null;
  return {
    place,
    cell: (column) => {
      const value = Object.hasOwn(fields, column) ? fields[column] : "";
      if (Number.isInteger(value) && !Number.isSafeInteger(value)) rounded?.add(column);
      const cell = cellOf(value);
      if (cell !== null) return cell;
      throw cellError(
        file,
        place,
        column,
        `${shown(value)} is neither a text, a number, a truth value, a time nor a list of them`,
      );
    },
  };
}

function isNothing(value: unknown): boolean {
  return value === null || value === undefined ||
    (typeof value === "string" && value.trim() === "");
}
