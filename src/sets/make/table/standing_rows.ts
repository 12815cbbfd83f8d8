import { findGivenColumns, StandingValues } from "../../given_values.ts";
import type { Cell, Table } from "./table.ts";

/**
 * A table of which those rows are left that count, if it is a list of values that people gave to
 * images; another table as it is.
 */
export async function standingRows(table: Table): Promise<Table> {
  const columns = findGivenColumns(table.columns);
  if (columns === null) return table;
  const standing = new StandingValues<string, number>();
  let all = 0;
  const names = [columns.file, columns.value, columns.by];
  for await (const row of table.rows(names, () => {})) {
    const [image, value, by] = names.map((name) => textOf(row.cell(name)));
    standing.add(image, { by, value }, row.place);
    all++;
  }
  const places = new Set([...standing.counting()].map(([, place]) => place));
  const left = all - places.size;
  const why = `${left} of its ${all} rows do not count: the value was taken back, or given anew`;
  return {
    ...table,
    givenValues: columns,
    understood: left === 0 ? table.understood : [...table.understood, why],
    ...table.size === undefined ? {} : { size: places.size },
    rows: async function* (asked, onSkipped) {
      for await (const row of table.rows(asked, onSkipped)) {
        if (places.has(row.place)) yield row;
      }
    },
  };
}

function textOf(cell: Cell): string {
  return typeof cell === "string" ? cell.trim() : cell.join(", ");
}
