import { columnsOf, tableHead, tableLine } from "../../src/cli/format.ts";
import type { Part } from "./parts.ts";

/** Measures a table and prints each of its rows as soon as it is known. */
export function printPart(
  { title, headers, numbers, settings }: Part,
  replicates: number,
  print: (text: string) => void,
): void {
  const rows = settings.flatMap(({ labels }) => labels.map((label) => [...label, ...numbers]));
  const columns = columnsOf(headers, rows);
  print(`${title}\n\n${tableHead(headers, columns)}`);
  for (const { labels, measured } of settings) {
    const found = measured(replicates);
    labels.forEach((label, row) => print(tableLine([...label, ...found[row]], columns)));
  }
  print("");
}
