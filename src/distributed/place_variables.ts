import { CsnError } from "../base/errors.ts";

/** Looks an environment variable up. */
export type Environment = (name: string) => string | undefined;

/** A variable's text; an empty one counts as not set. */
export function textOf(env: Environment, name: string): string | undefined {
  return env(name) || undefined;
}

/**
 * A variable's whole number, from 0; undefined where it is not set. Throws a CsnError for anything
 * else.
 */
export function numberOf(env: Environment, name: string): number | undefined {
  const text = textOf(env, name);
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) {
    throw placeError(`${name}=${text} is no whole number; the launcher of the processes sets it`);
  }
  return Number(text);
}

/** The variable of a port, 1 to 65535. */
export function portOf(env: Environment, name: string): number | undefined {
  const port = numberOf(env, name);
  if (port === undefined || (port >= 1 && port <= 65_535)) return port;
  throw placeError(`${name}=${port} is no port; it must be from 1 to 65535`);
}

/** Throws a CsnError unless `number` counts from 0 below `all`. */
export function checkBelow(number: readonly [string, number], all: readonly [string, number]) {
  if (number[1] < all[1]) return;
  const last = all[1] === 0 ? "there is no process at all" : `the last is ${all[1] - 1}`;
  throw placeError(
    `${number[0]}=${number[1]}, but ${all[0]}=${all[1]}: counted from 0, ${last}`,
  );
}

/** What is wrong with the variables by which a launcher says who a process is. */
export function placeError(what: string): CsnError {
  return new CsnError(`Cannot join the other processes: ${what}`);
}
