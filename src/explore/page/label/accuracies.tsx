import type { SharedInterval, TaughtInfo } from "../../protocol.ts";
import { explored, notionColour } from "../explored.ts";

/** The accuracy of what was taught, beside chance and the notions that there are. */
export function Accuracies({ taught }: { readonly taught: TaughtInfo }) {
  const { notion, accuracy, known, best, chance } = taught;
  const names = explored.value!.notions.map(({ name }) => name);
  const others = known.toSorted((a, b) => b.accuracy.value - a.accuracy.value);
  return (
    <table class="accuracies">
      <caption class="unseen">
        How often each notion says what was said, with 95 % intervals
      </caption>
      <thead>
        <tr>
          <th scope="col">notion</th>
          <th scope="col">
            agrees with {taught.from === "triplets" ? "the answers" : "the values"}
          </th>
          <th scope="col" class="scale" aria-hidden="true">50 % is guessing</th>
        </tr>
      </thead>
      <tbody>
        <Line name={`${notion} (new)`} share={accuracy} colour={notionColour(names.length)} isNew />
        {others.map(({ notion, accuracy }) => (
          <Line
            key={notion}
            name={notion}
            share={accuracy}
            colour={notionColour(names.indexOf(notion))}
            note={notion === best ? "the best there is" : ""}
          />
        ))}
        <tr>
          <th scope="row">guessing</th>
          <td>{percent(chance)}</td>
          <td class="scale" />
        </tr>
      </tbody>
    </table>
  );
}

function Line({ name, share, colour, note = "", isNew = false }: {
  readonly name: string;
  readonly share: SharedInterval;
  readonly colour: string;
  readonly note?: string;
  readonly isNew?: boolean;
}) {
  const { value, low, high } = share;
  return (
    <tr class={isNew ? "new" : ""}>
      <th scope="row">
        {name} {note !== "" && <span class="quiet">{note}</span>}
      </th>
      <td>
        {percent(value)} <span class="quiet">({percent(low)} to {percent(high)})</span>
      </td>
      <td class="scale" aria-hidden="true">
        <svg viewBox="0 0 100 12" preserveAspectRatio="none">
          <rect class="chance" x="49.5" y="0" width="1" height="12" />
          <rect x={100 * low} y="5" width={100 * (high - low)} height="2" fill={colour} />
          <rect x={100 * value - 1} y="1" width="2" height="10" fill={colour} />
        </svg>
      </td>
    </tr>
  );
}

/** "81 %" */
export function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
