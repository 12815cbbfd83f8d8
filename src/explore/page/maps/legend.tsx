/** What colours mean, of each column that a map is coloured by. */
import { selection } from "../state.ts";
import type { LegendEntry } from "./colouring.ts";
import { points } from "./map_data.ts";
import { colourColumn, colouredBy, shownMaps } from "./shown_maps.ts";
import { spoken } from "./stage.tsx";

/** The legends of the maps that are shown. */
export function Legends() {
  const columns = new Set(shownMaps.value.map(({ notion }) => colourColumn(notion)));
  return (
    <div class="map-legends">
      {[...columns].map((column) => column !== null && <LegendOf key={column} column={column} />)}
    </div>
  );
}

function LegendOf({ column }: { readonly column: string }) {
  const { legend } = colouredBy(column);
  if (legend.kind === "none") return null;
  return (
    <section class="map-legend" aria-label={`Colours: ${column}`}>
      <h3>{column}</h3>
      {legend.kind === "scale"
        ? (
          <div class="map-scale">
            <span>{legend.low}</span>
            <span
              class="map-scale-bar"
              role="img"
              aria-label={`from ${legend.low} to ${legend.high}`}
            >
              {legend.steps.map((colour) => <i key={colour} style={{ background: colour }} />)}
            </span>
            <span>{legend.high}</span>
            {legend.unknown > 0 && (
              <span class="quiet">{legend.unknown.toLocaleString("en")} not known</span>
            )}
          </div>
        )
        : (
          <ul>
            {legend.entries.map((entry) => (
              <li key={entry.label}>
                <button
                  type="button"
                  title={`Select the ${entry.count.toLocaleString("en")} images of this colour`}
                  onClick={() => selectColour(column, entry)}
                >
                  <i style={{ background: entry.colour }} />
                  {entry.label}
                  <span class="quiet">{entry.count.toLocaleString("en")}</span>
                </button>
              </li>
            ))}
          </ul>
        )}
    </section>
  );
}

function selectColour(column: string, { colour, label }: LegendEntry): void {
  const { colours } = colouredBy(column);
  const images = points.value!;
  selection.value = colours.flatMap((each, point) => each === colour ? [images[point]] : []);
  spoken.value = `${selection.value.length} images selected: ${column} ${label}`;
}
