/** Maps: where the images lie by each notion, side by side or one after the other. */
import { useEffect } from "preact/hooks";
import { effect } from "@preact/signals";
import { Conditions } from "../conditions.tsx";
import { explored } from "../explored.ts";
import { addShortcuts } from "../keyboard.ts";
import { mapColour, mapMode, mapNotion, mapPictures, query } from "../state.ts";
import { Card, visitedText } from "../maps/card.tsx";
import { Legends } from "../maps/legend.tsx";
import { followConditions, followMaps, kept, maps, needValues } from "../maps/map_data.ts";
import { MapText } from "../maps/map_text.tsx";
import { countText, Selected } from "../maps/selected.tsx";
import { camera, colourColumn, mapTitle, queryPoint, shownMaps } from "../maps/shown_maps.ts";
import { lookAtAll, mapKey, spoken, Stage, tool } from "../maps/stage.tsx";

/** The view. */
export function Maps() {
  useEffect(followMaps, []);
  useEffect(followColumns, []);
  useEffect(followConditions, []);
  useEffect(mapShortcuts, []);
  return (
    <section class="maps">
      <Tools />
      <div class="map-status-row">
        <MapStatus />
        <button type="button" disabled={camera.value === null} onClick={lookAtAll}>Show all</button>
      </div>
      <Conditions />
      <div class="map-frame">
        <Stage />
        <Card />
      </div>
      <Legends />
      <Selected />
      <MapText />
      <p id="map-keys" class="visually-hidden">
        Arrow keys pan, plus and minus zoom, 0 shows all, n and p go from image to image, Enter
        makes an image the query, the space bar selects it, Escape lets go. Below the maps stands
        what they show in words.
      </p>
      <p class="visually-hidden" aria-live="polite">{spoken.value}</p>
      <p class="visually-hidden" aria-live="polite">{visitedText()}</p>
    </section>
  );
}

/** Asks for the values that maps are coloured by. */
function followColumns(): () => void {
  return effect(() => {
    for (const { notion } of shownMaps.value) {
      const column = colourColumn(notion);
      if (column !== null) needValues(column);
    }
  });
}

function Tools() {
  const { notions, columns, hasPictures } = explored.value!;
  return (
    <div class="map-tools" role="toolbar" aria-label="Maps">
      <fieldset>
        <legend>Maps</legend>
        <Choice is={mapMode.value === "side"} choose={() => mapMode.value = "side"}>
          side by side
        </Choice>
        {[...notions.map(({ name }) => name), ""].map((notion) => (
          <Choice
            key={notion}
            is={mapMode.value === "one" && mapNotion.value === notion}
            choose={() => {
              mapNotion.value = notion;
              mapMode.value = "one";
            }}
          >
            {mapTitle(notion)}
          </Choice>
        ))}
      </fieldset>
      <fieldset>
        <legend>Drag to</legend>
        <Choice is={tool.value === "drag"} choose={() => tool.value = "drag"}>move</Choice>
        <Choice is={tool.value === "lasso"} choose={() => tool.value = "lasso"}>lasso</Choice>
        <Choice is={tool.value === "box"} choose={() => tool.value = "box"}>rectangle</Choice>
      </fieldset>
      <label>
        Colours{" "}
        <select
          value={mapColour.value}
          onChange={(event) => mapColour.value = event.currentTarget.value}
        >
          {columns.length > 0 && <option value="">each map's own notion</option>}
          {columns.map((column) => <option key={column} value={`=${column}`}>{column}</option>)}
          <option value="-">none</option>
        </select>
      </label>
      {hasPictures && (
        <label>
          <input
            type="checkbox"
            checked={mapPictures.value}
            onChange={(event) => mapPictures.value = event.currentTarget.checked}
          />{" "}
          pictures
        </label>
      )}
    </div>
  );
}

function Choice({ is, choose, children }: {
  readonly is: boolean;
  readonly choose: () => void;
  readonly children: string;
}) {
  return <button type="button" aria-pressed={is} onClick={choose}>{children}</button>;
}

/** How much of all is shown, and what cannot be. */
function MapStatus() {
  const info = maps.value;
  if (info === null) return <p class="map-status quiet">The maps are asked for …</p>;
  const parts = [
    info.points < info.of
      ? `${countText(info.points)} of ${info.of.toLocaleString("en")}, drawn at random`
      : countText(info.points),
    ...info.unknown > 0 ? [`${countText(info.unknown)} without an embedding, on no map`] : [],
    ...kept.value === null ? [] : [
      `${kept.value.reduce((sum, is) => sum + is, 0).toLocaleString("en")} meet the conditions, ` +
      "the others are faint",
    ],
    ...query.value !== null && queryPoint.value === null
      ? ["the query is not among the points that are shown"]
      : [],
  ];
  return <p class="map-status quiet">{parts.join(" · ")}</p>;
}

function mapShortcuts(): () => void {
  const notionAt = (by: number) => {
    const all = [...explored.value!.notions.map(({ name }) => name), ""];
    if (mapMode.value === "one") {
      const at = all.indexOf(mapNotion.value);
      mapNotion.value = all[(at + by + all.length) % all.length];
    } else mapNotion.value = all[0];
    mapMode.value = "one";
  };
  return addShortcuts(
    { keys: ["+", "="], what: "maps: zoom in", run: ({ key }) => mapKey(key) },
    { keys: ["-"], what: "maps: zoom out", run: ({ key }) => mapKey(key) },
    { keys: ["0"], what: "maps: show all", run: ({ key }) => mapKey(key) },
    { keys: ["n"], what: "maps: go to the next image in view", run: ({ key }) => mapKey(key) },
    { keys: ["p"], what: "maps: go to the image before", run: ({ key }) => mapKey(key) },
    { keys: ["m"], what: "maps: one large map, of the next notion", run: () => notionAt(1) },
    { keys: ["s"], what: "maps: all side by side", run: () => mapMode.value = "side" },
    { keys: ["l"], what: "maps: lasso, or move", run: () => toggleTool("lasso") },
    { keys: ["r"], what: "maps: rectangle, or move", run: () => toggleTool("box") },
    { keys: ["i"], what: "maps: pictures, or dots alone", run: () => togglePictures() },
  );
}

function toggleTool(which: "lasso" | "box"): void {
  tool.value = tool.value === which ? "drag" : which;
}

function togglePictures(): void {
  mapPictures.value = !mapPictures.value;
}
