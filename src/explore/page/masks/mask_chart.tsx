/** Masks over the dimensions: bars on one another, bars of each notion, or a heat map. */
import { useRef, useState } from "preact/hooks";
import { colourAt, viridis } from "../../../report/charts/palette.ts";
import { notionColour } from "../explored.ts";
import { useWidth } from "../use_width.ts";
import type { MaskTable } from "./mask_table.ts";

/** What is drawn. */
export interface MaskChartProps {
  readonly notions: readonly string[];
  readonly table: MaskTable;
  /** Dimensions from left to right. */
  readonly order: readonly number[];
  readonly kind: "stacked" | "apart" | "heat";
  /** The highest value, and the highest sum of a dimension, that fit in. */
  readonly heights: { readonly value: number; readonly sum: number };
  /** How a value is written. */
  readonly format: (value: number) => string;
  /** What the chart shows, for those who do not see it. */
  readonly label: string;
  /** The dimension that is chosen, and who is called with another; without, none can be. */
  readonly chosen?: number | null;
  readonly onChoose?: (dimension: number) => void;
  /** Lower, as beside other charts. */
  readonly isSmall?: boolean;
}

/** Where things stand, in pixels. */
interface Geometry {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Of a dimension. */
  readonly step: number;
}

/** Narrower ones cannot be hit; the chart is then wider than its place and scrolls. */
const narrowestStep = 7;

/** Masks as a chart whose dimensions are reached by arrow keys and chosen by Enter or a click. */
export function MaskChart(props: MaskChartProps) {
  const { notions, order, kind, isSmall = false, chosen = null, onChoose } = props;
  const [box, boxWidth] = useWidth<HTMLDivElement>();
  const columns = useRef<SVGSVGElement>(null);
  const [focused, setFocused] = useState<number | null>(null);
  const [pointed, setPointed] = useState<number | null>(null);
  const left = kind === "stacked" ? 40 : Math.min(120, 40 + 0.09 * boxWidth);
  const step = Math.max(narrowestStep, (boxWidth - left - 4) / Math.max(1, order.length));
  const rows = kind === "stacked" ? 1 : notions.length;
  const rowHeight = kind === "stacked" ? (isSmall ? 90 : 220) : kind === "apart" ? 64 : 30;
  const geometry: Geometry = {
    ...{ left, top: 8, step },
    width: step * order.length,
    height: rows * rowHeight,
  };
  const told = pointed ?? focused ?? chosen;
  const reached = order.includes(focused ?? -1) ? focused : chosen ?? order[0];
  const focus = (place: number) => {
    const dimension = order[Math.min(order.length - 1, Math.max(0, place))];
    setFocused(dimension);
    columns.current!.querySelector<SVGElement>(`[data-dimension="${dimension}"]`)!.focus();
  };
  const keys = (event: KeyboardEvent) => {
    const place = order.indexOf(focused ?? order[0]);
    if (event.key === "ArrowLeft") focus(place - 1);
    else if (event.key === "ArrowRight") focus(place + 1);
    else if (event.key === "Home") focus(0);
    else if (event.key === "End") focus(order.length - 1);
    else if (event.key === "Enter" || event.key === " ") onChoose?.(order[place]);
    else return;
    event.preventDefault();
  };
  const isChoice = onChoose !== undefined;
  return (
    <div class="mask-chart">
      <div
        class="scroll"
        ref={box}
        {...!isChoice && { tabIndex: 0, role: "region", "aria-label": props.label }}
      >
        {boxWidth > 0 && (
          <svg
            ref={columns}
            width={geometry.left + geometry.width + 4}
            height={geometry.top + geometry.height + 22}
            role={isChoice ? "group" : "img"}
            aria-label={isChoice ? props.label : notions.join(", ")}
            onKeyDown={isChoice ? keys : undefined}
            onPointerLeave={() => setPointed(null)}
          >
            <Axes {...props} geometry={geometry} rowHeight={rowHeight} />
            {order.map((dimension, place) => (
              <g
                key={dimension}
                data-dimension={dimension}
                transform={`translate(${geometry.left + place * step} ${geometry.top})`}
                onPointerEnter={() => setPointed(dimension)}
                {...isChoice && {
                  class: dimension === chosen ? "column chosen" : "column",
                  role: "button",
                  tabIndex: dimension === reached ? 0 : -1,
                  "aria-pressed": dimension === chosen,
                  "aria-label": described(props, dimension),
                  onFocus: () => setFocused(dimension),
                  onBlur: () => setFocused(null),
                  onClick: () => onChoose(dimension),
                }}
              >
                <Bars {...props} dimension={dimension} geometry={geometry} rowHeight={rowHeight} />
                <rect class="hit" x={1} width={step - 2} height={geometry.height} />
              </g>
            ))}
          </svg>
        )}
      </div>
      {kind === "heat" && <HeatScale highest={props.format(props.heights.value)} />}
      <p class="told" aria-hidden="true">
        {told === null ? "\u00a0" : described(props, told)}
      </p>
    </div>
  );
}

