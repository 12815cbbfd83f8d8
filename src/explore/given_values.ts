import { CsnError, messageOf } from "../base/errors.ts";
import { isObject } from "../base/json_values.ts";
import { appendLine, type GrowingFile } from "../files/append_line.ts";

/** A value that somebody gave an image. */
export interface GivenValue {
  /** Row of the image in the embeddings, and its name. */
  readonly image: number;
  readonly name: string;
  /** By a notion; "" takes back what was given before. */
  readonly value: string;
  readonly by: string;
  readonly at: string;
}

function formatOf(notion: string): GrowingFile {
  return { head: JSON.stringify({ csn: "values", format: 1, notion }), what: "value" };
}

/** Adds values to the end of a list of them, a JSON line each; they count once this has resolved. */
export async function addValues(
  path: string,
  notion: string,
  values: readonly GivenValue[],
): Promise<void> {
  const lines = values.map((value) => JSON.stringify(value)).join("\n");
  await appendLine(path, lines, formatOf(notion));
}

/**
 * The values that count: of an image the last one. Throws a CsnError for another file, and where
 * they are about other images than those of these names.
 */
export async function readValues(
  path: string,
  notion: string,
  names: readonly string[],
): Promise<Map<number, string>> {
  const values = new Map<number, string>();
  const lines = (await textOf(path)).split("\n");
  // What follows the last line end was not finished.
  lines.pop();
  for (const [at, line] of lines.entries()) {
    if (at === 0 && line === formatOf(notion).head) continue;
    const found = parsed(line);
    if (at === 0 || found === null) {
      throw new CsnError(
        `Cannot use the values in ${path}: line ${
          at + 1
        } is none by ${notion}; name another folder with \`answers\``,
      );
    }
    if (names[found.image] !== found.name) {
      throw new CsnError(
        `Cannot use the values in ${path}: they are about other images (image ${found.image} was ${found.name}, and is ${
          names[found.image] ?? "not there"
        }); name another folder with \`answers\``,
      );
    }
    if (found.value === "") values.delete(found.image);
    else values.set(found.image, found.value);
  }
  return values;
}

function parsed(line: string): GivenValue | null {
  try {
    const found: unknown = JSON.parse(line);
    return isObject(found) && Number.isSafeInteger(found.image) &&
        typeof found.name === "string" && typeof found.value === "string"
      ? found as unknown as GivenValue
      : null;
  } catch {
    return null;
  }
}

async function textOf(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw new CsnError(`Cannot read the values in ${path}: ${messageOf(error)}`);
  }
}
