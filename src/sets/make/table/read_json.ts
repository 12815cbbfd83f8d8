import { isObject } from "../../../base/json_values.ts";
import { CsnError, messageOf } from "../../../base/errors.ts";
import { hasImageEnding } from "../../../images/list_images.ts";
import { cocoObjects, isCoco } from "./coco.ts";
import { fieldsRow } from "./fields_row.ts";
import { parseJson } from "./parse_json.ts";
import { readHead, readText } from "./read_text.ts";
import type { JsonTable, Objects } from "./json_table.ts";
import type { Table, TableOptions, TableRow } from "./table.ts";

/** A text of more bytes cannot be held. */
const mostBytes = 500_000_000;

/**
 * Opens a JSON file: a list of objects, whose fields are the columns; annotations as COCO has them;
 * an object whose fields are columns, as pandas and `dict`s of lists are written; or one whose
 * fields are images.
 */
export async function readJson(file: string, options: TableOptions): Promise<Table> {
  const { encoding } = await readHead(file, options.encoding);
  const { size } = await Deno.stat(file);
  if (size > mostBytes) {
    throw new CsnError(
      `Cannot read ${file}: it has ${size} bytes, more than JSON can be read of at once (${mostBytes}); write an object a line (.jsonl)`,
    );
  }
  const { objects, understood } = tableOf(file, await parsedFile(file, encoding));
  if (objects.length === 0) {
    throw new CsnError(`Cannot read ${file}: it is empty; write a list of objects`);
  }
  const columns = new Set<string>();
  for (const fields of objects) for (const column in fields) columns.add(column);
  return {
    file,
    columns: [...columns],
    mayHaveMore: false,
    understood: [...understood, ...(encoding === "utf-8" ? [] : [`its text is ${encoding}`])],
    async *rows(): AsyncGenerator<TableRow> {
      for (const [at, fields] of objects.entries()) {
        const row = fieldsRow(file, at + 1, fields);
        if (row !== null) yield row;
      }
    },
  };
}

async function parsedFile(file: string, encoding: string): Promise<unknown> {
  let text = "";
  for await (const piece of readText(file, encoding)) text += piece;
  if (text.trim() === "") {
    throw new CsnError(`Cannot read ${file}: it is empty; write a list of objects`);
  }
  try {
    return parseJson(text);
  } catch (error) {
    throw new CsnError(
      `Cannot read ${file}: it is no JSON (${
        messageOf(error)
      }); of an object a line call it .jsonl`,
      { cause: error },
    );
  }
}

function tableOf(file: string, value: unknown): JsonTable {
  if (Array.isArray(value) && value.every(isObject)) return { objects: value, understood: [] };
  if (isCoco(value)) return cocoObjects(file, value);
  if (isObject(value)) {
    const found = byImage(value) ?? byColumn(value);
    if (found !== null) return found;
  }
  throw new CsnError(
    `Cannot read ${file} as a table: it must be a list of objects such as [{"image": "1.jpg", "colour": "red"}, ...], or have the lists "images", "annotations" and "categories" of COCO`,
  );
}

/** {"1.jpg": "red", ...} or {"1.jpg": {"colour": "red"}, ...}. */
function byImage(value: Objects[number]): JsonTable | null {
  const entries = Object.entries(value);
  if (entries.length === 0 || !entries.every(([key]) => hasImageEnding(key))) return null;
  const objects = entries.map(([key, fields]) => {
    const own = isObject(fields) ? fields : { value: fields };
    return { ["image" in own ? "file" : "image"]: key, ...own };
  });
  return { objects, understood: ["its keys name the images"] };
}

/**
 * {"image": ["1.jpg", ...], "colour": [...]} or, as pandas writes it, {"image": {"0": "1.jpg",
 * ...}, ...}.
 */
function byColumn(value: Objects[number]): JsonTable | null {
  const columns = Object.entries(value);
  const [, first] = columns[0] ?? [];
  const keysOf = (column: unknown) =>
    Array.isArray(column) || isObject(column) ? Object.keys(column) : null;
  const keys = keysOf(first);
  if (keys === null || keys.length === 0) return null;
  const isAlike = columns.every(([, column]) => {
    const own = keysOf(column);
    return Array.isArray(column) === Array.isArray(first) && own?.length === keys.length &&
      own.every((key, at) => key === keys[at]);
  });
  if (!isAlike) return null;
  const objects = keys.map((key) =>
    Object.fromEntries(columns.map(([name, column]) => [name, (column as Objects[number])[key]]))
  );
  return { objects, understood: ["its fields are columns"] };
}
