/** The selected images: how many, of which values, their pictures, and their names as a file. */
import { useEffect } from "preact/hooks";
import { batch, type Signal, signal } from "@preact/signals";
import { explored, source } from "../explored.ts";
import { report } from "../source.ts";
import { goTo, labelled, labelWay, selection, view } from "../state.ts";
import { Thumbnail } from "../thumbnail.tsx";
import { infos, needInfos } from "./infos.ts";
import { hovered } from "./shown_maps.ts";
import { pointOf, points } from "./map_data.ts";

/** Pictures that are shown at first, and how many more a button shows. */
const step = 120;

/** How many pictures are shown. */
const shown: Signal<number> = signal(step);

/** The gallery. */
export function Selected() {
  const images = selection.value;
  const some = images.slice(0, shown.value);
  useEffect(() => needInfos(some), [images, shown.value]);
  useEffect(() => {
    shown.value = step;
  }, [images]);
  if (images.length === 0) {
    return (
      <section class="map-selected" aria-label="Selected images">
        <p class="quiet">
          Draw a line around points with the lasso (or hold Shift and drag), and their pictures
          stand here; Ctrl and click takes one image more or less.
        </p>
      </section>
    );
  }
  return (
    <section class="map-selected" aria-label="Selected images">
      <div class="map-selected-head">
        <h2>{countText(images.length)} selected</h2>
        <button type="button" onClick={() => exportNames(images).catch(report)}>
          Save their names
        </button>
        {source().labels !== null && (
          <button type="button" onClick={giveValue}>Give them a value</button>
        )}
        <button type="button" onClick={() => selection.value = []}>Let go</button>
      </div>
      <ul class="map-gallery">
        {some.map((image) => (
          <li key={image}>
            <button
              type="button"
              title={infos.value.get(image)?.name ?? `image ${image}`}
              onClick={() => goTo(image)}
              onPointerEnter={() => hovered.value = pointOf.value.get(image) ?? null}
              onPointerLeave={() => hovered.value = null}
              onFocus={() => hovered.value = pointOf.value.get(image) ?? null}
              data-hovered={hovered.value !== null && points.value?.[hovered.value] === image}
            >
              <Thumbnail
                index={image}
                name={infos.value.get(image)?.name ?? `image ${image}`}
              />
            </button>
          </li>
        ))}
      </ul>
      {images.length > some.length && (
        <button type="button" onClick={() => shown.value += step}>
          Show {Math.min(step, images.length - some.length)} more
        </button>
      )}
    </section>
  );
}

/** To the view in which pictures are given values; of which notion is asked there. */
function giveValue(): void {
  batch(() => {
    if (labelWay.value !== "values") labelled.value = "";
    view.value = "label";
  });
}

/** "1 image", "1,234 images". */
export function countText(count: number): string {
  return `${count.toLocaleString("en")} ${count === 1 ? "image" : "images"}`;
}

/** Saves the names of images as a text file, a name a line, in the order of their indices. */
async function exportNames(images: readonly number[]): Promise<void> {
  const found = await source().infos(images.toSorted((a, b) => a - b));
  const text = found.map(({ name }) => `${name}\n`).join("");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.download = `selected-${images.length}-of-${explored.value!.images}.txt`;
  link.click();
  URL.revokeObjectURL(link.href);
}