/** What the colours of a heat map mean. */
function HeatScale({ highest }: { readonly highest: string }) {
  return (
    <p class="heat-scale" role="img" aria-label={`Colours: from dark, 0, to bright, ${highest}`}>
      <span>0</span>
      <span class="heat-scale-bar">
        {viridis.map((colour) => <i key={colour} style={{ background: colour }} />)}
      </span>
      <span>{highest}</span>
    </p>
  );
}

/** "Dimension 12: heel 0.43, closure 0". */
function described({ notions, table, format }: MaskChartProps, dimension: number): string {
  const values = notions.map((notion, row) => `${notion} ${format(table[row][dimension])}`);
  return `Dimension ${dimension}: ${values.join(", ")}`;
}

/** What stands around the bars. */
function Axes(
  { notions, kind, order, heights, format, geometry, rowHeight }: MaskChartProps & {
    readonly geometry: Geometry;
    readonly rowHeight: number;
  },
) {
  const { left, top, width, height, step } = geometry;
  const every = Math.ceil(22 / step);
  const highest = kind === "stacked" ? heights.sum : heights.value;
  const lines = kind === "stacked"
    ? [0, 0.5, 1].map((share) => ({ y: top + height * (1 - share), text: format(share * highest) }))
    : notions.map((_, row) => ({ y: top + (row + 1) * rowHeight, text: "" }));
  const most = Math.max(4, Math.floor((left - 8) / 7));
  return (
    <g aria-hidden="true" class="axes">
      {lines.map(({ y, text }) => (
        <g key={y}>
          <line x1={left} x2={left + width} y1={y} y2={y} />
          <text x={left - 6} y={y + 4} text-anchor="end">{text}</text>
        </g>
      ))}
      {kind !== "stacked" &&
        notions.map((notion, row) => (
          <text key={notion} x={left - 8} y={top + (row + 0.5) * rowHeight + 4} text-anchor="end">
            {notion.length > most ? `${notion.slice(0, most - 1)}…` : notion}
          </text>
        ))}
      {order.map((dimension, place) =>
        place % every === 0 && (
          <text
            key={dimension}
            x={left + (place + 0.5) * step}
            y={top + height + 15}
            text-anchor="middle"
          >
            {dimension}
          </text>
        )
      )}
    </g>
  );
}

/** What one dimension has of each notion. */
function Bars(
  { table, kind, heights, dimension, geometry, rowHeight }: MaskChartProps & {
    readonly dimension: number;
    readonly geometry: Geometry;
    readonly rowHeight: number;
  },
) {
  const { step, height } = geometry;
  const gap = Math.min(2, step / 6);
  if (kind === "heat") {
    return table.map((mask, row) => (
      <rect
        key={row}
        y={row * rowHeight}
        width={step + 0.5}
        height={rowHeight - 2}
        fill={colourAt(viridis, heights.value === 0 ? 0 : mask[dimension] / heights.value)}
      />
    ));
  }
  const room = kind === "stacked" ? height : rowHeight - 8;
  const highest = kind === "stacked" ? heights.sum : heights.value;
  let y = height;
  return table.map((mask, row) => {
    const size = highest === 0 ? 0 : room * mask[dimension] / highest;
    const bottom = kind === "stacked" ? y : (row + 1) * rowHeight;
    y -= size;
    return (
      <rect
        key={row}
        x={gap / 2}
        y={bottom - size}
        width={step - gap}
        height={size}
        fill={notionColour(row)}
      />
    );
  });
}
