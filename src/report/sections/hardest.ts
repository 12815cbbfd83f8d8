import { type Content, markup, paragraph } from "../html.ts";
import { count, decimal, percent } from "../charts/numbers.ts";
import { beside, pictureFigure } from "../figures.ts";
import type { Section } from "../page_parts.ts";
import type { HardestTriplets, HardTriplet, ReportData } from "../report_data.ts";

/** The triplets that the model gets most wrong: often its weakness, sometimes a wrong label. */
export function hardestSection({ analysis, hardest }: ReportData): Section {
  return {
    id: "hardest",
    title: "Hardest triplets",
    content: [
      paragraph`The ${analysis.split} triplets in the wrong order by most: the anchor, then the image that should
be far and is too near, then the one that should be near. They show what the model cannot distinguish, and wrong labels.`,
      hardest.map(notionHtml),
    ],
    charts: [],
    pictures: hardest.flatMap(({ shown }) => shown.map(({ picture }) => picture)),
  };
}

function notionHtml({ notion, wrong, triplets, shown }: HardestTriplets): Content {
  const share = percent(wrong / triplets);
  return [
    markup`<h3>${notion}: ${count(wrong)} of ${count(triplets)} wrong (${share})</h3>
`,
    beside(shown.map((each) => pictureFigure(each.picture, caption(each), "triplet")), "triplets"),
  ];
}

function caption({ files, values, wrongBy }: HardTriplet): Content {
  const item = (role: number) => {
    const value = values[role] === "" ? null : ` (${values[role]})`;
    const name = ["anchor", "far", "near"][role];
    return markup`<li>${name}: <span class="file">${files[role]}</span>${value}</li>`;
  };
  return markup`<ul>${[0, 1, 2].map(item)}</ul>near is ${decimal(wrongBy, 3)} farther than far`;
}
