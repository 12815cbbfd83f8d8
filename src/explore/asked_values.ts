/** Values of requests, examined. */
import { messageOf, shown } from "../base/errors.ts";
import { isObject } from "../base/json_values.ts";
import { RequestError } from "../service/request_error.ts";
import type { RouteRequest } from "./route.ts";

/** The JSON object of a request's body. Throws a RequestError for another type, and for no object. */
export async function askedJson(asked: RouteRequest): Promise<Record<string, unknown>> {
  const type = asked.request.headers.get("content-type") ?? "";
  if (type.split(";")[0].trim().toLowerCase() !== "application/json") {
    throw new RequestError(415, `Cannot take a body of the type ${shown(type)}: send JSON`);
  }
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(await asked.body()));
  } catch (error) {
    if (error instanceof RequestError) throw error;
    throw new RequestError(400, `Cannot read the request: it is no JSON (${messageOf(error)})`);
  }
  if (isObject(json)) return json;
  throw new RequestError(400, `Cannot read the request: ${shown(json)} is no JSON object`);
}

/** A whole number within limits. Throws a RequestError for another value. */
export function askedWhole(
  name: string,
  value: unknown,
  least: number,
  most: number,
): number {
  if (Number.isSafeInteger(value) && value as number >= least && value as number <= most) {
    return value as number;
  }
  throw wrongValue(name, value, `a whole number from ${least} to ${most}`);
}

/** As `askedWhole`, of a text such as a path or a query holds; null or undefined: `otherwise`. */
export function askedWholeText(
  name: string,
  text: string | null | undefined,
  { least, most, otherwise }: { least: number; most: number; otherwise?: number },
): number {
  if (text == null && otherwise !== undefined) return otherwise;
  return askedWhole(name, /^\d+$/.test(text ?? "") ? Number(text) : text, least, most);
}

/** A refusal of a value. */
export function wrongValue(name: string, value: unknown, right: string): RequestError {
  return new RequestError(422, `Cannot take ${shown(value)} as \`${name}\`: it must be ${right}`);
}
