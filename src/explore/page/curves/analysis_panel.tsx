/** Accuracy by notion with intervals, and leakage, of the set that is explored. */
import { useEffect } from "preact/hooks";
import { effect, type Signal, signal } from "@preact/signals";
import { percent, points } from "../../../report/charts/numbers.ts";
import type { AnalysisInfo, AnalysisState, ShareEstimate } from "../../protocol.ts";
import { explored, notionColour, source } from "../explored.ts";
import { connection, report } from "../source.ts";
import { analysisSplit } from "../state.ts";
import { LeakageTable } from "./leakage_table.tsx";

/** Milliseconds between two questions for how far a computation is. */
const everyMs = 500;

const state: Signal<AnalysisState | null> = signal(null);

/** The split that is shown: the one that was chosen, else the test split, or one that there is. */
function splitShown(): string {
  const { splits } = explored.value!;
  const wanted = analysisSplit.value === "" ? "test" : analysisSplit.value;
  return splits.includes(wanted) ? wanted : splits.at(-1) ?? "test";
}

/** Asks what is known, and again while it is computed, until the function that it gives is called. */
function follow(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let turn = 0;
  const ask = async (split: string) => {
    clearTimeout(timer);
    const mine = ++turn;
    const found = await source().analysis(split).catch((error) => {
      report(error);
      return null;
    });
    if (mine !== turn) return;
    state.value = found;
    if (found?.state === "running") timer = setTimeout(() => ask(split), everyMs);
  };
  const stop = effect(() => {
    connection.value.comebacks;
    begun.value;
    ask(splitShown());
  });
  return () => {
    stop();
    turn++;
    clearTimeout(timer);
  };
}

/** Counts up when a computation is begun or stopped, so that it is asked for. */
const begun: Signal<number> = signal(0);

async function compute(what: "begin" | "stop"): Promise<void> {
  try {
    state.value = await source().compute!(splitShown(), what);
    begun.value++;
  } catch (error) {
    report(error);
  }
}

/** The section. */
export function AnalysisPanel() {
  useEffect(follow, []);
  const known = state.value;
  const { splits } = explored.value!;
  return (
    <section class="analysis" aria-labelledby="analysis-title">
      <h2 id="analysis-title">Accuracy and leakage</h2>
      {splits.length > 1 && (
        <label>
          On the triplets of the split{" "}
          <select
            value={splitShown()}
            onChange={({ currentTarget }) => analysisSplit.value = currentTarget.value}
          >
            {splits.map((split) => <option key={split}>{split}</option>)}
          </select>
        </label>
      )}
      {known === null
        ? <p class="quiet">Asking what is known …</p>
        : known.state === "known"
        ? <Analysis analysis={known.analysis} />
        : <Unknown state={known} />}
    </section>
  );
}

function Unknown({ state }: { readonly state: Exclude<AnalysisState, { state: "known" }> }) {
  const begin = (
    <button type="button" class="main" onClick={() => compute("begin")}>
      Measure them now
    </button>
  );
  if (source().compute === null) {
    return <p class="quiet">They were not measured; that needs a server.</p>;
  }
  switch (state.state) {
    case "unknown":
      return (
        <>
          {state.stale !== null && <p class="quiet">{state.stale}.</p>}
          {state.refusal !== null ? <p>{state.refusal}.</p> : (
            <>
              <p>
                How many triplets each notion's mask orders rightly, and how much it gives away of
                other notions, was not measured yet. It takes seconds, minutes for large sets, and
                is kept.
              </p>
              {begin}
            </>
          )}
        </>
      );
    case "running":
      return (
        <div role="status" class="running">
          <p>{state.what} …</p>
          <progress
            aria-label={state.what}
            {...state.share === null ? {} : { value: state.share, max: 1 }}
          />
          <button type="button" onClick={() => compute("stop")}>Stop</button>
        </div>
      );
    case "failed":
      return (
        <>
          <p class="refusal" role="alert">{state.error}</p>
          {begin}
        </>
      );
  }
}

