import { useComputed } from "@preact/signals";
import { decimal, percent } from "../../../../report/charts/numbers.ts";
import type { Hit, RowAnswer } from "../../../protocol.ts";
import { explored, notionColour } from "../../explored.ts";
import { goTo } from "../../state.ts";
import { Thumbnail } from "../../thumbnail.tsx";
import { linked, occurrences, pointed, titles } from "./answers.ts";

/** One row: what is nearest by a notion, without a mask, or by the mixture. */
export function Row({ number, answer }: { readonly number: number; readonly answer: RowAnswer }) {
  const title = titles.value[number];
  const notion = number < explored.value!.notions.length ? number : null;
  const most = Math.max(...answer.hits.map(({ value }) => Math.abs(value)), 1e-12);
  return (
    <section class="neighbours-row" aria-labelledby={`row-${number}`}>
      <header>
        <h2 id={`row-${number}`}>
          {notion !== null && <Swatch notion={notion} />}
          {title}
        </h2>
        <p class="quiet">{summary(answer, notion)}</p>
      </header>
      {answer.refusal !== null && <p class="empty">{answer.refusal}</p>}
      {answer.refusal === null && answer.hits.length === 0 && (
        <p class="empty">No image is left to compare with: take conditions away.</p>
      )}
      <ol class="cards" data-row={number}>
        {answer.hits.map((hit, at) => (
          <Card
            key={at}
            {...{ hit, at, row: number, notion, title }}
            isScore={answer.isScore}
            length={Math.abs(hit.value) / most}
          />
        ))}
      </ol>
    </section>
  );
}

/** The colour of a notion. */
export function Swatch({ notion }: { readonly notion: number }) {
  return <span class="swatch" style={{ background: notionColour(notion) }} aria-hidden="true" />;
}

function summary({ hits, isScore, compared }: RowAnswer, notion: number | null): string {
  const known = notion === null
    ? []
    : hits.map(({ alike }) => alike[notion]).filter((is) => is !== null);
  const alike = known.filter((is) => is).length;
  return [
    ...known.length === 0 ? [] : [`${alike} of ${known.length} alike`],
    ...isScore ? ["by score: the lowest is the best"] : [],
    `among ${compared.toLocaleString("en")}`,
  ].join(" · ");
}

interface CardProps {
  readonly hit: Hit;
  readonly at: number;
  readonly row: number;
  readonly notion: number | null;
  readonly title: string;
  readonly isScore: boolean;
  /** Of the bar, from 0 to 1. */
  readonly length: number;
}

function Card({ hit, at, row, notion, title, isScore, length }: CardProps) {
  const isLinked = useComputed(() => linked.value === hit.index);
  const times = occurrences.value.get(hit.index) ?? 1;
  const point = () => pointed.value = { row, at };
  const leave = () => pointed.value = null;
  const what = isScore ? "score" : "distance";
  const alike = notion === null ? null : hit.alike[notion];
  const label = [
    hit.name,
    `${what} ${decimal(hit.value, 3)} by ${title}`,
    ...alike === null ? [] : [alike ? "alike" : "unlike"],
    ...times > 1 ? [`in ${times} rows`] : [],
    `shares: ${sharesText(hit)}`,
    ...chanceTexts(hit),
  ].join(", ");
  return (
    <li class={isLinked.value ? "card linked" : "card"} data-image={hit.index}>
      <button
        type="button"
        data-card
        tabIndex={at === 0 ? 0 : -1}
        aria-label={label}
        title={[hit.name, ...valueTexts(hit), `shares: ${sharesText(hit)}`, ...chanceTexts(hit)]
          .join("\n")}
        onClick={() => goTo(hit.index)}
        onPointerEnter={point}
        onPointerLeave={leave}
        onFocus={point}
        onBlur={leave}
      >
        <Thumbnail key={hit.index} index={hit.index} name="" />
      </button>
      <p class="number">
        <span class="bar" style={{ width: `${(100 * length).toFixed(1)}%` }} />
        <span>{decimal(hit.value, 3)}</span>
        {times > 1 && <span class="times" title={`in ${times} rows`}>×{times}</span>}
      </p>
      <Shares hit={hit} />
      {notion === null ? <Marks hit={hit} /> : (
        <p class="value">
          <Mark alike={alike} />
          {hit.values[notion]}
        </p>
      )}
      <Chance hit={hit} notion={notion} />
    </li>
  );
}

/** A tick or a cross; nothing where it is not known. */
function Mark({ alike }: { readonly alike: boolean | null }) {
  if (alike === null) return null;
  return <span class={alike ? "alike" : "unlike"} aria-hidden="true">{alike ? "✓ " : "✗ "}</span>;
}

/** What each notion adds to the distance, as a bar of parts. */
function Shares({ hit }: { readonly hit: Hit }) {
  return (
    <p class="shares" aria-hidden="true">
      {hit.shares.map((share, notion) =>
        share !== null && share !== 0 && (
          <span
            key={notion}
            class={share < 0 ? "unlike" : ""}
            style={{
              width: `${(100 * Math.abs(share)).toFixed(1)}%`,
              background: notionColour(notion),
            }}
          />
        )
      )}
    </p>
  );
}

/** Whether it is alike by each notion. */
function Marks({ hit }: { readonly hit: Hit }) {
  if (hit.alike.every((is) => is === null)) return <p class="value" />;
  return (
    <p class="marks" aria-hidden="true">
      {hit.alike.map((is, notion) => (
        <span key={notion} class={is === null ? "unknown" : is ? "alike" : "unlike"}>
          <Swatch notion={notion} />
          {is === null ? "·" : is ? "✓" : "✗"}
        </span>
      ))}
    </p>
  );
}

/** The chance of the row's notion. */
function Chance({ hit, notion }: { readonly hit: Hit; readonly notion: number | null }) {
  const chance = notion === null ? null : hit.chances[notion];
  if (chance === null) return null;
  const { same, nearer } = chance;
  const shown = same ?? nearer;
  if (shown === null) return null;
  return (
    <p
      class="value"
      title={same === null
        ? "chance that it is called nearer than usual"
        : "chance of the same value"}
    >
      {percent(shown, 0)} {same === null ? "nearer" : "same"}
    </p>
  );
}

function sharesText({ shares }: Hit): string {
  return explored.value!.notions
    .flatMap(({ name }, at) => shares[at] === null ? [] : [`${name} ${percent(shares[at], 0)}`])
    .join(", ");
}

function valueTexts({ values }: Hit): string[] {
  return explored.value!.notions
    .flatMap(({ name }, at) => values[at] === "" ? [] : [`${name}: ${values[at]}`]);
}

function chanceTexts({ chances }: Hit): string[] {
  return explored.value!.notions.flatMap(({ name }, at) => {
    const { nearer = null, same = null } = chances[at] ?? {};
    return [
      ...nearer === null ? [] : [`nearer than usual by ${name}: ${percent(nearer, 0)}`],
      ...same === null ? [] : [`same ${name}: ${percent(same, 0)}`],
    ];
  });
}
