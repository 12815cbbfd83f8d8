/** The options of commands that read a table of the user's. */
import {
  type Command,
  InvalidArgumentError,
  Option,
  type OptionValues,
} from "@commander-js/extra-typings";

/** `--image-column` */
const imageColumnOption = new Option(
  "--image-column <column>",
  "column of image paths or ids (default: the one that names files which are there)",
);

/** `--columns` */
const columnsOption = new Option(
  "--columns <a,b,...>",
  "names of the columns, when no first line names them",
).argParser(commaNames);

/** `--delimiter` */
const delimiterOption = new Option(
  "--delimiter <character>",
  "what separates the cells (default: found out)",
).argParser(delimiter);

/** `--encoding` */
const encodingOption = new Option(
  "--encoding <name>",
  "the table's encoding, such as windows-1252 (default: utf-8)",
);

/** `--sheet` */
const sheetOption = new Option(
  "--sheet <name>",
  "sheet of an .xlsx workbook (default: its first)",
);

/** `--skip-bad-lines` */
const skipBadLinesOption = new Option(
  "--skip-bad-lines",
  "leave out lines that do not have one cell for each column",
);

/** Adds the options that say how a table of the user's is read. */
// deno-lint-ignore explicit-module-boundary-types
export function withTableOptions<Args extends unknown[], Given extends OptionValues>(
  command: Command<Args, Given>,
) {
  return command
    .addOption(imageColumnOption)
    .addOption(columnsOption)
    .addOption(delimiterOption)
    .addOption(encodingOption)
    .addOption(sheetOption)
    .addOption(skipBadLinesOption);
}

/** Parses "a,b,c"; each name is trimmed. */
function commaNames(text: string): string[] {
  return text.split(",").map((name) => name.trim());
}

/** One character, or "tab". */
function delimiter(text: string): string {
  const found = text === "tab" || text === "\\t" ? "\t" : text;
  if ([...found].length === 1) return found;
  throw new InvalidArgumentError('It must be one character, or "tab".');
}