function Analysis({ analysis }: { readonly analysis: AnalysisInfo }) {
  const { notions, accuracy, triplets, split, data, from, remarks } = analysis;
  const all = triplets.reduce((sum, count) => sum + count, 0);
  // Chance is among what is drawn.
  const lowest = Math.floor(10 * Math.min(0.45, ...accuracy.map(({ low }) => low ?? 1))) / 10;
  return (
    <>
      <p>
        On {all.toLocaleString("en")} {split} triplets of <span class="file">{data}</span>
        {from === "report" ? ", from the report beside the model" : ", measured here"}.{" "}
        {remarks.join(" ")}
      </p>
      <div class="scroll" tabIndex={0} role="region" aria-label="Accuracy">
        <table class="accuracy">
          <caption>
            Triplets in the right order; guessing gives 50 %. Intervals hold, 95 of 100 times, what
            this network would give on other{" "}
            {analysis.units === "groups" ? "groups of images" : "images"}.
          </caption>
          <thead>
            <tr>
              <th scope="col">notion</th>
              <th scope="col">triplets</th>
              <th scope="col">accuracy</th>
              <th scope="col">95 % interval</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {["all notions", ...notions].map((name, at) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{(at === 0 ? all : triplets[at - 1]).toLocaleString("en")}</td>
                <td>{percent(accuracy[at].value)}</td>
                <td>{percent(accuracy[at].low)} to {percent(accuracy[at].high)}</td>
                <td>
                  <IntervalBar
                    from={lowest}
                    estimate={accuracy[at]}
                    colour={at === 0 ? "currentColor" : notionColour(at - 1)}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <LeakageTable notions={notions} leakage={analysis.leakage} />
      <Excess analysis={analysis} />
    </>
  );
}

/** A share as a dot and its interval as a line, up to 100 %. */
function IntervalBar(
  { estimate: { value, low, high }, from, colour }: {
    readonly estimate: ShareEstimate;
    /** The share at the left end. */
    readonly from: number;
    readonly colour: string;
  },
) {
  if (value === null || low === null || high === null) return null;
  const x = (share: number) => 4 + 192 * (share - from) / (1 - from);
  return (
    <svg class="interval" width="200" height="16" aria-hidden="true">
      <line class="chance" x1={x(0.5)} x2={x(0.5)} y1={0} y2={16} />
      <line class="axis" x1={x(from)} x2={x(1)} y1={8} y2={8} />
      <line x1={x(low)} x2={x(high)} y1={8} y2={8} stroke={colour} stroke-width={3} />
      <circle cx={x(value)} cy={8} r={3.5} fill={colour} />
    </svg>
  );
}

/** Which masks give away another notion, beyond what the data relate. */
function Excess({ analysis: { leakage, notions } }: { readonly analysis: AnalysisInfo }) {
  const { excess } = leakage;
  if (excess === null) {
    return (
      <p>
        The set knows no values of its images, so what the relation of two notions alone would give
        is not known.
      </p>
    );
  }
  const leaks = notions.flatMap((notion, of) =>
    notions.flatMap((mask, by) => {
      const found = excess[of]?.[by] ?? null;
      if (of === by || found === null || found.low === null || found.low <= 0) return [];
      return [
        `${notion} under the mask of ${mask}, by ${points(found.value)} points (${
          points(found.low)
        } to ${points(found.high)})`,
      ];
    })
  );
  if (leaks.length === 0) {
    return (
      <p>
        No error is below its baseline by more than other images could make it: the masks give away
        nothing that the data do not relate.
      </p>
    );
  }
  return (
    <>
      <p>
        Below the baseline by more than other images could make it (95 % intervals, each alone):
      </p>
      <ul class="leaks">{leaks.map((leak) => <li key={leak}>{leak}</li>)}</ul>
    </>
  );
}
