import { inLine, messageOf, UsageError } from "../base/errors.ts";
import type { Answered } from "../service/service_options.ts";
import { userPath } from "./paths.ts";

/** The token of a file or of the environment; undefined where there is none. */
export async function tokenOf(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return Deno.env.get("CSN_TOKEN") || undefined;
  try {
    return (await Deno.readTextFile(userPath(file))).trim();
  } catch (error) {
    throw new UsageError(`Cannot read the token in ${file}: ${messageOf(error)}`, { cause: error });
  }
}

/** A line of the log for each request. */
export function logAnswered({ method, path, status, ms }: Answered): void {
  console.error(inLine(`${method} ${path} ${status} ${ms.toFixed(1)} ms`));
}
