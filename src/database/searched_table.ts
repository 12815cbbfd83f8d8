import { UsageError } from "../base/errors.ts";
import type { Model } from "../model/model.ts";
import type { Embeddings } from "../search/embeddings.ts";
import type { Scales } from "../search/balance.ts";
import { type Criterion, namedNotions } from "../search/mixture.ts";
import {
  type AskedSearch,
  byLoop,
  type Owner,
  prepare,
  type Query,
  resultOf,
  type SearchOptions,
  type SearchResult,
} from "../search/search.ts";
import type { Condition } from "../search/where.ts";
import { meantConditions } from "./conditions.ts";
import type { MeantCondition } from "./conditions_sql.ts";
import { Database } from "./database.ts";
import { parseVector } from "./copy_rows.ts";
import type { Connection } from "./connection.ts";
import { checkTable } from "./identifier.ts";
import { transactOnAll, useAll } from "./use_all.ts";
import { modelFingerprint } from "../model/model_fingerprint.ts";
import { boundOf } from "./ranking.ts";
import {
  type Candidate,
  candidatesOf,
  countCompared,
  openShard,
  type QueryBounds,
  type Shard,
} from "./shard.ts";

/** How a database is searched: as a file, with conditions on the images' values. */
export type TableSearch =
  & Omit<SearchOptions, "where">
  & Criterion
  & {
    /** What the images must meet. @default {nothing} */
    readonly where?: readonly Condition[];
  };

/** Where a table lies. */
export interface TablePlace {
  /** Addresses, postgres://user@host:port/database: the table's parts. */
  readonly from: readonly string[];
  /** Its name. */
  readonly table: string;
  /** How long a server may take for one statement, in milliseconds. @default {any time} */
  readonly answerMs?: number;
}

/** What a table that is connected to is known by. */
interface TableParts {
  readonly name: string;
  /** The model's. */
  readonly fingerprint: string;
  readonly databases: readonly Database[];
  readonly answerMs?: number;
}

/** All that is read for a search is read in one state of the table. */
const snapshot = "isolation level repeatable read read only";

/** A table that `indexTable` wrote, to be searched. Closed by `await using`. */
export class SearchedTable implements AsyncDisposable {
  readonly #model: Model;
  readonly #parts: TableParts;

  private constructor(model: Model, parts: TableParts) {
    this.#model = model;
    this.#parts = parts;
  }

  /**
   * Connects to a table, on one server or in parts on several. Throws a CsnError for a database
   * that cannot be used, and a UsageError for a table that is not there or that another model made.
   *
   * @example Search a table by two notions
   * ```ts ignore
   * import { Model, start } from "@csn/csn";
   * import { SearchedTable } from "@csn/csn/database";
   *
   * await start();
   * using model = await Model.load("runs/mine/model_best");
   * const from = ["postgres://me@localhost/shop"];
   * await using shoes = await SearchedTable.open(model, { from, table: "shoes" });
   * const query = await model.embed(["new.jpg"]);
   * const { hits } = await shoes.search(query, { mix: { heel: 0.7, colour: 0.3 }, k: 5 });
   * console.log(hits);
   * ```
   */
  static async open(model: Model, options: TablePlace): Promise<SearchedTable> {
    const { from, table: name, answerMs } = options;
    checkTable(name);
    await using opened = new AsyncDisposableStack();
    const databases: Database[] = [];
    for (const url of from) {
      databases.push(opened.use(await Database.connect(url, { answerMs })));
    }
    const fingerprint = await modelFingerprint(model);
    const table = new SearchedTable(model, { name, fingerprint, databases, answerMs });
    await table.#read(() => Promise.resolve());
    opened.move();
    return table;
  }

  /**
   * What `Model.search` finds among the same images: the same hits with the same distances and
   * shares. Databases say which images come into question; those are measured as in a file. Throws
   * as it does, and a UsageError for conditions on columns or values that are not there.
   */
  async search(query: Query, options: TableSearch): Promise<SearchResult> {
    return await this.#read((shards) => this.#search(shards, query, options));
  }

