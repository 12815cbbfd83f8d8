/** The curves of the model's run and of others beside it; accuracy by notion and leakage. */
import { useEffect } from "preact/hooks";
import { computed, type ReadonlySignal } from "@preact/signals";
import { learnsMasks, type Variant } from "../../../network/variant.ts";
import { AnalysisPanel } from "../curves/analysis_panel.tsx";
import { bestEpoch, type Chart, chartsOf } from "../curves/lines.ts";
import { LineChart } from "../curves/line_chart.tsx";
import { followRuns, isUnfinished, own, runs, shownRuns } from "../curves/run_data.ts";
import type { RunCurves } from "../curves/run_curves.ts";
import { RunPicker } from "../curves/run_picker.tsx";
import { explored } from "../explored.ts";
import { epochShortcuts, EpochSlider } from "../masks/epoch_slider.tsx";
import { MaskChart } from "../masks/mask_chart.tsx";
import { followMasks, maskHeights, masks, masksThen } from "../masks/mask_data.ts";
import { dimensionOrder, placeOfEpoch } from "../masks/mask_table.ts";
import { accuracyOf, epoch, maskOrder, view } from "../state.ts";

/** Rows of the table of epochs at most; of more, some are left out evenly. */
const mostRows = 200;

const charts: ReadonlySignal<readonly Chart[]> = computed(() =>
  chartsOf(shownRuns.value.filter(({ rows }) => rows.length > 0), accuracyOf.value)
);

/** The view. */
export function Curves() {
  useEffect(followRuns, []);
  useEffect(followMasks, []);
  useEffect(epochShortcuts, []);
  return (
    <div class="curves">
      {runs.value === null
        ? <p class="quiet">Asking for the runs …</p>
        : runs.value.runs.length === 0
        ? (
          <p>
            There are no curves: the model does not lie in the folder of its run. Start{" "}
            <code>explore</code> with a model in the folder in which it was trained, where its{" "}
            <code>metrics.jsonl</code> lies.
          </p>
        )
        : <RunShown />}
      <AnalysisPanel />
    </div>
  );
}

function RunShown() {
  const run = own.value;
  if (run === null) return <p class="quiet">Asking for the epochs …</p>;
  const notions = explored.value!.notions.map(({ name }) => name);
  return (
    <>
      <Standing run={run} />
      <div class="controls">
        <label>
          Accuracy of{" "}
          <select
            value={accuracyOf.value}
            onChange={({ currentTarget }) => accuracyOf.value = currentTarget.value}
          >
            <option value="">all notions</option>
            {notions.map((name) => <option key={name} value={name}>{name}</option>)}
          </select>
        </label>
      </div>
      <RunPicker />
      {shownRuns.value.filter(({ error }) => error !== null).map(({ name, error }) => (
        <p key={name} class="refusal">{error}</p>
      ))}
      {run.rows.length > 0 && <Drawn run={run} notions={notions} />}
    </>
  );
}

/** How far the run is. */
function Standing({ run }: { readonly run: RunCurves }) {
  const best = bestEpoch(run);
  const done = run.rows.at(-1)?.epoch ?? 0;
  return (
    <p role="status">
      <strong>{run.name}</strong>
      {`: ${done}${run.planned === null ? "" : ` of ${run.planned}`} epochs`}
      {best !== null && best.validationAccuracy !== null &&
        `, the best on validation was epoch ${best.epoch} with ${
          (100 * best.validationAccuracy).toFixed(1)
        } %`}
      {isUnfinished(run) &&
        ". Looked at again every two seconds: the run may still be in training"}.
    </p>
  );
}

function Drawn({ run, notions }: { readonly run: RunCurves; readonly notions: readonly string[] }) {
  const epochs = run.rows.map((row) => row.epoch);
  const own = masks.value?.epoch ?? epochs.at(-1)!;
  const looked = epochs[placeOfEpoch(epochs, epoch.value ?? own)];
  return (
    <>
      <div class="charts">
        {charts.value.map((chart) => (
          <LineChart
            key={chart.title}
            chart={chart}
            best={bestEpoch(run)?.epoch ?? null}
            looked={looked}
            onPoint={(pointed) => epoch.value = pointed}
          />
        ))}
      </div>
      <p class="quiet">
        Dashed, upright: the best epoch. Drawn through: the epoch that is looked at; point at a
        chart or move the slider, and the masks follow.
      </p>
      <EpochSlider epochs={epochs} own={own} />
      <MasksBelow notions={notions} />
      <Numbers run={run} />
    </>
  );
}

/** The masks of the epoch that is looked at, so that they move with the curves. */
function MasksBelow({ notions }: { readonly notions: readonly string[] }) {
  const then = masksThen.value;
  const { variant, dimension } = explored.value!;
  if (then === null || !learnsMasks(variant as Variant)) return null;
  return (
    <section class="masks-below">
      <h2>
        Masks after epoch {then.epoch}{" "}
        <button type="button" onClick={() => view.value = "masks"}>show them large</button>
      </h2>
      <MaskChart
        notions={notions}
        table={then.masks}
        order={dimensionOrder(then.masks, maskOrder.value)}
        kind="stacked"
        heights={maskHeights.value}
        format={(value) => value === 0 ? "0" : value.toFixed(2)}
        label={`Masks of ${
          notions.join(", ")
        } over ${dimension} dimensions, after epoch ${then.epoch}`}
        isSmall
      />
    </section>
  );
}

/** The curves as a table. */
function Numbers({ run: { rows, notions } }: { readonly run: RunCurves }) {
  const step = Math.ceil(rows.length / mostRows);
  const shown = rows.filter((_, i) => i % step === 0 || i === rows.length - 1);
  const percent = (value: number | null) => value === null ? "–" : `${(100 * value).toFixed(1)} %`;
  const number = (value: number | null, digits: number) => value?.toFixed(digits) ?? "–";
  return (
    <details>
      <summary>
        {step === 1 ? "Every epoch's numbers" : `The numbers of every ${step} epochs`}
      </summary>
      <div class="scroll" tabIndex={0} role="region" aria-label="Numbers by epoch">
        <table>
          <thead>
            <tr>
              {[
                ...["epoch", "training loss", "validation loss", "training accuracy"],
                ...["validation accuracy", ...notions, "embedding norm", "mask norm"],
                "learning rate",
              ].map((head) => <th key={head} scope="col">{head}</th>)}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr key={row.epoch}>
                <th scope="row">{row.epoch}{row.isBest ? " (best so far)" : ""}</th>
                <td>{number(row.trainLoss, 4)}</td>
                <td>{number(row.validationLoss, 4)}</td>
                <td>{percent(row.trainAccuracy)}</td>
                <td>{percent(row.validationAccuracy)}</td>
                {notions.map((notion, i) => <td key={notion}>{percent(row.notions[i] ?? null)}
                </td>)}
                <td>{number(row.embeddingNorm, 3)}</td>
                <td>{number(row.maskNorm, 3)}</td>
                <td>{row.learningRate.toPrecision(3)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
