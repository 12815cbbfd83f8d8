/** What each notion's mask lets through: bars, heat map, overlap; a dimension's pictures; epochs. */
import { useEffect } from "preact/hooks";
import { learnsMasks, type Variant } from "../../../network/variant.ts";
import { DimensionPanel } from "../masks/dimension_panel.tsx";
import { epochShortcuts, EpochSlider } from "../masks/epoch_slider.tsx";
import { MaskChart } from "../masks/mask_chart.tsx";
import {
  followMasks,
  history,
  maskEpochs,
  maskHeights,
  masks,
  type MasksThen,
  masksThen,
} from "../masks/mask_data.ts";
import {
  dimensionOrder,
  distanceShares,
  heights,
  type MaskTable,
  unusedDimensions,
} from "../masks/mask_table.ts";
import { OverlapTables } from "../masks/overlap_tables.tsx";
import { followRuns } from "../curves/run_data.ts";
import { explored, notionColour } from "../explored.ts";
import type { ExploredInfo, MasksAnswer } from "../../protocol.ts";
import { dimension, maskChart, maskMeasure, maskOrder } from "../state.ts";
import { activeDimensions } from "../../../statistics/mask_overlap.ts";

/** The view. */
export function Masks() {
  useEffect(followRuns, []);
  useEffect(followMasks, []);
  useEffect(epochShortcuts, []);
  const then = masksThen.value;
  if (then === null) return <p class="quiet">Asking for the masks …</p>;
  return <MasksShown info={explored.value!} answer={masks.value!} then={then} />;
}

function MasksShown({ info, answer, then }: {
  readonly info: ExploredInfo;
  readonly answer: MasksAnswer;
  readonly then: MasksThen;
}) {
  const notions = info.notions.map(({ name }) => name);
  const chosen = dimension.value !== null && dimension.value < info.dimension
    ? dimension.value
    : null;
  const isShare = maskMeasure.value === "share" && then.isModel;
  const table = isShare ? distanceShares(then.masks, answer.variances) : then.masks;
  // By the model's own, so that dimensions stand still while epochs pass.
  const own = isShare ? table : answer.masks;
  return (
    <div class="masks">
      <About variant={info.variant} notions={notions} />
      <Controls notions={notions} />
      <Legend notions={notions} masks={then.masks} />
      <MaskChart
        notions={notions}
        table={table}
        order={dimensionOrder(own, maskOrder.value)}
        kind={maskChart.value}
        heights={isShare ? heights([table]) : maskHeights.value}
        format={isShare ? (value) => `${(100 * value).toFixed(1)} %` : shortNumber}
        label={`${isShare ? "Part of each dimension in the distance by" : "Masks of"} ${
          notions.join(", ")
        } over ${info.dimension} dimensions, after epoch ${then.epoch}`}
        chosen={chosen}
        onChoose={(d) => dimension.value = d === chosen ? null : d}
      />
      <Epochs answer={answer} />
      {maskMeasure.value === "share" && !then.isModel && (
        <p class="quiet">
          Only the model's own embeddings are known, so the masks of another epoch are shown as they
          are.
        </p>
      )}
      <Unused masks={then.masks} epoch={then.epoch} />
      {chosen === null
        ? <p class="quiet">Choose a dimension in the chart to see the pictures at its two ends.</p>
        : (
          <DimensionPanel
            dimension={chosen}
            notions={notions}
            masks={answer.masks}
            variances={answer.variances}
          />
        )}
      <h2>What the masks have in common</h2>
      <OverlapTables notions={notions} masks={then.masks} />
      <Numbers notions={notions} masks={then.masks} />
    </div>
  );
}

/** What is to be known of masks that are not learned, and of one notion. */
function About(
  { variant, notions }: { readonly variant: string; readonly notions: readonly string[] },
) {
  const texts: Readonly<Record<string, string>> = {
    standard:
      "This network has no masks: every notion is compared by all dimensions alike, as if each mask were 1 everywhere.",
    specialists:
      "Each notion has a network of its own. A mask is 1 in the dimensions of its notion's network and 0 elsewhere, so no two notions share a dimension.",
    fixed:
      "The masks of this network are fixed: each notion has a block of dimensions of its own, and training did not change that.",
  };
  return (
    <p>
      {texts[variant] ??
        "How much each dimension of the embedding counts for a notion (its mask, after ReLU)."}
      {notions.length === 1 && " With one notion there is nothing to compare it with."}
    </p>
  );
}

