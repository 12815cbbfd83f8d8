import { decimal } from "../../../../report/charts/numbers.ts";
import { explored, notionColour } from "../../explored.ts";
import { isBalanced, weights } from "../../state.ts";
import { mixture } from "./answers.ts";
import { Swatch } from "./row.tsx";

/** Narrow screens show the rows first. */
const isWide = matchMedia("(min-width: 861px)").matches;

/** The mixer: how much each notion counts, like or unlike. */
export function Mixer() {
  const { notions } = explored.value!;
  const set = (name: string, weight: number) =>
    weights.value = { ...mixture.value, [name]: weight };
  const isMoved = Object.values(mixture.value).some((weight) => weight !== 1);
  return (
    <details class="mixer" open={isWide}>
      <summary>
        <h2>Mixer</h2>
      </summary>
      <p class="quiet ends" aria-hidden="true">
        <span>unlike</span>
        <span>like</span>
      </p>
      {notions.map(({ name }, at) => (
        <label key={name}>
          <span class="name">
            <Swatch notion={at} />
            {name}
          </span>
          <input
            type="range"
            min={-1}
            max={1}
            step={0.05}
            value={mixture.value[name]}
            style={{ accentColor: notionColour(at) }}
            aria-valuetext={weightText(mixture.value[name])}
            onInput={(event) => set(name, event.currentTarget.valueAsNumber)}
            onDblClick={() => set(name, 0)}
          />
          <output>{weightText(mixture.value[name])}</output>
        </label>
      ))}
      <label class="check">
        <input
          type="checkbox"
          checked={isBalanced.value}
          onChange={(event) => isBalanced.value = event.currentTarget.checked}
        />
        <span>
          balanced{" "}
          <span class="quiet">each notion's distances in units of what is usual for it</span>
        </span>
      </label>
      <button type="button" disabled={!isMoved} onClick={() => weights.value = {}}>
        All alike
      </button>
    </details>
  );
}

function weightText(weight: number): string {
  return weight === 0 ? "off" : `${weight > 0 ? "like" : "unlike"} ${decimal(Math.abs(weight), 2)}`;
}
