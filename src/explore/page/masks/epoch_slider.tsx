import { useEffect, useRef, useState } from "preact/hooks";
import { addShortcuts } from "../keyboard.ts";
import { epoch } from "../state.ts";
import { placeOfEpoch } from "./mask_table.ts";

/** The keys that step through the epochs, until the function that it gives is called. */
export function epochShortcuts(): () => void {
  const step = (by: -1 | 1) => {
    const input = document.querySelector<HTMLInputElement>(".epoch-slider input");
    if (input === null) return;
    if (by < 0) input.stepDown();
    else input.stepUp();
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };
  return addShortcuts(
    { keys: [","], what: "go to the epoch before", run: () => step(-1) },
    { keys: ["."], what: "go to the next epoch", run: () => step(1) },
  );
}

/** Milliseconds that an epoch is shown when they are played. */
const frameMs = 120;

/** A slider through some epochs, for all that shows one: it moves the epoch that is looked at. */
export function EpochSlider(
  { epochs, own }: {
    /** In order, not empty. */
    readonly epochs: readonly number[];
    /** The epoch of the model's weights. */
    readonly own: number;
  },
) {
  const [isPlaying, setPlaying] = useState(false);
  const place = placeOfEpoch(epochs, epoch.value ?? own);
  const now = useRef(place);
  now.current = place;
  useEffect(() => {
    if (!isPlaying) return;
    const timer = setInterval(() => {
      const next = now.current + 1;
      if (next >= epochs.length) setPlaying(false);
      else epoch.value = epochs[next];
    }, frameMs);
    return () => clearInterval(timer);
  }, [isPlaying, epochs]);
  const play = () => {
    if (!isPlaying && place === epochs.length - 1) epoch.value = epochs[0];
    setPlaying(!isPlaying);
  };
  const last = epochs.at(-1)!;
  const isOwn = epoch.value === null || epochs[place] === own;
  return (
    <div class="epoch-slider">
      <button type="button" onClick={play} aria-label={isPlaying ? "Pause" : "Play the epochs"}>
        {isPlaying ? "❚❚" : "▶"}
      </button>
      <label>
        <span>Epoch</span>
        <input
          type="range"
          min={0}
          max={epochs.length - 1}
          value={place}
          aria-valuetext={`epoch ${epochs[place]} of ${last}${isOwn ? ", the model's" : ""}`}
          onInput={({ currentTarget }) => {
            setPlaying(false);
            epoch.value = epochs[currentTarget.valueAsNumber];
          }}
        />
      </label>
      <output class="numbers">{epochs[place]} of {last}</output>
      {isOwn
        ? <span class="quiet">the model's</span>
        : (
          <button type="button" onClick={() => epoch.value = null}>
            back to the model's, {own}
          </button>
        )}
    </div>
  );
}
