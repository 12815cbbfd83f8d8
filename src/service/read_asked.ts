import { messageOf, shown } from "../base/errors.ts";
import { isObject } from "../base/json_values.ts";
import type { Criterion, Weights } from "../search/mixture.ts";
import { parseWeights } from "../search/parse_weights.ts";
import type { Combine } from "../search/search.ts";
import { type Condition, parseCondition } from "../search/where.ts";
import { RequestError } from "./request_error.ts";

/** An image as a request names it: one of the gallery, or the bytes of a file. */
export type AskedImage = { readonly name: string } | { readonly bytes: Uint8Array };

/** What a request for neighbours asks. */
export interface AskedSearch {
  /** By what; what does not go together is refused by the search itself. */
  readonly criterion: Criterion;
  readonly where: readonly Condition[];
  readonly k?: number;
  readonly combine?: Combine;
  readonly raw?: boolean;
}

/** The options of a request, not yet examined. */
export type AskedOptions = Readonly<Record<string, unknown>>;

const searchKeys = ["notion", "mix", "like", "unlike", "raw", "where", "k", "combine"];
const imageKeys = ["name", "image", "images"];

/** The images and the options of a request's body, JSON, one image, or a form. */
export async function readAsked(
  request: Request,
  body: Uint8Array<ArrayBuffer>,
): Promise<{ images: readonly AskedImage[]; options: AskedOptions }> {
  const { searchParams } = new URL(request.url);
  const type = request.headers.get("content-type") ?? "";
  const kind = type.split(";")[0].trim().toLowerCase();
  if (kind === "application/json") return fromJson(body, searchParams);
  if (kind === "multipart/form-data") return await fromForm(body, type, searchParams);
  if (kind.startsWith("image/")) {
    return { images: [{ bytes: body }], options: optionsOf([...searchParams]) };
  }
  throw new RequestError(
    415,
    `Cannot take a body of the type ${
      shown(kind)
    }: send an image (image/png, image/jpeg, ...), a form with files (multipart/form-data) or JSON (application/json)`,
  );
}

function fromJson(body: Uint8Array, params: URLSearchParams) {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch (error) {
    throw new RequestError(400, `Cannot read the request: it is no JSON (${messageOf(error)})`);
  }
  if (!isObject(json)) {
    throw new RequestError(400, `Cannot read the request: ${shown(json)} is no JSON object`);
  }
  if (params.size > 0) {
    throw new RequestError(
      400,
      "Cannot read the request: it has JSON and a query after its path; write all in the JSON",
    );
  }
  checkKeys(Object.keys(json), [...imageKeys, ...searchKeys]);
  const { name, image, images, ...options } = json as Record<string, unknown>;
  const ways = [name, image, images].filter((way) => way !== undefined);
  if (ways.length !== 1) {
    throw new RequestError(
      422,
      `Cannot read the request: ${
        ways.length === 0 ? "no image is named" : "images are named in several ways"
      }; pass one of \`name\`, \`image\` and \`images\``,
    );
  }
  if (images === undefined) return { images: [askedImage(name, image)], options };
  if (!Array.isArray(images) || images.length === 0) {
    throw wrongValue("images", images, 'a list of objects {"name"} or {"image"}');
  }
  return { images: images.map(listedImage), options };
}

function listedImage(each: unknown): AskedImage {
  const isOne = isObject(each) && Object.keys(each).length === 1;
  const { name, image } = (isOne ? each : {}) as Record<string, unknown>;
  if (name === undefined && image === undefined) {
    throw wrongValue("images", each, 'a list of objects {"name"} or {"image"}');
  }
  return askedImage(name, image);
}

function askedImage(name: unknown, image: unknown): AskedImage {
  if (name !== undefined) {
    if (typeof name !== "string") throw wrongValue("name", name, "a text");
    return { name };
  }
  if (typeof image !== "string") throw wrongValue("image", image, "the base64 of an image file");
  try {
    return { bytes: Uint8Array.fromBase64(image) };
  } catch (error) {
    throw new RequestError(422, `Cannot read \`image\`: it is no base64 (${messageOf(error)})`);
  }
}