  /** The embedding [D] of the image called `name`; null where there is none. */
  async embedding(name: string): Promise<Float32Array | null> {
    return await this.#read(async (shards) => {
      for (const { connection, images } of shards) {
        const [found] = await connection.rows<{ vector: Uint8Array }>(
          `select vector_send(embedding) as vector from ${images} where name = $1 and embedding is not null`,
          [name],
        );
        if (found !== undefined) return parseVector(found.vector);
      }
      return null;
    });
  }

  /** How many images the table has. */
  async count(): Promise<number> {
    return await this.#read((shards) => Promise.resolve(countOf(shards)));
  }

  /** What is known of the images, for conditions. */
  async columns(): Promise<readonly string[]> {
    return await this.#read((shards) =>
      Promise.resolve([...new Set(shards.flatMap(({ columns }) => columns))])
    );
  }

  /** Closes the connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const database of this.#parts.databases) await database[Symbol.asyncDispose]();
  }

  /** Does `work` with the table's parts as they are at one time. */
  async #read<T>(work: (shards: readonly Shard[]) => Promise<T>): Promise<T> {
    const { name, fingerprint, databases, answerMs } = this.#parts;
    const model = { fingerprint, path: this.#model.path };
    const read = async (connections: readonly Connection[]) => {
      const shards: Shard[] = [];
      for (const connection of connections) {
        if (answerMs !== undefined) await limitStatements(connection, answerMs);
        shards.push(await openShard(connection, name, model));
      }
      return await work(shards);
    };
    return await useAll(
      databases,
      (all) => transactOnAll(all, () => read(all), snapshot),
    );
  }

  async #search(
    shards: readonly Shard[],
    query: Query,
    { where = [], ...options }: TableSearch,
  ): Promise<SearchResult> {
    const { masks, info: { dimension, calibration }, path } = this.#model;
    const isRaw = options.raw ?? namedNotions(options).length === 1;
    const scales = options.scales ?? mediansOf(shards, isRaw);
    const owner: Owner = { masks, owner: `the model ${path}`, calibration };
    const asked = prepare(query, unread(countOf(shards), dimension), {
      ...options,
      ...owner,
      scales,
    });
    const conditions = await meantConditions(where, shards);
    const compared = await Promise.all(shards.map((shard) => countCompared(shard, conditions)));
    const { candidates, embeddings } = await nearest(shards, asked, conditions);
    const result = resultOf(asked, embeddings, byLoop(asked, embeddings));
    return {
      ...result,
      hits: result.hits.map((hit) => ({ ...hit, index: candidates[hit.index].position })),
      compared: compared.reduce((sum, count) => sum + count, 0),
      among: countOf(shards),
    };
  }
}

/** The server then ends what takes longer; a setting of the transaction passes every pooler. */
async function limitStatements(connection: Connection, ms: number): Promise<void> {
  await connection.rows("select set_config('statement_timeout', $1, true)", [String(ms)]);
}

function countOf(shards: readonly Shard[]): number {
  return shards.reduce((sum, { count }) => sum + count, 0);
}

/** Embeddings of which only the number is known. */
function unread(count: number, dimension: number): Embeddings {
  return { names: Array.from({ length: count }), vectors: new Float32Array(), dimension };
}

/** Medians of parts are no medians of the whole, so they must have been written together. */
function mediansOf(shards: readonly Shard[], isRaw: boolean): Scales {
  const [first, ...others] = shards;
  const odd = others.findIndex(({ batch }) => batch !== first.batch);
  if (odd < 0) return first.medians;
  // Chances are measured by the median, too; without one they are not known.
  if (isRaw) return new Map([...first.medians.keys()].map((notion) => [notion, NaN]));
  throw new UsageError(
    `Cannot balance notions over the parts of the table ${first.table}: those of the addresses 1 and ${
      odd + 2
    } were not written together, so the medians over all are not known; write them by one \`indexTable()\`, or take the weights as they are with \`raw: true\``,
  );
}

/** Candidates that are asked for at first, besides those that are wanted. */
const spare = 100;

/** How many more are asked for when those did not suffice. */
const growth = 4;

/**
 * All images that can be among the nearest, in the order of the whole. A part is asked again, for
 * more, until what it did not give is farther than the last one that is wanted.
 */
async function nearest(
  shards: readonly Shard[],
  asked: AskedSearch,
  conditions: readonly MeantCondition[],
): Promise<{ readonly candidates: readonly Candidate[]; readonly embeddings: Embeddings }> {
  const bounds = asked.queries.map((query): QueryBounds => ({
    near: boundOf(query, asked.mixture, 1)!,
    far: boundOf(query, asked.mixture, -1),
  }));
  const found: (readonly Candidate[])[] = shards.map(() => []);
  const limits: number[] = shards.map(() => 0);
  let open = [...shards.keys()];
  for (let limit = asked.k + spare;; limit *= growth) {
    await Promise.all(open.map(async (at) => {
      found[at] = await candidatesOf(shards[at], bounds, { conditions, limit });
      limits[at] = limit;
    }));
    const candidates = inOrder(shards, found);
    const embeddings = embeddingsOf(candidates, asked.queries[0].length);
    const { best } = byLoop(asked, embeddings);
    const last = best.length < asked.k ? Infinity : best[best.length - 1].value;
    open = [...shards.keys()].filter((at) =>
      found[at].length === limits[at] && farthest(found[at]) <= last
    );
    if (open.length === 0) return { candidates, embeddings };
  }
}

/** What all images that were not given are at least. */
function farthest(candidates: readonly Candidate[]): number {
  return candidates.reduce((most, { least }) => Math.max(most, least), -Infinity);
}

/**
 * Images of all parts by their positions. Parts that were written alone each count from 0: then the
 * later ones go on behind.
 */
function inOrder(
  shards: readonly Shard[],
  found: readonly (readonly Candidate[])[],
): Candidate[] {
  const isWhole = shards.every(({ batch }) => batch === shards[0].batch);
  let before = 0;
  return found.flatMap((some, at) => {
    const shift = isWhole ? 0 : before;
    before += shards[at].count;
    return some.map((each) => ({ ...each, position: each.position + shift }));
  }).sort((a, b) => a.position - b.position);
}

function embeddingsOf(candidates: readonly Candidate[], dimension: number): Embeddings {
  const vectors = new Float32Array(candidates.length * dimension);
  candidates.forEach(({ vector }, row) => vectors.set(vector, row * dimension));
  return { names: candidates.map(({ name }) => name), vectors, dimension };
}
