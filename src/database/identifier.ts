import { shown, UsageError } from "../base/errors.ts";

/** PostgreSQL cuts longer names off. */
const mostLetters = 63;

/** The longest that is added to a table's name: an underscore, a version, and "_incoming". */
const longestAddition = 1 + 12 + "_incoming".length;

const pattern = /^[a-z_][a-z0-9_]*$/;

/**
 * A name as SQL writes it: the one way by which names come into statements. Throws a UsageError for
 * what is not made of a to z, 0 to 9 and _, or is longer than 63 letters.
 */
export function identifier(name: string): string {
  if (pattern.test(name) && name.length <= mostLetters) return `"${name}"`;
  throw new UsageError(
    `Cannot call a table ${
      shown(name)
    }: a name begins with a letter of a to z or _, goes on with those and digits, and has ${mostLetters} letters at most`,
  );
}

/**
 * Refuses a name for a table that PostgreSQL or csn could not use, with what csn adds to it for
 * the tables below it.
 */
export function checkTable(table: string): void {
  identifier(table);
  const most = mostLetters - longestAddition;
  if (table.length > most) {
    throw new UsageError(
      `Cannot call a table ${
        shown(table)
      }: it has ${table.length} letters, and csn adds up to ${longestAddition}; ${mostLetters} are allowed, so choose one of ${most} at most`,
    );
  }
  if (!/^(?:csn|pg)_/.test(table)) return;
  throw new UsageError(
    `Cannot call a table ${shown(table)}: names with csn_ and pg_ are taken; choose another one`,
  );
}
