import { useEffect, useState } from "preact/hooks";
import type { NeighboursAnswer, TaughtInfo } from "../../protocol.ts";
import { source } from "../explored.ts";
import { report } from "../source.ts";
import { goTo, view } from "../state.ts";
import { Thumbnail } from "../thumbnail.tsx";

const shown = 8;

/** An image whose neighbours are shown. */
export interface Anchor {
  readonly index: number;
  readonly name: string;
  /** Where its picture is: "the picture above"; null where it is not shown yet. */
  readonly where: string | null;
}

/** The nearest images of the picture that is asked about, by what was taught and by the best notion there is. */
export function TaughtNeighbours({ taught, anchor }: {
  readonly taught: TaughtInfo;
  readonly anchor: Anchor;
}) {
  const [answer, setAnswer] = useState<NeighboursAnswer | null>(null);
  useEffect(() => {
    let isOver = false;
    const { best, notion } = taught;
    source().neighbours(
      {
        query: { index: anchor.index },
        rows: [{ by: "taught", notion }, ...best === null ? [] : [{ by: "notion", notion: best }]],
        ...{ k: shown, order: "nearest", where: [] },
      } as Parameters<ReturnType<typeof source>["neighbours"]>[0],
    ).then((found) => {
      if (!isOver) setAnswer(found);
    }, report);
    return () => {
      isOver = true;
    };
  }, [taught, anchor.index]);
  if (answer === null) return null;
  const titles = [`nearest by ${taught.notion} (new)`, `nearest by ${taught.best}`];
  return (
    <div class="taught-neighbours">
      <h3>Nearest to {anchor.where ?? "this picture"}</h3>
      {anchor.where === null && (
        <div class="taught-anchor">
          <Thumbnail index={anchor.index} name={anchor.name} />
        </div>
      )}
      {answer.rows.map(({ hits }, row) => (
        <div key={titles[row]}>
          <p class="quiet">{titles[row]}</p>
          <ol data-row={row === 0 ? "taught" : "best"}>
            {hits.map(({ index, name }) => (
              <li key={index} data-image={index}>
                <Thumbnail key={index} index={index} name={name} />
              </li>
            ))}
          </ol>
        </div>
      ))}
      <button
        type="button"
        onClick={() => {
          goTo(anchor.index);
          view.value = "neighbours";
        }}
      >
        See it beside all notions
      </button>
    </div>
  );
}
