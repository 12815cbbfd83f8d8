import { isColour, isObject } from "../base/json_values.ts";
import { CsnError, messageOf, shown } from "../base/errors.ts";
import type { Normalisation } from "../network/normalisation.ts";
import { type Fit, fitForms, parseFit } from "../images/fit.ts";

/** What `set.json` says about an image set. */
export interface SetDescription {
  /** The set's own name. */
  readonly name?: string;
  /** Folder of the images, relative to the set's folder or absolute. */
  readonly images: string;
  /** Names of the notions, in the order of their numbers. */
  readonly notions: readonly string[];
  /** Whether a mirror image means the same. */
  readonly flip: boolean;
  /** How images become squares; cropped when the file does not say. */
  readonly fit: Fit;
  /** ImageNet's when the file names none. */
  readonly normalisation: Normalisation;
}

/** Of ImageNet's pixels, as the reference code (main.py) and torchvision's weights have them. */
export const imagenetNormalisation: Normalisation = {
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
};

/**
 * Zappos50k as the reference code has it (get_data.py, triplet_image_loader.py): it knows no
 * set.json.
 */
export const zappos: SetDescription = {
  name: "zappos",
  images: "ut-zap50k-images",
  notions: ["class", "closure", "gender", "heel"],
  flip: true,
  fit: "crop",
  normalisation: imagenetNormalisation,
};

/** The rows of notions are stored in a byte. */
const mostNotions = 256;

/**
 * Reads a `set.json`, or describes Zappos50k when there is none. Throws a CsnError naming file and
 * field.
 */
export async function readSetFile(file: string): Promise<SetDescription> {
  let text: string;
  try {
    text = await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return zappos;
    throw new CsnError(`Cannot read ${file}: ${messageOf(error)}`, { cause: error });
  }
  const fields = parseFields(file, text);
  if (fields.format !== 1) throw wrong(file, "format", fields.format, "1");
  return {
    name: fields.name === undefined ? undefined : textField(file, fields, "name"),
    images: textField(file, fields, "images"),
    notions: notionsField(file, fields.notions),
    flip: flipField(file, fields.flip),
    fit: fitField(file, fields.fit),
    normalisation: normalisationField(file, fields.normalisation),
  };
}

function parseFields(file: string, text: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new CsnError(`Cannot read ${file}: it is no JSON (${messageOf(error)})`, {
      cause: error,
    });
  }
  if (!isObject(parsed)) throw new CsnError(`Cannot read ${file}: it holds no JSON object`);
  return parsed;
}

function textField(file: string, fields: Record<string, unknown>, field: string): string {
  const value = fields[field];
  if (typeof value !== "string" || value === "") throw wrong(file, field, value, "a text");
  return value;
}

/** Whether a notion may be called so: its name is a part of file names, columns and flags. */
export function isNotionName(name: string): boolean {
  return /^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u.test(name);
}

function notionsField(file: string, value: unknown): string[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > mostNotions) {
    throw wrong(file, "notions", value, `a list of 1 to ${mostNotions} names`);
  }
  value.forEach((name, row) => {
    if (typeof name !== "string" || !isNotionName(name)) {
      throw wrong(file, `notions[${row}]`, name, `a name of letters, digits, "_", "-" and "."`);
    }
    if (value.indexOf(name) !== row) {
      throw wrong(file, `notions[${row}]`, name, "a name of its own");
    }
  });
  return value;
}

function flipField(file: string, value: unknown): boolean {
  if (typeof value !== "boolean") throw wrong(file, "flip", value, "true or false");
  return value;
}

function fitField(file: string, value: unknown): Fit {
  const fit = parseFit(value ?? "crop");
  if (fit === null) throw wrong(file, "fit", value, fitForms);
  return fit;
}

function normalisationField(file: string, value: unknown): Normalisation {
  if (value === undefined) return imagenetNormalisation;
  if (!isObject(value)) throw wrong(file, "normalisation", value, `{"mean": [...], "std": [...]}`);
  const { mean, std } = value;
  if (!isColour(mean)) throw wrong(file, "normalisation.mean", mean, "a list of 3 numbers");
  if (!isColour(std) || std.some((deviation) => deviation <= 0)) {
    throw wrong(file, "normalisation.std", std, "a list of 3 numbers above 0");
  }
  return { mean, std };
}

function wrong(file: string, field: string, found: unknown, right: string): CsnError {
  const value = found === undefined ? "missing" : shown(found);
  return new CsnError(`Cannot read ${file}: field "${field}" is ${value}; it should be ${right}`);
}
