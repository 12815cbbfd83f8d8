import { where } from "./state.ts";

/** The conditions that images must meet, each with a button that takes it away. */
export function Conditions() {
  if (where.value.length === 0) return null;
  return (
    <ul class="conditions" aria-label="Only images with">
      {where.value.map((condition) => (
        <li key={condition}>
          <span>only {condition}</span>
          <button
            type="button"
            aria-label={`Take ${condition} away`}
            onClick={() => where.value = where.value.filter((each) => each !== condition)}
          >
            ✕
          </button>
        </li>
      ))}
    </ul>
  );
}
