import { type EChartsOption, init } from "echarts";
import { escapeHtml } from "../html.ts";

/** A drawn chart. */
export interface Chart {
  /** Name of its file, without ending: letters, digits and dashes. */
  readonly name: string;
  /** What it shows, in a sentence, for readers who cannot see it. */
  readonly alt: string;
  /** An SVG file of its own, on white. */
  readonly svg: string;
}

/** How a chart is drawn. */
export interface ChartSpace {
  /** Name of its file, without ending: letters, digits and dashes. */
  readonly name: string;
  /** What it shows, in a sentence. */
  readonly alt: string;
  /** Width in pixels. @default {640} */
  readonly width?: number;
  /** Height in pixels. @default {360} */
  readonly height?: number;
}

/** Ink of texts; inside of a page it takes the colour of the page's text. */
export const ink = "#1b1c1d";

/** Ink of grid lines; inside of a page it takes that of the page's lines. */
export const faint = "#d9dbdf";

const background = "#ffffff";

/** Text in charts; widths are computed for it, and a browser's sans-serif differs little. */
export const textStyle = { color: ink, fontSize: 13, fontFamily: "sans-serif" } as const;

/** How legends look: with room between entries, for a typeface that is wider than expected. */
export const legendStyle = {
  top: 4,
  itemWidth: 14,
  itemHeight: 11,
  itemGap: 24,
  textStyle,
} as const;

/** Draws a chart without a browser. The same option gives the same bytes. */
export function drawChart(space: ChartSpace, option: EChartsOption): Chart {
  const { name, alt, width = 640, height = 360 } = space;
  const chart = init(null, null, { renderer: "svg", ssr: true, width, height });
  try {
    chart.setOption({ animation: false, textStyle, ...option });
    return { name, alt, svg: cleaned(chart.renderToSVGString(), name, alt) };
  } finally {
    chart.dispose();
  }
}

/** The chart as it stands in a page: without ground, in the page's own inks, light or dark. */
export function inlineSvg({ svg }: Chart): string {
  return svg
    // Made much smaller, its texts cannot be read: the page lets it be moved instead.
    .replace(/ width="(\d+)"/, (whole, width) => `${whole} style="min-width:${0.75 * width}px"`)
    .replace(/<\?xml[^>]*\?>\n?/, "")
    .replace(/<rect class="ground"[^>]*><\/rect>\n?/, "")
    .replaceAll(`"${ink}"`, '"var(--ink)"')
    .replaceAll(`"${faint}"`, '"var(--line)"');
}

/** What only moves under a mouse goes, a ground and a name for screen readers come. */
function cleaned(drawn: string, name: string, alt: string): string {
  const inner = drawn
    .replace(/<style\s*>[\s\S]*?<\/style>\n?/g, "")
    .replace(/ (?:ecmeta_\w+|pointer-events)="[^"]*"/g, "")
    .replace(/ class="[^"]*"/g, "")
    // ECharts counts its charts, and several stand in one page.
    .replace(/\bzr\d+-/g, `${name}-`)
    .replace(/<rect[^>]* fill="none"><\/rect>\n?/, "");
  const open = /^<svg width="(\d+)" height="(\d+)"[^>]*>/.exec(inner)!;
  const [whole, width, height] = open;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(alt)}">\n` +
    `<title>${escapeHtml(alt)}</title>\n` +
    `<rect class="ground" width="${width}" height="${height}" fill="${background}"></rect>` +
    inner.slice(whole.length).trim().replace(/\n{2,}/g, "\n") + "\n";
}