function Controls({ notions }: { readonly notions: readonly string[] }) {
  return (
    <div class="controls">
      <fieldset class="choice">
        <legend>Show</legend>
        <Choice of={maskChart} name="bars" value="stacked" text="stacked bars" />
        <Choice of={maskChart} name="bars" value="apart" text="bars notion by notion" />
        <Choice of={maskChart} name="bars" value="heat" text="heat map" />
      </fieldset>
      <fieldset class="choice">
        <legend>of</legend>
        <Choice of={maskMeasure} name="measure" value="mask" text="the masks" />
        <Choice of={maskMeasure} name="measure" value="share" text="parts of the distance" />
      </fieldset>
      <label>
        Sort dimensions by{" "}
        <select
          value={maskOrder.value}
          onChange={({ currentTarget }) => maskOrder.value = currentTarget.value}
        >
          <option value="">their number</option>
          <option value="uses">how many notions use them</option>
          {notions.map((notion, row) => <option key={notion} value={String(row)}>{notion}</option>)}
        </select>
      </label>
    </div>
  );
}

function Choice<Value extends string>({ of, name, value, text }: {
  readonly of: { value: Value };
  readonly name: string;
  readonly value: Value;
  readonly text: string;
}) {
  return (
    <label>
      <input
        type="radio"
        name={name}
        value={value}
        checked={of.value === value}
        onChange={() => of.value = value}
      />
      {text}
    </label>
  );
}

function Legend(
  { notions, masks }: { readonly notions: readonly string[]; readonly masks: MaskTable },
) {
  return (
    <ul class="legend">
      {notions.map((notion, row) => (
        <li key={notion}>
          <span class="swatch" style={{ backgroundColor: notionColour(row) }} />
          <span>{notion}</span>
          <span class="quiet">{` uses ${activeDimensions(masks[row]).length}`}</span>
        </li>
      ))}
    </ul>
  );
}

/** The slider, or why there is none. */
function Epochs({ answer }: { readonly answer: MasksAnswer }) {
  const epochs = maskEpochs.value;
  if (!learnsMasks(explored.value!.variant as Variant)) return null;
  if (history.value === null) return <p class="quiet">Asking for the masks by epoch …</p>;
  if (epochs.length === 0) return <p class="quiet">{history.value.lacking}.</p>;
  return (
    <>
      <EpochSlider epochs={epochs} own={answer.epoch} />
      {!history.value.areAll && (
        <p class="quiet">Of this run, masks are known of {epochs.length} epochs only.</p>
      )}
    </>
  );
}

function Unused(
  { masks, epoch }: { readonly masks: MaskTable; readonly epoch: number },
) {
  const unused = unusedDimensions(masks);
  const count = masks[0].length;
  return (
    <p class="unused">
      {unused.length === 0
        ? `Every one of the ${count} dimensions is used by a notion after epoch ${epoch}.`
        : `${unused.length} of ${count} dimensions ${
          unused.length === 1 ? "is" : "are"
        } used by no notion after epoch ${epoch}: ${unused.join(", ")}.`}
    </p>
  );
}

/** The chart as a table. */
function Numbers(
  { notions, masks }: { readonly notions: readonly string[]; readonly masks: MaskTable },
) {
  return (
    <details>
      <summary>Every mask's numbers</summary>
      <div class="scroll" tabIndex={0} role="region" aria-label="Every mask's numbers">
        <table>
          <thead>
            <tr>
              <th scope="col">dimension</th>
              {notions.map((notion) => <th key={notion} scope="col">{notion}</th>)}
            </tr>
          </thead>
          <tbody>
            {masks[0].map((_, d) => (
              <tr key={d}>
                <th scope="row">{d}</th>
                {masks.map((mask, row) => <td key={row}>{mask[d].toFixed(3)}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function shortNumber(value: number): string {
  return value === 0 ? "0" : value.toFixed(2);
}
