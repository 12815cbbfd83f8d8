import { markup, paragraph } from "../html.ts";
import { count } from "../charts/numbers.ts";
import { beside, pictureFigure } from "../figures.ts";
import type { Section } from "../page_parts.ts";
import type { ReportData, SubspaceMap } from "../report_data.ts";

/** Each notion's subspace, as Figures 4, 5 and 7 of the paper draw it. */
export function mapsSection({ analysis, maps, drawn }: ReportData): Section {
  return {
    id: "maps",
    title: "Maps of the subspaces",
    content: [
      paragraph`A sample of ${
        count(maps[0].images)
      } images of the ${analysis.split} split (seed ${drawn.seed}),
laid out in the plane by their embeddings under each notion's mask (UMAP, begun from the principal plane). A
grid lies over it; each cell shows one of the images in it. Images that are near one another are alike by the
notion; how far apart distant groups lie, and which way is up, means little.`,
      beside(maps.map(figure), "maps"),
    ],
    charts: [],
    pictures: maps.flatMap(({ picture }) => picture === null ? [] : [picture]),
  };
}

function figure({ notion, images, shown, dimensions, picture }: SubspaceMap) {
  const name = markup`<strong>${notion}</strong>`;
  if (picture === null) {
    return paragraph`${name}: its mask is 0 everywhere, so there is nothing to lay out.`;
  }
  const by = `${dimensions} ${dimensions === 1 ? "dimension" : "dimensions"}`;
  const caption = markup`${name}: ${count(shown)} of ${count(images)} images, by ${by}`;
  return pictureFigure(picture, caption, "map");
}
