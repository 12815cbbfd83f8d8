import { colourAt, inkOn, viridis } from "../../../report/charts/palette.ts";
import { maskCosine, maskJaccard } from "../../../statistics/mask_overlap.ts";
import type { MaskTable } from "./mask_table.ts";

/** How much each two masks have in common, in two measures. */
export function OverlapTables(
  { notions, masks }: { readonly notions: readonly string[]; readonly masks: MaskTable },
) {
  return (
    <div class="side-by-side">
      <OverlapTable
        caption="Cosine of the angle between two masks"
        notions={notions}
        values={masks.map((a) => masks.map((b) => maskCosine(a, b)))}
      />
      <OverlapTable
        caption="Dimensions that both use, as a share of those that either uses (Jaccard)"
        notions={notions}
        values={masks.map((a) => masks.map((b) => maskJaccard(a, b)))}
      />
    </div>
  );
}

function OverlapTable({ caption, notions, values }: {
  readonly caption: string;
  readonly notions: readonly string[];
  readonly values: readonly (readonly (number | null)[])[];
}) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={caption}>
      <table class="matrix">
        <caption>{caption}</caption>
        <thead>
          <tr>
            <td />
            {notions.map((notion) => <th key={notion} scope="col">{notion}</th>)}
          </tr>
        </thead>
        <tbody>
          {notions.map((notion, row) => (
            <tr key={notion}>
              <th scope="row">{notion}</th>
              {values[row].map((value, column) => <Cell key={column} value={value} />)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ value }: { readonly value: number | null }) {
  if (value === null) return <td title="a mask of zeros has no angle">–</td>;
  const colour = colourAt(viridis, value);
  return <td style={{ backgroundColor: colour, color: inkOn(colour) }}>{value.toFixed(2)}</td>;
}