async function fromForm(body: Uint8Array<ArrayBuffer>, type: string, params: URLSearchParams) {
  let form: FormData;
  try {
    form = await new Response(body, { headers: { "content-type": type } }).formData();
  } catch (error) {
    throw new RequestError(400, `Cannot read the request: it is no form (${messageOf(error)})`);
  }
  const images: AskedImage[] = [];
  const words: [string, string][] = [...params];
  for (const [key, value] of form) {
    if (typeof value === "string") words.push([key, value]);
    else images.push({ bytes: await value.bytes() });
  }
  if (images.length === 0) {
    throw new RequestError(
      422,
      "Cannot read the request: the form has no file; send images as files",
    );
  }
  return { images, options: optionsOf(words) };
}

/** Options as the words of a query or a form: `mix=heel=0.7,colour=0.3`, `where` several times. */
function optionsOf(words: readonly (readonly [string, string])[]): AskedOptions {
  checkKeys(words.map(([key]) => key), searchKeys);
  const options: Record<string, unknown> = {};
  for (const [key, word] of words) {
    if (key === "where") {
      options.where = [...(options.where as string[] | undefined ?? []), word];
      continue;
    }
    if (key in options) {
      throw new RequestError(422, `Cannot read the request: \`${key}\` is given twice`);
    }
    options[key] = valueOf(key, word);
  }
  return options;
}

function valueOf(key: string, word: string): unknown {
  if (key === "mix" || key === "like" || key === "unlike") return parseWeights(word, key);
  if (key === "k") return word.trim() === "" ? word : Number(word);
  if (key === "raw") return word === "true" ? true : word === "false" ? false : word;
  return word;
}

/** Examines the options of a search; at most `mostHits` may be asked for. */
export function askedSearch(options: AskedOptions, mostHits: number): AskedSearch {
  const { notion, where, k, combine, raw } = options;
  if (notion !== undefined && typeof notion !== "string") {
    throw wrongValue("notion", notion, "a notion's name");
  }
  for (const key of ["mix", "like", "unlike"]) {
    if (options[key] !== undefined && !isObject(options[key])) {
      throw wrongValue(key, options[key], 'an object of weights, such as {"heel": 0.7}');
    }
  }
  const conditions = typeof where === "string" ? [where] : where ?? [];
  if (!Array.isArray(conditions) || !conditions.every((each) => typeof each === "string")) {
    throw wrongValue("where", where, 'a list of conditions, such as ["gender=women"]');
  }
  if (
    k !== undefined && !(Number.isSafeInteger(k) && k as number >= 1 && k as number <= mostHits)
  ) {
    throw wrongValue("k", k, `a whole number from 1 to ${mostHits}`);
  }
  if (combine !== undefined && combine !== "mean" && combine !== "all") {
    throw wrongValue("combine", combine, '"mean" or "all"');
  }
  if (raw !== undefined && typeof raw !== "boolean") throw wrongValue("raw", raw, "true or false");
  const ways = Object.entries(options).filter(([key]) =>
    ["notion", "mix", "like", "unlike"].includes(key)
  );
  return {
    criterion: Object.fromEntries(ways) as { notion: string } | { mix: Weights },
    where: conditions.map(parseCondition),
    k: k as number | undefined,
    combine,
    raw,
  };
}

/** Throws a RequestError for options that are none. */
export function checkKeys(keys: readonly string[], known: readonly string[]): void {
  const unknown = keys.find((key) => !known.includes(key));
  if (unknown === undefined) return;
  throw new RequestError(
    422,
    `Cannot read the request: ${shown(unknown)} is no option; there are ${
      known.join(", ") || "none"
    }`,
  );
}

function wrongValue(key: string, value: unknown, right: string): RequestError {
  return new RequestError(422, `Cannot take ${shown(value)} as \`${key}\`: it must be ${right}`);
}
