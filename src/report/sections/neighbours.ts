import { type Content, markup, paragraph } from "../html.ts";
import { decimal } from "../charts/numbers.ts";
import { beside, pictureFigure } from "../figures.ts";
import { numbers, type Section, table } from "../page_parts.ts";
import type { Query, QueryNeighbours, ReportData, ShownNeighbour } from "../report_data.ts";

/** What is nearest to some images, by one notion beside the other. */
export function neighboursSection({ analysis, queries, drawn }: ReportData): Section {
  const isKnown = queries.some(({ notions }) => notions.some(isCompared));
  const bars = isKnown
    ? " A blue bar stands under each that is alike by the set's own values."
    : null;
  return {
    id: "neighbours",
    title: "Nearest neighbours",
    content: [
      paragraph`Some images of the ${analysis.split} split, drawn by seed ${drawn.seed}: first the image
itself, then those nearest to it under each notion's mask, nearest first.${bars}`,
      queries.map(queryHtml),
    ],
    charts: [],
    pictures: queries.flatMap(({ notions }) => notions.map(({ picture }) => picture)),
  };
}

function queryHtml({ file, notions }: Query): Content {
  const figures = notions.map((each) => pictureFigure(each.picture, caption(each), "row"));
  const places = notions[0].neighbours.map((_, place) => place + 1);
  const rows = notions.map(({ notion, neighbours }) => [notion, ...neighbours.map(neighbourCell)]);
  return [
    markup`<h3 class="file">${file}</h3>
`,
    beside(figures, "rows"),
    numbers(table(["by", ...places], rows), "Files, values and distances"),
  ];
}

function neighbourCell({ file, value, distance }: ShownNeighbour): Content {
  const known = value === "" ? null : `${value}, `;
  return markup`<span class="file">${file}</span><br>${known}at ${decimal(distance, 3)}`;
}

function caption(each: QueryNeighbours): Content {
  const { notion, value, neighbours } = each;
  const alike = neighbours.filter(({ isAlike }) => isAlike === true).length;
  const known = value === "" ? null : ` ${value}`;
  const found = isCompared(each) ? `: ${alike} of ${neighbours.length} alike` : null;
  return markup`<strong>${notion}</strong>${known}${found}`;
}

function isCompared({ neighbours }: QueryNeighbours): boolean {
  return neighbours.some(({ isAlike }) => isAlike !== null);
}
