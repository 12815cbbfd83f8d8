import { isObject } from "../base/json_values.ts";
import { RequestError } from "../service/request_error.ts";
import { askedWhole, wrongValue } from "./asked_values.ts";
import type { ExploredImages } from "./explored_images.ts";
import { findNeighbours, keptRows, type NeighbourSearch } from "./find_neighbours.ts";
import { imageInfo } from "./image_values.ts";
import type { NeighboursAnswer, RowAsked } from "./protocol.ts";

/** Rows, images of each, and conditions of one request at most. */
const [mostRows, mostHits, mostConditions] = [64, 200, 16];

/**
 * Answers a question for rows of neighbours, which may be anything and is examined: see
 * `NeighboursAsked`. Throws a RequestError for what is none, and for a query without an embedding.
 */
export async function answerNeighbours(
  explored: ExploredImages,
  { query, rows, k, order, where }: Readonly<Record<string, unknown>>,
  by: Pick<NeighbourSearch, "scan" | "signal">,
): Promise<NeighboursAnswer> {
  const from = askedQuery(explored, query);
  if (!Array.isArray(rows) || rows.length > mostRows || !rows.every(isRow)) {
    throw wrongValue("rows", rows, `a list of at most ${mostRows} rows`);
  }
  if (order !== "nearest" && order !== "farthest") {
    throw wrongValue("order", order, '"nearest" or "farthest"');
  }
  const found = await findNeighbours(explored, rows, {
    ...from,
    keep: keptRows(explored, askedConditions(where), from.index),
    k: askedWhole("k", k, 1, mostHits),
    order,
    ...by,
  });
  return { rows: found, query: from.index === null ? null : imageInfo(explored, from.index) };
}

function askedQuery(
  { embeddings }: ExploredImages,
  query: unknown,
): { readonly query: Float32Array; readonly index: number | null } {
  const { names, vectors, dimension } = embeddings;
  const { index, embedding } = (isObject(query) ? query : {}) as Partial<
    Record<"index" | "embedding", unknown>
  >;
  if (embedding !== undefined) {
    if (
      !Array.isArray(embedding) || embedding.length !== dimension ||
      !embedding.every((value) => typeof value === "number" && Number.isFinite(Math.fround(value)))
    ) {
      throw wrongValue("embedding", embedding, `a list of ${dimension} numbers`);
    }
    return { query: Float32Array.from(embedding), index: null };
  }
  const row = askedWhole("index", index, 0, names.length - 1);
  const found = vectors.subarray(row * dimension, (row + 1) * dimension);
  if (found.every(Number.isFinite)) return { query: found, index: row };
  throw new RequestError(
    404,
    `Cannot search for image ${row}, ${
      names[row]
    }: it was missing or unreadable when the images were embedded`,
  );
}

/** Conditions as texts; what they say is examined by the search. */
function askedConditions(where: unknown): readonly string[] {
  const isList = Array.isArray(where) && where.length <= mostConditions &&
    where.every((each) => typeof each === "string");
  if (isList) return where;
  throw wrongValue("where", where, `a list of at most ${mostConditions} conditions`);
}

function isRow(row: unknown): row is RowAsked {
  if (!isObject(row)) return false;
  const { by, notion, weights, isBalanced } = row as Record<string, unknown>;
  return by === "unmasked" || (by === "notion" || by === "taught") && typeof notion === "string" ||
    by === "mixture" && typeof isBalanced === "boolean" && isObject(weights) &&
      Object.values(weights).every((weight) => typeof weight === "number");
}
