import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { CsnError, messageOf } from "../../errors.ts";
import { cellError, cellOf, type Table, type TableRow } from "./table.ts";

/** Opens a table of JSON Lines: an object a line, whose fields are the columns; one may be left out. */
export async function readJsonLines(file: string): Promise<Table> {
  const objects = objectsOf(file);
  const first = await objects.next();
  if (first.done) {
    throw new CsnError(`Cannot read ${file}: it is empty; write a JSON object a line`);
  }
  return {
    file,
    columns: Object.keys(first.value.fields),
    mayHaveMore: true,
    rows: rowsOf(file, first.value, objects),
  };
}

interface Line {
  readonly place: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

async function* objectsOf(file: string): AsyncGenerator<Line> {
  const source = createReadStream(file);
  try {
    let place = 0;
    for await (const text of createInterface({ input: source, crlfDelay: Infinity })) {
      place++;
      const line = place === 1 ? text.replace(/^\ufeff/, "") : text;
      if (line.trim() !== "") yield { place, fields: parseLine(file, place, line) };
    }
  } catch (error) {
    if (error instanceof CsnError) throw error;
    throw new CsnError(`Cannot read ${file}: ${messageOf(error)}`, { cause: error });
  } finally {
    source.destroy();
  }
}

function parseLine(file: string, place: number, text: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new CsnError(`${file}:${place}: the line is no JSON (${messageOf(error)})`, {
      cause: error,
    });
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw new CsnError(
      `${file}:${place}: the line is no JSON object; write one such as {"image": "1.jpg", "colour": "red"}`,
    );
  }
  return parsed as Record<string, unknown>;
}

async function* rowsOf(
  file: string,
  first: Line,
  others: AsyncGenerator<Line>,
): AsyncGenerator<TableRow> {
  yield rowOf(file, first);
  for await (const line of others) yield rowOf(file, line);
}

function rowOf(file: string, { place, fields }: Line): TableRow {
  return {
    place,
    cell: (column) => {
      const value = Object.hasOwn(fields, column) ? fields[column] : "";
      const cell = cellOf(value);
      if (cell !== null) return cell;
      throw cellError(
        file,
        place,
        column,
        `${JSON.stringify(value)} is neither a text, a number, a truth value nor a list of them`,
      );
    },
  };
}
