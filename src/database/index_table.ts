import { UsageError } from "../base/errors.ts";
import type { Listener } from "../base/listener.ts";
import { sha256 } from "../files/sha256.ts";
import type { Model } from "../model/model.ts";
import { notionScales } from "../search/balance.ts";
import { Database } from "./database.ts";
import type { Connection } from "./connection.ts";
import { transactOnAll, useAll } from "./use_all.ts";
import { checkTable } from "./identifier.ts";
import { checkImages, type IndexedImages, IndexedRows } from "./indexed_rows.ts";
import { modelFingerprint, versionOf } from "../model/model_fingerprint.ts";
import { type Changes, type VersionModel, VersionWriter } from "./version_writer.ts";

/** Where and how images are written. */
export interface IndexOptions {
  /** Addresses, postgres://user@host:port/database; each of several gets a part of the images. */
  readonly to: readonly string[];
  /** The table's name: letters of a to z, digits and _. */
  readonly table: string;
  /** Make an approximate index of each notion, which the function csn_nearest can use. @default {true} */
  readonly approximate?: boolean;
  /** Replace the images of a table that has none of those that are given. @default {false} */
  readonly overwrite?: boolean;
  /** Remove what other models made under this name. @default {false} */
  readonly prune?: boolean;
  /** Receives progress. */
  readonly listener?: Listener;
  /** Stops it at once; what was sent remains, and the next call goes on from there. */
  readonly signal?: AbortSignal;
}

/** What `indexTable` did. */
export interface IndexSummary extends Changes {
  /** The model's version, which names of tables have. */
  readonly version: string;
  /** How many images each database has now. */
  readonly images: readonly number[];
  /** Models whose versions are kept beside this one. */
  readonly kept: readonly string[];
  /** Models whose versions were removed. */
  readonly pruned: readonly string[];
}

/** A server and its part of the images. */
interface Part {
  readonly writer: VersionWriter;
  readonly connection: Connection;
  readonly rows: IndexedRows;
}

/**
 * Writes images with their embeddings, the model's notions and SQL functions to PostgreSQL with
 * pgvector: what is new is added, what is gone removed, what changed replaced, in one transaction
 * (on several servers, in one on each, all at the end). A call that is cut off goes on where it
 * was. What another model made under the same name stays until the new version is complete; then
 * the name means the new one.
 *
 * Throws a CsnError for a database that cannot be used, and a UsageError for names that it cannot
 * take.
 *
 * @example Write a folder's embeddings to a database
 * ```ts ignore
 * import { embedFolder, Model, start } from "@csn/csn";
 * import { indexTable } from "@csn/csn/database";
 *
 * await start();
 * using model = await Model.load("runs/mine/model_best");
 * const embeddings = await embedFolder(model, "photos");
 * const to = ["postgres://me@localhost/shop"];
 * console.log(await indexTable(model, { embeddings }, { to, table: "shoes" }));
 * ```
 */
export async function indexTable(
  model: Model,
  images: IndexedImages,
  options: IndexOptions,
): Promise<IndexSummary> {
  const { to, table } = options;
  checkTable(table);
  checkServers(to);
  checkImages(images);
  const fingerprint = await modelFingerprint(model);
  const { dimension } = model.info;
  const made = { fingerprint, shown: model.path, dimension, masks: model.masks };
  await using databases = new AsyncDisposableStack();
  const connected: Database[] = [];
  for (const url of to) connected.push(databases.use(await Database.connect(url)));
  const { signal } = options;
  return await useAll(
    connected,
    (connections) => writeAll(connections, made, images, options),
    signal,
  );
}

/** Refuses a server that is named twice: its two parts would overwrite each other. */
function checkServers(to: readonly string[]): void {
  if (to.length > 0 && new Set(to).size === to.length) return;
  throw new UsageError(
    to.length === 0
      ? "Cannot write to a database: no address is given; pass one, or several, with `to`"
      : "Cannot write to a database: an address is given twice; name each once",
  );
}

async function writeAll(
  connections: readonly Connection[],
  made: VersionModel,
  images: IndexedImages,
  options: IndexOptions,
): Promise<IndexSummary> {
  const names = { table: options.table, version: versionOf(made.fingerprint) };
  const parts: Part[] = [];
  for (const [number, connection] of connections.entries()) {
    const writer = await VersionWriter.open(connection, names, made);
    const rows = partOf(images, number, connections.length);
    await writer.list(rows);
    if (!options.overwrite) await writer.checkChanges();
    parts.push({ writer, connection, rows });
  }
  for (const { writer, rows } of parts) await writer.fill(rows, options);
  const state = {
    columns: [...(images.columns ?? new Map()).keys()],
    scales: notionScales(images.embeddings, made.masks),
    batch: sha256(`${crypto.randomUUID()}`).slice(0, 12),
  };
  const changes = await transactOnAll(
    connections,
    async () => await each(parts, ({ writer, rows }) => writer.apply(rows, state)),
  );
  if (options.approximate ?? true) {
    await each(parts, ({ writer }) => writer.makeIndexes(options));
  }
  const pruned = await transactOnAll(connections, async () => {
    await each(parts, ({ writer }) => writer.activate());
    return options.prune ? await each(parts, ({ writer }) => writer.prune()) : [];
  });
  const kept = await each(parts, ({ writer }) => writer.others());
  return {
    ...total(changes),
    version: names.version,
    images: parts.map(({ rows }) => rows.count),
    kept: [...new Set(kept.flat())],
    pruned: [...new Set(pruned.flat())],
  };
}

/** Images are dealt out in blocks, so that each server has those of neighbouring numbers. */
function partOf(images: IndexedImages, number: number, parts: number): IndexedRows {
  const { length } = images.embeddings.names;
  const border = (at: number) => Math.floor(at * length / parts);
  return new IndexedRows(images, border(number), border(number + 1));
}

async function each<T>(
  parts: readonly Part[],
  work: (part: Part) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  for (const part of parts) results.push(await work(part));
  return results;
}

function total(changes: readonly Changes[]): Changes {
  const sum = (of: (change: Changes) => number) => changes.reduce((all, one) => all + of(one), 0);
  return {
    added: sum(({ added }) => added),
    replaced: sum(({ replaced }) => replaced),
    removed: sum(({ removed }) => removed),
    unchanged: sum(({ unchanged }) => unchanged),
  };
}
