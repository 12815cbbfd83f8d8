import { useEffect } from "preact/hooks";
import { effect, type Signal, signal } from "@preact/signals";
import { decimal, percent } from "../../../../report/charts/numbers.ts";
import type { HardTripletInfo, HardTriplets, ImageInfo } from "../../../protocol.ts";
import { explored, source } from "../../explored.ts";
import { latest } from "../../latest.ts";
import { connection, report } from "../../source.ts";
import { goTo, mode, perRow, split } from "../../state.ts";
import { Thumbnail } from "../../thumbnail.tsx";
import { Swatch } from "./row.tsx";

const found: Signal<readonly HardTriplets[]> = signal([]);

const ask = latest({
  ask: ({ split, count }: { readonly split: string; readonly count: number }) =>
    Promise.all(
      explored.value!.notions.map(({ name }) => source().triplets({ notion: name, split, count })),
    ),
  take: (answers) => found.value = answers,
  fail: report,
});

/** The split that is shown: the one that was chosen, else the last, which is that of the test. */
function shownSplit(): string | undefined {
  const { splits } = explored.value!;
  return splits.includes(split.value) ? split.value : splits.at(-1);
}

/** Of each notion the triplets that the model gets wrong by most. */
export function Triplets() {
  useEffect(() =>
    effect(() => {
      connection.value.comebacks;
      const shown = shownSplit();
      if (shown !== undefined) ask({ split: shown, count: perRow.value });
    }), []);
  const { splits, notions } = explored.value!;
  if (splits.length === 0) {
    return (
      <p class="empty">There are no triplets: what is explored is no set with triplet lists.</p>
    );
  }
  return (
    <div class="triplets-view">
      <label>
        triplets of{" "}
        <select value={shownSplit()} onChange={(event) => split.value = event.currentTarget.value}>
          {splits.map((each) => <option key={each} value={each}>{each}</option>)}
        </select>
      </label>
      {found.value.map(({ triplets, wrong, total }, at) => (
        <section key={at} class="neighbours-row" aria-labelledby={`triplets-${at}`}>
          <header>
            <h2 id={`triplets-${at}`}>
              <Swatch notion={at} />
              {notions[at].name}
            </h2>
            <p class="quiet">
              {`${wrong.toLocaleString("en")} of ${
                total.toLocaleString("en")
              } in the wrong order (${percent(wrong / total)}), the worst first`}
            </p>
          </header>
          {triplets.length === 0 && <p class="empty">None is in the wrong order.</p>}
          <ol class="cards" data-row={at}>
            {triplets.map((triplet, place) => (
              <TripletCard key={place} triplet={triplet} place={place} notion={at} />
            ))}
          </ol>
        </section>
      ))}
    </div>
  );
}

function TripletCard({ triplet, place, notion }: {
  readonly triplet: HardTripletInfo;
  readonly place: number;
  readonly notion: number;
}) {
  const { anchor, near, far, nearDistance, farDistance } = triplet;
  const each = (role: string, image: ImageInfo, distance: number | null, isFirst: boolean) => (
    <div class="role">
      <button
        type="button"
        data-card
        tabIndex={isFirst ? 0 : -1}
        title={image.name}
        aria-label={[
          role,
          image.name,
          image.values[notion],
          ...distance === null ? [] : [`at ${decimal(distance, 3)}`],
        ].filter((part) => part !== "").join(", ")}
        onClick={() => {
          mode.value = "nearest";
          goTo(image.index);
        }}
      >
        <Thumbnail key={image.index} index={image.index} name="" />
      </button>
      <p class="value">{role}{distance !== null && ` ${decimal(distance, 3)}`}</p>
      <p class="value">{image.values[notion] || "\u00a0"}</p>
    </div>
  );
  return (
    <li class="triplet">
      {each("anchor", anchor, null, place === 0)}
      {each("near", near, nearDistance, false)}
      {each("far", far, farDistance, false)}
    </li>
  );
}
