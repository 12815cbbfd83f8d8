import { runsShown } from "../state.ts";
import { besideNames, mostBeside, runs } from "./run_data.ts";

/** Which runs are shown beside the model's own. */
export function RunPicker() {
  const all = runs.value!;
  const beside = all.runs.slice(1);
  if (beside.length === 0) {
    return <p class="quiet">No other run lies in the folder of this one.</p>;
  }
  const shown = besideNames.value;
  const isFull = shown.length >= mostBeside;
  const change = (name: string, isChecked: boolean) => {
    const others = shown.filter((each) => each !== name);
    runsShown.value = isChecked ? [...others, name] : others;
  };
  return (
    <details class="run-picker" open={shown.length > 0 || beside.length <= 8}>
      <summary>
        Other runs beside it ({shown.length} of {beside.length + all.leftOut} shown)
      </summary>
      <ul>
        {beside.map(({ name, variant }) => (
          <li key={name}>
            <label>
              <input
                type="checkbox"
                checked={shown.includes(name)}
                disabled={isFull && !shown.includes(name)}
                onChange={({ currentTarget }) => change(name, currentTarget.checked)}
              />
              <span>{name}</span>
              {variant !== null && <span class="quiet">{variant}</span>}
            </label>
          </li>
        ))}
      </ul>
      {isFull && <p class="quiet">{mostBeside} at a time; take one away to show another.</p>}
      {all.leftOut > 0 && <p class="quiet">{all.leftOut} more are not listed.</p>}
    </details>
  );
}
