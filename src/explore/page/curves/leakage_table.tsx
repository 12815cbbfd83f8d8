import { percent } from "../../../report/charts/numbers.ts";
import { colourAt, inkOn, viridis } from "../../../report/charts/palette.ts";
import type { LeakageInfo } from "../../protocol.ts";

/** Errors of each notion's triplets under every mask, with what the data alone would give. */
export function LeakageTable(
  { notions, leakage: { columns, error, baseline } }: {
    readonly notions: readonly string[];
    readonly leakage: LeakageInfo;
  },
) {
  const highest = Math.max(0.5, ...error.flat().map(({ value }) => value ?? 0));
  const caption =
    "Errors of the triplets of a notion (row) under each mask (column): a mask that knows nothing of the notion is wrong 50 % of the time." +
    (baseline === null
      ? ""
      : " In brackets the baseline: the error if the other notion's true values stood in place of its mask.");
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Leakage">
      <table class="matrix leakage">
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">triplets of</th>
            {columns.map((column) => <th key={column} scope="col">{column}</th>)}
          </tr>
        </thead>
        <tbody>
          {notions.map((notion, of) => (
            <tr key={notion}>
              <th scope="row">{notion}</th>
              {error[of].map(({ value, low, high }, by) => {
                const given = of === by ? null : baseline?.[of]?.[by] ?? null;
                const colour = colourAt(viridis, (value ?? 0) / highest);
                return (
                  <td
                    key={by}
                    style={{ backgroundColor: colour, color: inkOn(colour) }}
                    title={`95 % interval ${percent(low)} to ${percent(high)}`}
                  >
                    {percent(value)}
                    {given !== null && <small>({percent(given)})</small>}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
