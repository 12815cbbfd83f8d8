import { type Chart, inlineSvg } from "./charts/chart.ts";
import { captionHtml } from "./figures.ts";
import { type Content, Html, markup } from "./html.ts";
import type { Picture } from "./report_data.ts";

/** A part of the page under a heading of its own. */
export interface Section {
  /** Its anchor: letters and dashes. */
  readonly id: string;
  /** Its heading. */
  readonly title: string;
  /** What stands in it. */
  readonly content: readonly Content[];
  /** Charts in it, which are files of their own, too. */
  readonly charts: readonly Chart[];
  /** Pictures in it, likewise. */
  readonly pictures: readonly Picture[];
}

/** A section as the page shows it. */
export function sectionHtml({ id, title, content }: Section): Html {
  return markup`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${content}</section>
`;
}

/** A chart under which its caption stands. */
export function chartFigure(chart: Chart, caption: Content = null): Html {
  // The drawing is the chart's own; every text in it was escaped when it was drawn.
  const drawing = new Html(inlineSvg(chart));
  return markup`<figure class="chart"><div class="scroll">${drawing}</div>${captionHtml(caption)}
</figure>
`;
}

/** A table; the first column names its rows. */
export function table(headers: readonly Content[], rows: readonly (readonly Content[])[]): Html {
  const head = headers.map((header) => markup`<th scope="col">${header}</th>`);
  const row = ([name, ...cells]: readonly Content[]) =>
    markup`<tr><th scope="row">${name}</th>${cells.map((cell) => markup`<td>${cell}</td>`)}</tr>
`;
  return markup`<div class="scroll"><table>
<thead><tr>${head}</tr></thead>
<tbody>
${rows.map(row)}</tbody>
</table></div>
`;
}

/** How long, and from which seeds, an experiment's runs were trained. */
export function epochsAndSeeds(
  { epochs, seeds }: { readonly epochs: number; readonly seeds: readonly number[] },
): string {
  const trained = `${epochs} ${epochs === 1 ? "epoch" : "epochs"}`;
  return `${trained}, ${seeds.length === 1 ? "seed" : "seeds"} ${seeds.join(", ")}`;
}

/** The command that makes an experiment. */
export function madeBy(command: string): Html {
  return markup`<p>Made by</p>
<pre><code>${command}</code></pre>
`;
}

/** The numbers of a chart, behind a line that opens. */
export function numbers(content: Content, summary = "Numbers"): Html {
  return markup`<details><summary>${summary}</summary>
${content}</details>
`;
}
