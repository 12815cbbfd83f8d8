import type { Comparison } from "../experiment/comparison.ts";
import type { Sweep } from "../experiment/sweep_points.ts";
import type { Chart } from "./charts/chart.ts";
import { Html, markup } from "./html.ts";
import { count } from "./charts/numbers.ts";
import { type Section, sectionHtml } from "./page_parts.ts";
import { pageStyle } from "./page_style.ts";
import type { Picture, ReportData } from "./report_data.ts";
import { accuracySection } from "./sections/accuracy.ts";
import { calibrationSection } from "./sections/calibration.ts";
import { comparisonSection } from "./sections/comparison.ts";
import { hardestSection } from "./sections/hardest.ts";
import { leakageSection } from "./sections/leakage.ts";
import { mapsSection } from "./sections/maps.ts";
import { masksSection } from "./sections/masks.ts";
import { neighboursSection } from "./sections/neighbours.ts";
import { removalSection } from "./sections/removal.ts";
import { sweepSection } from "./sections/sweep.ts";
import { trainingSection } from "./sections/training.ts";
import { valuesSection } from "./sections/values.ts";

/** Experiments that a report shows, too, where they were made. */
export interface ReportExperiments {
  /** Variants compared. */
  readonly comparison: Comparison | null;
  /** Error against the number of triplets. */
  readonly sweep: Sweep | null;
}

/** A report that is drawn. */
export interface ReportPage {
  /** The page: it needs no other file, no network and no script. */
  readonly html: string;
  /** Its charts. */
  readonly charts: readonly Chart[];
  /** Its pictures. */
  readonly pictures: readonly Picture[];
}

/** Draws a report. The same data give the same page, byte by byte. */
export function reportPage(data: ReportData, experiments: ReportExperiments): ReportPage {
  const sections = [
    accuracySection(data),
    trainingSection(data),
    masksSection(data),
    mapsSection(data),
    neighboursSection(data),
    data.calibration === null ? null : calibrationSection(data.calibration),
    leakageSection(data),
    removalSection(data),
    valuesSection(data),
    experiments.comparison === null ? null : comparisonSection(experiments.comparison),
    experiments.sweep === null ? null : sweepSection(experiments.sweep),
    hardestSection(data),
  ].filter((section) => section !== null);
  return {
    html: pageHtml(data, sections).text,
    charts: sections.flatMap(({ charts }) => charts),
    pictures: sections.flatMap(({ pictures }) => pictures),
  };
}

function pageHtml(data: ReportData, sections: readonly Section[]): Html {
  return markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>${data.analysis.model.name}: report</title>
<style>${new Html(pageStyle)}</style>
</head>
<body>
${headerHtml(data, sections)}<main>
${sections.map(sectionHtml)}</main>
</body>
</html>
`;
}

function headerHtml({ analysis, drawn, settings }: ReportData, sections: readonly Section[]): Html {
  const { model, split, images } = analysis;
  const links = sections.map(({ id, title }) =>
    markup`<li><a href="#${id}">${title}</a></li>
`
  );
  const rows = settings.map(([name, value]) =>
    markup`<dt>${name}</dt><dd>${value}</dd>
`
  );
  return markup`<header>
<h1>${model.name}</h1>
<p>What a Conditional Similarity Network learned of ${listed(model.notions)}, measured on ${
    count(images)
  }
images of the ${split} split of ${drawn.set}.</p>
<dl>
${rows}</dl>
<p>Made by csn ${drawn.csn}, by seed ${drawn.seed}; the same again:</p>
<pre><code>${drawn.command}</code></pre>
<nav aria-label="Sections"><ul>
${links}</ul></nav>
</header>
`;
}

function listed(names: readonly string[]): string {
  const last = names[names.length - 1];
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} and ${last}`;
}
