import { Readable } from "node:stream";
import { createInterface } from "node:readline";
import { CsnError, messageOf } from "../../../base/errors.ts";
import { fieldsRow } from "./fields_row.ts";
import { parseJson } from "./parse_json.ts";
import { readHead, readText } from "./read_text.ts";
import type { Table, TableOptions, TableRow } from "./table.ts";

/**
 * Opens a table of JSON Lines: an object a line, whose fields are the columns; one may be left out.
 */
export async function readJsonLines(file: string, options: TableOptions): Promise<Table> {
  const { encoding } = await readHead(file, options.encoding);
  for await (const { fields } of objectsOf(file, encoding)) {
    return {
      file,
      columns: Object.keys(fields),
      mayHaveMore: true,
      understood: encoding === "utf-8" ? [] : [`its text is ${encoding}`],
      rows: () => rowsOf(file, encoding),
    };
  }
  throw new CsnError(`Cannot read ${file}: it is empty; write a JSON object a line`);
}

interface Line {
  readonly place: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

async function* objectsOf(file: string, encoding: string): AsyncGenerator<Line> {
  const source = Readable.from(readText(file, encoding));
  try {
    let place = 0;
    for await (const line of createInterface({ input: source, crlfDelay: Infinity })) {
      place++;
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
    parsed = parseJson(text);
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

async function* rowsOf(file: string, encoding: string): AsyncGenerator<TableRow> {
  for await (const { place, fields } of objectsOf(file, encoding)) {
    const row = fieldsRow(file, place, fields);
    if (row !== null) yield row;
  }
}
