/** The neighbours of an image: a row for each notion, one without a mask, one for the mixture. */
import { useEffect, useRef } from "preact/hooks";
import type { RowAnswer } from "../../protocol.ts";
import { addShortcuts } from "../keyboard.ts";
import { mode, ownQuery, perRow, query } from "../state.ts";
import { followNeighbours, isRefused, rows, titles } from "./neighbours/answers.ts";
import { Begin } from "./neighbours/begin.tsx";
import { focusRow, moveFocus } from "./neighbours/card_focus.ts";
import { Links } from "./neighbours/links.tsx";
import { Mixer } from "./neighbours/mixer.tsx";
import { followDrops } from "./neighbours/own_picture.ts";
import { QueryPanel } from "./neighbours/query_panel.tsx";
import { Row } from "./neighbours/row.tsx";
import { Triplets } from "./neighbours/triplets.tsx";

const modes = [
  ["nearest", "nearest"],
  ["farthest", "farthest"],
  ["triplets", "hardest triplets"],
] as const;

/** The view. */
export function Neighbours() {
  useEffect(followNeighbours, []);
  useEffect(followDrops, []);
  useEffect(shortcuts, []);
  return (
    <div class={mode.value === "triplets" ? "neighbours alone" : "neighbours"}>
      {mode.value !== "triplets" && (
        <div class="panel">
          <QueryPanel />
          <Mixer />
        </div>
      )}
      <div class="found-rows">
        <Modes />
        {mode.value === "triplets"
          ? <Triplets />
          : query.value === null && ownQuery.value === ""
          ? <Begin />
          : <Rows />}
      </div>
    </div>
  );
}

function Rows() {
  const within = useRef<HTMLDivElement>(null);
  return (
    <div class="rows" ref={within}>
      {rows.value.length === 0 && (
        <p class="quiet">
          {isRefused.value ? "Nothing can be found from this query." : "Searching …"}
        </p>
      )}
      {shownRows().map(([number, answer]) => <Row key={number} number={number} answer={answer} />)}
      <Links within={within} />
    </div>
  );
}

/** The mixture first, beside its sliders; numbers are those of `rows`. */
function shownRows(): (readonly [number, RowAnswer])[] {
  const all = rows.value.map((answer, number) => [number, answer] as const);
  const isMixture = ([number]: readonly [number, RowAnswer]) => number === titles.value.length - 1;
  return [...all.filter(isMixture), ...all.filter((each) => !isMixture(each))];
}

function Modes() {
  return (
    <div class="modes">
      <fieldset>
        <legend class="unseen">What is shown</legend>
        {modes.map(([name, title]) => (
          <label key={name}>
            <input
              type="radio"
              name="mode"
              checked={mode.value === name}
              onChange={() => mode.value = name}
            />
            <span>{title}</span>
          </label>
        ))}
      </fieldset>
      {mode.value !== "triplets" && (
        <p class="quiet">coloured bars: what each notion adds to the distance</p>
      )}
      <label>
        {"in a row "}
        <input
          type="number"
          min={1}
          max={60}
          value={perRow.value}
          onChange={(event) => {
            const count = event.currentTarget.valueAsNumber;
            if (count >= 1 && count <= 60) perRow.value = Math.round(count);
          }}
        />
      </label>
    </div>
  );
}

function shortcuts(): () => void {
  const more = (by: number) => perRow.value = Math.min(60, Math.max(1, perRow.value + by));
  return addShortcuts(
    {
      keys: ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"],
      what: "go from picture to picture; Enter makes it the query",
      run: ({ key }) => moveFocus(key),
    },
    {
      keys: ["1", "2", "3", "4", "5", "6", "7", "8", "9"],
      what: "go to the row of that notion",
      run: ({ key }) => focusRow(Number(key) - 1),
    },
    {
      keys: ["0"],
      what: "go to the row of the mixture",
      run: () => focusRow(titles.value.length - 1),
    },
    { keys: ["n"], what: "show the nearest", run: () => mode.value = "nearest" },
    { keys: ["f"], what: "show the farthest", run: () => mode.value = "farthest" },
    { keys: ["t"], what: "show the hardest triplets", run: () => mode.value = "triplets" },
    { keys: ["+"], what: "show more in a row", run: () => more(1) },
    { keys: ["-"], what: "show fewer in a row", run: () => more(-1) },
    {
      keys: ["m"],
      what: "go to the mixer; arrow keys move a slider",
      run: () => document.querySelector<HTMLElement>(".mixer input")?.focus(),
    },
    {
      keys: ["o"],
      what: "choose a picture of yours as the query",
      run: () => document.getElementById("own-picture")?.click(),
    },
  );
}
