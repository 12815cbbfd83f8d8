/** A dimension: which notions use it, and the pictures at its two ends. */
import { useEffect, useState } from "preact/hooks";
import type { DimensionAnswer, DimensionImage } from "../../protocol.ts";
import { notionColour, source } from "../explored.ts";
import { connection, report } from "../source.ts";
import { dimension as chosen, goTo, view } from "../state.ts";
import { Thumbnail } from "../thumbnail.tsx";
import { distanceShares, type MaskTable, usesOf } from "./mask_table.ts";

/** Pictures at each end. */
const perEnd = 8;

/** What is known of the dimension that is chosen. */
export function DimensionPanel({ dimension, notions, masks, variances }: {
  readonly dimension: number;
  readonly notions: readonly string[];
  /** The model's. */
  readonly masks: MaskTable;
  readonly variances: readonly number[];
}) {
  const answer = useEnds(dimension);
  return (
    <section class="dimension" aria-labelledby="dimension-title">
      <header>
        <h2 id="dimension-title">Dimension {dimension}</h2>
        <button type="button" onClick={() => chosen.value = null} aria-label="Close the dimension">
          ✕
        </button>
      </header>
      <div class="parts">
        <div>
          <Uses dimension={dimension} notions={notions} masks={masks} variances={variances} />
          {answer !== null && <Histogram answer={answer} />}
        </div>
        {answer === null ? <p class="quiet">Looking for the pictures at its ends …</p> : (
          <div>
            <Ends title="Lowest values" images={answer.low} />
            <Ends title="Highest values" images={answer.high} />
          </div>
        )}
      </div>
    </section>
  );
}

/** The images at its ends; null until they are known. */
function useEnds(dimension: number): DimensionAnswer | null {
  const [found, setFound] = useState<{ of: number; answer: DimensionAnswer } | null>(null);
  const { comebacks } = connection.value;
  useEffect(() => {
    const controller = new AbortController();
    source().dimension(dimension, perEnd, controller.signal)
      .then((answer) => setFound({ of: dimension, answer }), report);
    return () => controller.abort();
  }, [dimension, comebacks]);
  return found?.of === dimension ? found.answer : null;
}

function Uses({ dimension, notions, masks, variances }: {
  readonly dimension: number;
  readonly notions: readonly string[];
  readonly masks: MaskTable;
  readonly variances: readonly number[];
}) {
  const uses = usesOf(masks, distanceShares(masks, variances), dimension);
  const isUnused = uses.every(({ place }) => place === null);
  return (
    <>
      {isUnused && <p>No notion uses this dimension.</p>}
      <table class="uses">
        <thead>
          <tr>
            <th scope="col">notion</th>
            <th scope="col">its mask here</th>
            <th scope="col">part of its distance</th>
            <th scope="col">place</th>
          </tr>
        </thead>
        <tbody>
          {notions.map((notion, row) => {
            const { value, share, place, active } = uses[row];
            return (
              <tr key={notion}>
                <th scope="row">
                  <span class="swatch" style={{ backgroundColor: notionColour(row) }} /> {notion}
                </th>
                <td>{value.toFixed(3)}</td>
                <td>{(100 * share).toFixed(1)} %</td>
                <td>{place === null ? "not used" : `${place} of ${active}`}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </>
  );
}

function Ends(
  { title, images }: { readonly title: string; readonly images: readonly DimensionImage[] },
) {
  return (
    <>
      <h3>{title}</h3>
      {images.length === 0 && <p class="quiet">No image has an embedding.</p>}
      <ul class="ends">
        {images.map(({ index, name, value, values }) => (
          <li key={index}>
            <button
              type="button"
              title={[name, ...values.filter((each) => each !== "")].join("\n")}
              onClick={() => {
                goTo(index);
                view.value = "neighbours";
              }}
            >
              <Thumbnail index={index} name={name} />
              <span class="numbers">{value.toFixed(2)}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

/** How all images are spread between the two ends. */
function Histogram({ answer: { histogram, low, high, measured } }: {
  readonly answer: DimensionAnswer;
}) {
  const most = Math.max(1, ...histogram);
  if (measured === 0) return null;
  const [from, to] = [low[0].value.toFixed(2), high[0].value.toFixed(2)];
  return (
    <figure class="histogram">
      <svg
        viewBox={`0 0 ${histogram.length} 10`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`How ${measured} images are spread from ${from} to ${to}: ${
          histogram.join(", ")
        } in ${histogram.length} steps`}
      >
        {histogram.map((count, i) => (
          <rect
            key={i}
            x={i + 0.05}
            width={0.9}
            y={10 - 10 * count / most}
            height={10 * count / most}
          />
        ))}
      </svg>
      <figcaption class="numbers">
        <span>{from}</span>
        <span>{measured.toLocaleString("en")} images</span>
        <span>{to}</span>
      </figcaption>
    </figure>
  );
}
