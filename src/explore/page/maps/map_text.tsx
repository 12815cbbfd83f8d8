/** The maps in words, and the images in view as a list: for those who do not see the maps. */
import { useEffect } from "preact/hooks";
import { type Signal, signal } from "@preact/signals";
import { explored } from "../explored.ts";
import { goTo, selection } from "../state.ts";
import { infos, needInfos } from "./infos.ts";
import { layouts, maps, points, values } from "./map_data.ts";
import { agreement } from "./map_words.ts";
import { countText } from "./selected.tsx";
import { camera, colourColumn, home, mapTitle, type ShownMap, shownMaps } from "./shown_maps.ts";
import { pointsInView, toggle } from "./stage.tsx";

/** Images that the list shows at most. */
const mostListed = 30;

/** Whether the text is open: nothing is computed before. */
const isOpen: Signal<boolean> = signal(false);

/** The text, which opens when it is asked for. */
export function MapText() {
  return (
    <details
      class="map-text"
      onToggle={(event) => isOpen.value = (event.currentTarget as HTMLDetailsElement).open}
    >
      <summary>The maps in words, and the images in view as a list</summary>
      {isOpen.value && shownMaps.value.map((map) => <Words key={map.slot} map={map} />)}
      {isOpen.value && <InView />}
    </details>
  );
}

function Words({ map: { notion } }: { readonly map: ShownMap }) {
  const layout = layouts.value.get(notion);
  const column = colourColumn(notion);
  const known = column === null ? undefined : values.value.get(column);
  const state = maps.value?.maps.find((each) => each.notion === notion);
  if (layout === undefined || state === undefined) return null;
  const found = known === undefined ? null : agreement(layout, known);
  const share = (value: number) => `${Math.round(100 * value)} %`;
  return (
    <p>
      <strong>Map {notion === "" ? "without a mask" : `by ${mapTitle(notion)}`}:</strong>{" "}
      {countText(layout.length / 2)}
      {state.stage === "plane" ? ", in the plane of their greatest variance so far" : ""}
      {state.stage === "nothing" ? ", all at one place: the mask leaves no dimension" : ""}.
      {found !== null &&
        ` Of the five nearest on the map ${
          share(found.near)
        } have the same ${column}, of any two images ${share(found.all)}.`}
    </p>
  );
}

/** The images in view of the first map, those nearest to its middle first. */
function InView() {
  const { notion } = shownMaps.value[0];
  const layout = layouts.value.get(notion);
  const square = { left: 0, top: 0, width: 100, height: 100 };
  const seen = layout === undefined ? [] : pointsInView(layout, camera.value ?? home.value, square);
  const images = seen.slice(0, mostListed).map((point) => points.value![point]);
  useEffect(() => needInfos(images), [images.join(" ")]);
  return (
    <>
      <p>
        In view {notion === "" ? "without a mask" : `by ${notion}`}: {countText(seen.length)}
        {seen.length > mostListed && `; the ${mostListed} nearest to the middle are`}
      </p>
      <ol>
        {images.map((image) => {
          const info = infos.value.get(image);
          const isSelected = selection.value.includes(image);
          return (
            <li key={image}>
              <span class="file">{info?.name ?? `image ${image}`}</span>{" "}
              {info !== undefined && valuesText(info.values)}
              <button type="button" onClick={() => goTo(image)}>Make it the query</button>
              <button type="button" aria-pressed={isSelected} onClick={() => toggle(image)}>
                {isSelected ? "Let go" : "Select"}
              </button>
            </li>
          );
        })}
      </ol>
    </>
  );
}

/** "heel flat, colour red". */
export function valuesText(known: readonly string[]): string {
  const { notions } = explored.value!;
  return notions.flatMap(({ name }, at) => known[at] ? [`${name} ${known[at]}`] : []).join(", ");
}
