import type { ComponentChildren } from "preact";
import type { TaughtInfo } from "../../protocol.ts";
import { labelled } from "../state.ts";
import { Accuracies } from "./accuracies.tsx";
import { KeepNotion } from "./keep_notion.tsx";
import { type Anchor, TaughtNeighbours } from "./taught_neighbours.tsx";
import { taught } from "./teach_data.ts";

/** What the notion has been taught so far. */
export function TeachPanel({ anchor, isEarly, notYet, children }: {
  /** The image whose neighbours are shown. */
  readonly anchor: Anchor | null;
  /** Whether more answers are to be expected. */
  readonly isEarly: boolean;
  /** What is shown instead as long as nothing was taught; null where that has a reason of its own. */
  readonly notYet: string | null;
  /** How far the answers are. */
  readonly children: ComponentChildren;
}) {
  const found = taught.value;
  const isFitted = found !== null && !("refusal" in found);
  return (
    <section class="teach" aria-labelledby="teach-title">
      <h2 id="teach-title">
        What the model has learned of <em>{labelled.value}</em>
      </h2>
      {children}
      <div role="status">
        {isFitted
          ? <Verdict taught={found} isEarly={isEarly} />
          : <p class="quiet">{notYet ?? found?.refusal ?? "Learning …"}</p>}
      </div>
      {isFitted && (
        <>
          <Accuracies taught={found} />
          {found.dimensions === 0
            ? <p class="quiet">No dimension counts, so there is nothing to look at or to keep.</p>
            : (
              <>
                {anchor !== null && (
                  <TaughtNeighbours key={labelled.value} taught={found} anchor={anchor} />
                )}
                <KeepNotion key={`keep ${labelled.value}`} taught={found} />
              </>
            )}
        </>
      )}
    </section>
  );
}

const titles: Readonly<Record<string, string>> = {
  "learned": "✓ Learned",
  "not learnable": "✗ Not learnable from this embedding so far",
  "already known": "≈ A notion that is there does as well",
  "not shown better": "? Learned, perhaps no better than what is there",
};

function Verdict({ taught, isEarly }: {
  readonly taught: TaughtInfo;
  readonly isEarly: boolean;
}) {
  const { verdict, text, from, answers, images, dimensions, of } = taught;
  const judges = from === "triplets"
    ? "Judged by answers that were left out of the fit"
    : `Judged by comparisons of images that were left out of the fit, ${
      answers.toLocaleString("en")
    } in all, drawn from the values of ${images.toLocaleString("en")} images`;
  return (
    <p class="verdict" data-verdict={verdict} data-answers={answers}>
      <strong>{titles[verdict] ?? verdict}.</strong> {text[0].toUpperCase() + text.slice(1)}.{" "}
      <span class="quiet">
        {judges}; {dimensions} of {of} dimensions count.
        {verdict === "not learnable" && isEarly &&
          ` It is early: more ${from === "triplets" ? "answers" : "values"} may show more.`}
      </span>
    </p>
  );
}
