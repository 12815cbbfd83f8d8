/** The image under the pointer: its picture, its name and its values, beside the pointer. */
import { useEffect } from "preact/hooks";
import { explored } from "../explored.ts";
import { Thumbnail } from "../thumbnail.tsx";
import { infos, needInfos } from "./infos.ts";
import { points } from "./map_data.ts";
import { valuesText } from "./map_text.tsx";
import { hovered } from "./shown_maps.ts";
import { cardPlace, visited } from "./stage.tsx";

/** The card; nothing while there is no image. */
export function Card() {
  const image = hovered.value === null ? null : points.value?.[hovered.value] ?? null;
  useEffect(() => {
    if (image !== null) needInfos([image]);
  }, [image]);
  const place = cardPlace.value;
  if (image === null || place === null) return null;
  const info = infos.value.get(image);
  const [x, y] = place;
  // On the side where there is room.
  const isRight = x < innerWidth / 2;
  return (
    <div
      class="map-card"
      style={{
        left: `${isRight ? x + 18 : x - 18}px`,
        top: `${y}px`,
        transform: `translate(${isRight ? "0" : "-100%"}, -50%)`,
      }}
      aria-hidden="true"
    >
      {explored.value!.hasPictures && (
        <Thumbnail key={image} index={image} name={info?.name ?? `image ${image}`} />
      )}
      <p class="file">{info?.name ?? "…"}</p>
      {info !== undefined && <p class="quiet">{valuesText(info.values)}</p>}
    </div>
  );
}

/** What is said of the image that keys came to. */
export function visitedText(): string {
  const image = hovered.value === null ? null : points.value?.[hovered.value] ?? null;
  if (image === null || visited.value === null) return "";
  const info = infos.value.get(image);
  if (info === undefined) return "";
  const { place, of } = visited.value;
  const values = valuesText(info.values);
  return `${info.name}${values === "" ? "" : `, ${values}`}, ${place} of ${of} in view`;
}
