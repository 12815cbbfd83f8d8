import type { ValuesAnswer } from "../../protocol.ts";
import { countText } from "../maps/selected.tsx";
import { goal, goalText } from "./question_progress.tsx";
import { fewestValued, teaching } from "./values_data.ts";

/** How many images have a value, and how far people differ. */
export function ValueProgress({ asked }: { readonly asked: ValuesAnswer }) {
  const { images, values, annotators, disputed, file } = asked;
  return (
    <>
      <p>
        <progress value={Math.min(images, goal)} max={goal} aria-label="Images with a value" />{" "}
        {images === 0 ? "No picture has a value yet" : (
          <>
            <strong>{countText(images)}</strong>{" "}
            {`${images === 1 ? "has" : "have"} one of ${values.length} ${
              values.length === 1 ? "value" : "values"
            }`}
          </>
        )}
        {goalText(images)}
      </p>
      {disputed > 0 && (
        <p class="quiet">
          {countText(disputed)} {disputed === 1 ? "was" : "were"} given different values by{" "}
          {annotators} people; the last one counts.
        </p>
      )}
      <p class="quiet">
        kept in <code>{file}</code>, which spreadsheets open, too
      </p>
    </>
  );
}

/** What is missing before anything can be learned; null where that is nothing. */
export function valuesMissing(asked: ValuesAnswer): string | null {
  const { images, values } = teaching(asked);
  if (values < 2) return "Two values, each of two pictures at least, are needed to learn from.";
  const left = fewestValued - images;
  if (left <= 0) return null;
  return `After ${left} more ${
    left === 1 ? "picture" : "pictures"
  } you see here what the model makes of the values.`;
}
