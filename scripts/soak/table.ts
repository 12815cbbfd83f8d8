/** What the soak prints at its end. */
import { duration, table } from "../../src/cli/format.ts";
import type { Row } from "./part.ts";

/** A row for each thing that was tried, of all rounds. */
export function merged(rows: readonly Row[]): Row[] {
  const byName = Map.groupBy(rows, ({ part, tried }) => `${part} ${tried}`);
  return [...byName.values()].map((same) => ({
    ...same[0],
    count: same.reduce((sum, { count }) => sum + count, 0),
    asked: same.reduce((sum, { asked, count }) => sum + (asked ?? count), 0),
    findings: same.flatMap(({ findings }) => findings),
    seconds: same.reduce((sum, { seconds }) => sum + seconds, 0),
  }));
}

/** The table, and what was found. */
export function report(rows: readonly Row[]): string {
  const lines = rows.map(({ part, tried, count, asked = count, findings, seconds }) => [
    ...[part, tried, count < asked ? `${count} of ${asked}` : String(count)],
    ...[String(findings.length), duration(seconds)],
  ]);
  const findings = rows.flatMap((row) => row.findings).map(({ what, again }) =>
    `${what}\n    ${again}`
  );
  return [
    table(["part", "tried", "inputs or trials", "found", "time"], lines),
    findings.length === 0 ? "Nothing was found." : `Found:\n${findings.join("\n")}`,
  ].join("\n\n");
}
