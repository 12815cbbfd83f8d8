import type { RefObject } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import { linked, rows } from "./answers.ts";

/** A place within the rows. */
type Point = readonly [x: number, y: number];

/** A line through the cards of the image that is pointed at, where it is in several rows. */
export function Links({ within }: { readonly within: RefObject<HTMLDivElement | null> }) {
  const [points, setPoints] = useState<readonly Point[]>([]);
  const image = linked.value;
  const shown = rows.value;
  useLayoutEffect(() => {
    setPoints(image === null ? [] : centres(within.current!, image));
  }, [image, shown]);
  if (points.length < 2) return null;
  return (
    <svg class="links" aria-hidden="true">
      <polyline points={points.map((point) => point.join(",")).join(" ")} />
    </svg>
  );
}

/** The middles of an image's cards, from the top. Those that are scrolled out of sight are left out. */
function centres(within: HTMLElement, image: number): Point[] {
  const outer = within.getBoundingClientRect();
  const cards = within.querySelectorAll<HTMLElement>(`[data-image="${image}"] .thumbnail`);
  return [...cards].flatMap((card): Point[] => {
    const { left, top, width, height } = card.getBoundingClientRect();
    const line = card.closest(".cards")!.getBoundingClientRect();
    const x = left + width / 2;
    if (x < line.left || x > line.right) return [];
    return [[x - outer.left, top + height / 2 - outer.top]];
  });
}
