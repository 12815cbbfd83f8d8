/** The neighbours of an image: a row for each notion, one without a mask, one for the mixture. */
import { useEffect } from "preact/hooks";
import { effect, type Signal, signal } from "@preact/signals";
import type { NeighboursAnswer, RowAnswer, RowAsked } from "../../protocol.ts";
import { explored, notionColour, source } from "../explored.ts";
import { latest } from "../latest.ts";
import { connection, report } from "../source.ts";
import { goTo, isBalanced, mode, ownQuery, perRow, query, weights, where } from "../state.ts";
import { Thumbnail } from "../thumbnail.tsx";

const answer: Signal<NeighboursAnswer | null> = signal(null);

const ask = latest({
  ask: (asked: Parameters<ReturnType<typeof source>["neighbours"]>[0]) =>
    source().neighbours(asked),
  take: (found) => answer.value = found,
  fail: report,
});

function follow(): () => void {
  return effect(() => {
    connection.value.comebacks;
    if (query.value === null || mode.value === "triplets" || ownQuery.value !== "") return;
    ask({
      query: { index: query.value },
      rows: rowsAsked(),
      k: perRow.value,
      order: mode.value,
      where: where.value,
    });
  });
}

function rowsAsked(): RowAsked[] {
  const { notions } = explored.value!;
  const mix = Object.keys(weights.value).length > 0
    ? weights.value
    : Object.fromEntries(notions.map(({ name }) => [name, 1]));
  return [
    ...notions.map(({ name }): RowAsked => ({ by: "notion", notion: name })),
    { by: "unmasked" },
    { by: "mixture", weights: mix, isBalanced: isBalanced.value },
  ];
}

/** The view. */
export function Neighbours() {
  useEffect(follow, []);
  const { notions } = explored.value!;
  const titles = [...notions.map(({ name }) => name), "no mask", "mixture"];
  return (
    <section>
      {query.value === null && (
        <button type="button" onClick={() => goTo(0)}>Begin with the first image</button>
      )}
      {answer.value?.rows.map((row, at) => (
        <Row key={titles[at]} title={titles[at]} row={row} colour={notionColour(at)} />
      ))}
    </section>
  );
}

function Row({ title, row }: {
  readonly title: string;
  readonly row: RowAnswer;
  readonly colour: string;
}) {
  return (
    <section>
      <h2>{title}</h2>
      {row.refusal !== null && <p class="quiet">{row.refusal}</p>}
      <ol class="row">
        {row.hits.map(({ index, name, value }) => (
          <li key={index}>
            <button type="button" onClick={() => goTo(index)}>
              <Thumbnail index={index} name={name} />
              {value.toFixed(3)}
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
