import { useEffect } from "preact/hooks";
import { effect, type Signal, signal } from "@preact/signals";
import type { ListedImages } from "../../../protocol.ts";
import { source } from "../../explored.ts";
import { latest } from "../../latest.ts";
import { connection, report } from "../../source.ts";
import { goTo, where } from "../../state.ts";
import { Thumbnail } from "../../thumbnail.tsx";

const listed: Signal<ListedImages | null> = signal(null);

/** How many are shown to begin with. */
const shown = 48;

const ask = latest({
  ask: (conditions: readonly string[]) => source().images(conditions, shown),
  take: (answer) => listed.value = answer,
  fail: report,
});

/** Images to begin with. */
export function Begin() {
  useEffect(() =>
    effect(() => {
      connection.value.comebacks;
      ask(where.value);
    }), []);
  const answer = listed.value;
  if (answer === null) return <p class="quiet">Asking for images …</p>;
  return (
    <section class="begin" aria-labelledby="begin-title">
      <h2 id="begin-title">Where to begin</h2>
      <p class="quiet">
        {answer.images.length === 0
          ? "No image meets the conditions: take one away."
          : `${answer.images.length} of ${
            answer.total.toLocaleString("en")
          } images, evenly over them. ` +
            "Click one: its neighbours by each notion are shown side by side."}
      </p>
      <ol class="cards wrapped" data-row="begin">
        {answer.images.map(({ index, name }, at) => (
          <li key={at} class="card" data-image={index}>
            <button
              type="button"
              data-card
              tabIndex={at === 0 ? 0 : -1}
              title={name}
              aria-label={name}
              onClick={() => goTo(index)}
            >
              <Thumbnail key={index} index={index} name="" />
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
