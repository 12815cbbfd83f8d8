import { CsnError, UsageError } from "../base/errors.ts";
import type { Connection } from "./connection.ts";
import { parseVector } from "./copy_rows.ts";
import { faultCode } from "./database_fault.ts";
import { conditionsSql, type MeantCondition } from "./conditions_sql.ts";
import { versionOf } from "../model/model_fingerprint.ts";
import { Parameters } from "./parameters.ts";
import { type Bound, vectorText } from "./ranking.ts";
import { imagesTable, orderTable } from "./version_names.ts";

/** A table is not there, or another model made it. */
export class TableError extends UsageError {
  override readonly name: string = "TableError";
}

/** What a table of one server says of itself, as it is in one transaction. */
export interface Shard {
  readonly connection: Connection;
  readonly table: string;
  /** Identifiers of the version's tables. */
  readonly images: string;
  readonly order: string;
  readonly columns: readonly string[];
  /** How many images it has, those that cannot be found too. */
  readonly count: number;
  /** The same for the parts that were written together. */
  readonly batch: string;
  /** By notion: the median squared distance, NaN where it is not known. */
  readonly medians: ReadonlyMap<string, number>;
}

/** An image that may be among the nearest. */
export interface Candidate {
  readonly name: string;
  readonly position: number;
  readonly vector: Float32Array;
  /** Its distance or score is at least this. */
  readonly least: number;
}

/** Whose table it must be. */
export interface ShardModel {
  readonly fingerprint: string;
  readonly path: string;
}

/**
 * Reads what a table says of itself. Throws a UsageError for a table that is not there and for one
 * that another model made.
 */
export async function openShard(
  connection: Connection,
  table: string,
  model: ShardModel,
): Promise<Shard> {
  const version = await activeVersion(connection, table);
  if (version === null) {
    throw new TableError(
      `Cannot search the table ${table} of ${connection.shown}: csn wrote no table of that name there; write it with \`indexTable()\``,
    );
  }
  if (version.fingerprint !== model.fingerprint) {
    throw new TableError(
      `Cannot search the table ${table} of ${connection.shown} with the model ${model.path}: another model made it, then ${version.model}; pass that one, or write the table anew with this one by \`indexTable()\``,
    );
  }
  const names = { table, version: versionOf(version.fingerprint) };
  const notions = await connection.rows<{ notion: string; median: number | null }>(
    "select notion, median from csn_notions where tab = $1 and version = $2",
    [table, names.version],
  );
  return {
    connection,
    table,
    images: imagesTable(names),
    order: orderTable(names),
    columns: version.columns,
    count: version.images,
    batch: version.batch,
    medians: new Map(notions.map(({ notion, median }) => [notion, median ?? NaN])),
  };
}

interface ActiveVersion {
  readonly fingerprint: string;
  readonly model: string;
  readonly columns: string[];
  readonly images: number;
  readonly batch: string;
  readonly [column: string]: unknown;
}

/** PostgreSQL's code for a table that is not there. */
const noSuchTable = "42P01";

async function activeVersion(connection: Connection, table: string): Promise<ActiveVersion | null> {
  try {
    const [found] = await connection.rows<ActiveVersion>(
      "select fingerprint, model, columns, images, batch from csn_versions where tab = $1 and is_active",
      [table],
    );
    return found ?? null;
  } catch (error) {
    if (error instanceof CsnError && faultCode(error) === noSuchTable) return null;
    throw error;
  }
}

/** How many images there are that meet conditions and can be found. */
export async function countCompared(
  { connection, images }: Shard,
  conditions: readonly MeantCondition[],
): Promise<number> {
  const parameters = new Parameters();
  const where = conditionsSql(conditions, parameters);
  const [{ count }] = await connection.rows<{ count: string }>(
    `select count(*) from ${images} where embedding is not null and ${where}`,
    parameters.values,
  );
  return Number(count);
}

/** What is near by some bounds: those of the like notions, and of the unlike ones. */
export interface QueryBounds {
  readonly near: Bound;
  readonly far: Bound | null;
}

/** The images whose distances or scores may be the least, by what they are at least; `limit` of them. */
export async function candidatesOf(
  { connection, images, order }: Shard,
  bounds: readonly QueryBounds[],
  { conditions, limit }: {
    readonly conditions: readonly MeantCondition[];
    readonly limit: number;
  },
): Promise<Candidate[]> {
  const parameters = new Parameters();
  const least = bounds.map((each) => leastSql(each, parameters)).join(", ");
  const where = conditionsSql(conditions, parameters);
  const rows = await connection.rows<
    { name: string; position: number; vector: Uint8Array; least: number }
  >(
    `
    select m.name, o.position, vector_send(m.embedding) as vector, m.bound as least from (
      select id, name, embedding, greatest(${least}) as bound from ${images}
      where embedding is not null and ${where} order by bound limit ${parameters.add(limit)}
    ) as m join ${order} o using (id)
  `,
    parameters.values,
  );
  return rows.map((row) => ({ ...row, vector: parseVector(row.vector) }));
}

/** SQL for what the distance or score of the column `embedding` is at least. */
function leastSql({ near, far }: QueryBounds, parameters: Parameters): string {
  const distance = `greatest(${boundSql(near, parameters)}, 0)`;
  return far === null ? distance : `(${distance} ^ 2 - (${boundSql(far, parameters)}) ^ 2)`;
}

function boundSql({ ranking, query, times, plus }: Bound, parameters: Parameters): string {
  const [scale, from] = [ranking, query].map((vector) =>
    `${parameters.add(vectorText(vector))}::vector`
  );
  const [factor, shift] = [times, plus].map((value) => `${parameters.add(value)}::float8`);
  return `((embedding * ${scale}) <-> ${from}) * ${factor} + ${shift}`;
}
