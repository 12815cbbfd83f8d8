/** The rows of neighbours: what is asked when the state changes, and what was answered. */
import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type {
  Hit,
  ImageInfo,
  NeighboursAsked,
  NotionWeights,
  QueryImage,
  RowAnswer,
  RowAsked,
} from "../../../protocol.ts";
import { embeddingOf } from "../../embedding_text.ts";
import { explored, source } from "../../explored.ts";
import { latest } from "../../latest.ts";
import { connection, report } from "../../source.ts";
import { isBalanced, mode, ownQuery, perRow, query, weights, where } from "../../state.ts";

/** What is known of the query; null for an own picture, and before it is known. */
export const queryInfo: Signal<ImageInfo | null> = signal(null);

/** The rows of the notions and the one without a mask. */
const plainRows: Signal<readonly RowAnswer[]> = signal([]);

/** Whether the last question was refused. */
export const isRefused: Signal<boolean> = signal(false);

/** The row of the mixture. */
const mixtureRow: Signal<RowAnswer | null> = signal(null);

/** All rows: the notions', the one without a mask, the mixture's. None until the first are there. */
export const rows: ReadonlySignal<readonly RowAnswer[]> = computed(() =>
  plainRows.value.length === 0 || mixtureRow.value === null
    ? plainRows.value
    : [...plainRows.value, mixtureRow.value]
);

/** What rows are called, in their order. */
export const titles: ReadonlySignal<readonly string[]> = computed(() => [
  ...(explored.value?.notions ?? []).map(({ name }) => name),
  ...(explored.value?.taught ?? []).map((name) => `${name} (new, not kept in the model)`),
  "no mask",
  "mixture",
]);

/** In how many rows an image is. */
export const occurrences: ReadonlySignal<ReadonlyMap<number, number>> = computed(() => {
  const counts = new Map<number, number>();
  for (const { hits } of rows.value) {
    for (const { index } of hits) counts.set(index, (counts.get(index) ?? 0) + 1);
  }
  return counts;
});

/** The card that is pointed at or has the focus. */
export const pointed: Signal<{ readonly row: number; readonly at: number } | null> = signal(null);

/** The image of that card, where it is in several rows; else null. */
export const linked: ReadonlySignal<number | null> = computed(() => {
  if (pointed.value === null) return null;
  const hit: Hit | undefined = rows.value[pointed.value.row]?.hits[pointed.value.at];
  return hit !== undefined && occurrences.value.get(hit.index)! > 1 ? hit.index : null;
});

/** The mixer: every notion counts the same until a slider is moved. */
export const mixture: ReadonlySignal<NotionWeights> = computed(() => {
  const notions = explored.value?.notions ?? [];
  const isGiven = notions.some(({ name }) => weights.value[name] !== undefined);
  return Object.fromEntries(
    notions.map(({ name }) => [name, isGiven ? weights.value[name] ?? 0 : 1]),
  );
});

/** What rows are searched from; null where nothing is. */
const from: ReadonlySignal<QueryImage | null> = computed(() => {
  const embedding = embeddingOf(ownQuery.value);
  if (embedding !== null) return { embedding };
  return query.value === null ? null : { index: query.value };
});

/** The question that all rows share; null where none is to be asked. */
const shared: ReadonlySignal<Omit<NeighboursAsked, "rows"> | null> = computed(() => {
  if (from.value === null || mode.value === "triplets" || explored.value === null) return null;
  return { query: from.value, k: perRow.value, order: mode.value, where: where.value };
});

const askPlain = latest({
  ask: (asked: NeighboursAsked) => source().neighbours(asked),
  take: ({ rows, query }) => {
    isRefused.value = false;
    plainRows.value = rows;
    queryInfo.value = query;
  },
  fail: (error) => {
    report(error);
    if (connection.value.isLost) return;
    isRefused.value = true;
    plainRows.value = [];
  },
});

const askMixture = latest({
  ask: (asked: NeighboursAsked) => source().neighbours(asked),
  take: ({ rows }) => mixtureRow.value = rows[0],
  fail: (error) => {
    report(error);
    if (connection.value.isLost) return;
    mixtureRow.value = null;
  },
});

/** From now on rows follow the state; until the function that it returns is called. */
export function followNeighbours(): () => void {
  const stops = [
    effect(() => {
      connection.value.comebacks;
      if (shared.value === null) return;
      const notions = explored.value!.notions.map(({ name }): RowAsked => ({
        by: "notion",
        notion: name,
      }));
      const taught = explored.value!.taught.map((notion): RowAsked => ({ by: "taught", notion }));
      askPlain({ ...shared.value, rows: [...notions, ...taught, { by: "unmasked" }] });
    }),
    effect(() => {
      connection.value.comebacks;
      if (shared.value === null) return;
      const row: RowAsked = {
        by: "mixture",
        weights: mixture.value,
        isBalanced: isBalanced.value,
      };
      askMixture({ ...shared.value, rows: [row] });
    }),
  ];
  return () => stops.forEach((stop) => stop());
}
