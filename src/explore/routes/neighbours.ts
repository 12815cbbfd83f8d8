import { RequestError } from "../../service/request_error.ts";
import { isObject } from "../../base/json_values.ts";
import { askedJson, askedWhole, wrongValue } from "../asked_values.ts";
import type { Explored } from "../explored.ts";
import { findNeighbours, keptRows } from "../find_neighbours.ts";
import { imageInfo } from "../image_values.ts";
import type { NeighboursAnswer, RowAsked } from "../protocol.ts";
import type { Route, RouteRequest } from "../route.ts";

/** Rows, images of each, and conditions of one request at most. */
const [mostRows, mostHits, mostConditions] = [64, 200, 16];

/** `POST /api/neighbours` */
export function neighbourRoutes(explored: Explored): Route[] {
  return [
    { method: "POST", path: "/api/neighbours", answer: (asked) => neighbours(explored, asked) },
  ];
}

async function neighbours(explored: Explored, asked: RouteRequest): Promise<NeighboursAnswer> {
  const { query, rows, k, order, where } = await askedJson(asked);
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
    signal: asked.signal,
  });
  return { rows: found, query: from.index === null ? null : imageInfo(explored, from.index) };
}

function askedQuery(
  { embeddings, count }: Explored,
  query: unknown,
): { readonly query: Float32Array; readonly index: number | null } {
  const { index, embedding } = (isObject(query) ? query : {}) as Partial<
    Record<"index" | "embedding", unknown>
  >;
  if (embedding !== undefined) {
    const { dimension } = embeddings;
    if (
      !Array.isArray(embedding) || embedding.length !== dimension ||
      !embedding.every((value) => typeof value === "number" && Number.isFinite(Math.fround(value)))
    ) {
      throw wrongValue("embedding", embedding, `a list of ${dimension} numbers`);
    }
    return { query: Float32Array.from(embedding), index: null };
  }
  const row = askedWhole("index", index, 0, count - 1);
  const found = embeddings.at(row);
  if (found.every(Number.isFinite)) return { query: found, index: row };
  throw new RequestError(
    404,
    `Cannot search for image ${row}, ${
      embeddings.names[row]
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
