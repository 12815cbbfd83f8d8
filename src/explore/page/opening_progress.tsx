import { opening } from "./explored.ts";

/** How far the images are embedded, when a model is explored for the first time. */
export function OpeningProgress() {
  if (opening.value === null) return null;
  const { opening: progress } = opening.value;
  return (
    <section class="opening" aria-labelledby="opening-title">
      <h2 id="opening-title">Preparing the images</h2>
      <p class="quiet">
        This is done once for a model and its images; then the page goes on by itself.
      </p>
      {progress !== null && (
        <p>
          <label for="opening-progress">
            {`${progress.what}: ${progress.done.toLocaleString("en")}`}
            {progress.total !== null && ` of ${progress.total.toLocaleString("en")}`}
            {` ${progress.unit}`}
          </label>
          <progress
            id="opening-progress"
            value={progress.total === null ? undefined : progress.done}
            max={progress.total ?? undefined}
          />
        </p>
      )}
    </section>
  );
}
