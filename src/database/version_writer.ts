import { CsnError, UsageError } from "../base/errors.ts";
import type { Listener } from "../base/listener.ts";
import type { Scales } from "../search/balance.ts";
import type { Masks } from "../search/mixture.ts";
import type { Connection } from "./connection.ts";
import { identifier } from "./identifier.ts";
import { imagesTable, incomingTable, orderTable, type VersionNames } from "./version_names.ts";
import type { IndexedRows } from "./indexed_rows.ts";
import { rankingVector, vectorText } from "./ranking.ts";
import { prepareSchema } from "./schema.ts";

/** What the version is made by. */
export interface VersionModel {
  readonly fingerprint: string;
  /** What it is called, for messages. */
  readonly shown: string;
  readonly dimension: number;
  readonly masks: Masks;
}

/** What is done to the images of a version. */
export interface Changes {
  /** Images that were not there. */
  readonly added: number;
  /** Images whose embedding or values are others now. */
  readonly replaced: number;
  /** Images that are not given any more. */
  readonly removed: number;
  /** Images that are as they were. */
  readonly unchanged: number;
}

/** What all parts of one `index` have in common. */
export interface VersionState {
  readonly columns: readonly string[];
  readonly scales: Scales;
  /** Says of the parts on several servers that they belong together. */
  readonly batch: string;
}

/** Images that are sent in one transaction. */
const batchImages = 5_000;

/** pgvector's HNSW takes no longer vectors. */
const mostIndexed = 2_000;

/** Writes one version of a table to one server. */
export class VersionWriter {
  readonly #connection: Connection;
  readonly #names: VersionNames;
  readonly #model: VersionModel;

  private constructor(connection: Connection, names: VersionNames, model: VersionModel) {
    this.#connection = connection;
    this.#names = names;
    this.#model = model;
  }

  /**
   * Makes the tables of a version where they are not there. Throws a CsnError where another one
   * writes to the table, and for relations of these names that csn did not make.
   */
  static async open(
    connection: Connection,
    names: VersionNames,
    model: VersionModel,
  ): Promise<VersionWriter> {
    await prepareSchema(connection);
    const writer = new VersionWriter(connection, names, model);
    await writer.#lock();
    await writer.#checkNames();
    await connection.transaction(() => writer.#makeTables());
    return writer;
  }

  /** Says which images there are to be, so that the database can tell which it lacks. */
  async list(rows: IndexedRows): Promise<void> {
    const { run, copy } = bound(this.#connection);
    await run("drop table if exists pg_temp.csn_listing");
    await run(
      "create temporary table csn_listing (position integer not null, name text not null, content bytea not null)",
    );
    await copy("csn_listing (position, name, content)", rows.listing());
    await run("analyze csn_listing");
  }

  /** Refuses to take every image out and put others in, which looks like a mistake. */
  async checkChanges(): Promise<void> {
    const images = imagesTable(this.#names);
    const [{ before, kept, listed }] = await this.#connection.rows<Record<string, string>>(`
      select (select count(*) from ${images}) as before,
        (select count(*) from ${images} join csn_listing using (name)) as kept,
        (select count(*) from csn_listing) as listed
    `);
    if (before === "0" || kept !== "0") return;
    throw new UsageError(
      `Cannot write to the table ${this.#names.table}: none of its ${before} images is among the ${listed} that are given, so all would be removed; pass the folder or set that it was made of, another name with \`table\`, or \`overwrite\` to replace them all`,
    );
  }

  /** Sends what the database lacks, a batch at a time; each that was sent stays there. */
  async fill(
    rows: IndexedRows,
    { listener }: { readonly listener?: Listener },
  ): Promise<void> {
    const [images, incoming] = [imagesTable(this.#names), incomingTable(this.#names)];
    const isListed = (table: string) =>
      `exists (select from csn_listing l where l.name = ${table}.name and l.content = ${table}.content)`;
    await this.#connection.run(`delete from ${incoming} i where not ${isListed("i")}`);
    const lacking = (await this.#connection.rows<{ position: number }>(`
      select position from csn_listing l
      where not exists (select from ${images} m where m.name = l.name and m.content = l.content)
        and not exists (select from ${incoming} i where i.name = l.name)
      order by position
    `)).map(({ position }) => position);
    for (let at = 0; at < lacking.length; at += batchImages) {
      const some = lacking.slice(at, at + batchImages);
      await this.#connection.copy(
        `${incoming} (name, content, attributes, embedding)`,
        rows.rows(some),
      );
      listener?.progress?.({
        what: "Writing to the database",
        done: rows.count - lacking.length + at + some.length,
        total: rows.count,
        unit: "images",
      });
    }
  }

  /** Takes over what was sent; to be done in a transaction. */
  async apply(rows: IndexedRows, state: VersionState): Promise<Changes> {
    const { run } = bound(this.#connection);
    const [images, order, incoming] = [imagesTable, orderTable, incomingTable]
      .map((nameOf) => nameOf(this.#names));
    const [{ removed, replaced }] = await this.#connection.rows<Record<string, string>>(`
      select count(*) filter (where l.name is null) as removed,
        count(*) filter (where l.content <> m.content) as replaced
      from ${images} m left join csn_listing l using (name)
    `);
    await run(`
      delete from ${images} m where not exists
        (select from csn_listing l where l.name = m.name and l.content = m.content)
    `);
    const sent = await run(`
      insert into ${images} (name, content, attributes, embedding)
      select name, content, attributes, embedding from ${incoming}
    `);
    await run(
      `delete from ${order} o where not exists (select from ${images} m where m.id = o.id)`,
    );
    await run(`
      insert into ${order} as o (id, position)
      select m.id, l.position from ${images} m join csn_listing l using (name)
      on conflict (id) do update set position = excluded.position
        where o.position <> excluded.position
    `);
    await run(`truncate ${incoming}`);
    await this.#checkCount(rows.count);
    await this.#writeState(rows.count, state);
    const changed = { replaced: Number(replaced), removed: Number(removed) };
    return { ...changed, added: sent - changed.replaced, unchanged: rows.count - sent };
  }

  /** An approximate index of each notion, where there is none. */
  async makeIndexes(
    { listener }: { readonly listener?: Listener },
  ): Promise<void> {
    const { dimension, masks } = this.#model;
    if (dimension > mostIndexed) {
      listener?.warning?.(
        `No approximate indexes are made: pgvector's take up to ${mostIndexed} dimensions, and there are ${dimension}. Search is exact`,
      );
      return;
    }
    for (const [place, [notion, mask]] of [...masks].entries()) {
      const name = `${this.#names.table}_${this.#names.version}_n${place}`;
      if (await this.#relationKind(name) !== null) continue;
      listener?.notice?.(`Making the approximate index of ${notion}`);
      const ranking = rankingVector(squares(mask)).vector;
      await this.#connection.run(
        `create index ${identifier(name)} on ${
          imagesTable(this.#names)
        } using hnsw (((embedding * '${
          vectorText(ranking)
        }'::vector)::vector(${dimension})) vector_l2_ops)`,
      );
    }
  }

  /** Makes this version the one that the table's name means; to be done in a transaction. */
  async activate(): Promise<void> {
    const { table, version } = this.#names;
    const { run } = bound(this.#connection);
    await run("update csn_versions set is_active = false where tab = $1 and version <> $2", [
      table,
      version,
    ]);
    await run("update csn_versions set is_active = true where tab = $1 and version = $2", [
      table,
      version,
    ]);
    // Without its dimensions the type is that of any version: grants and views on it remain.
    await run(`
      create or replace view ${identifier(table)} as
      select o.position, m.name, m.attributes, m.embedding::vector as embedding
      from ${imagesTable(this.#names)} m join ${orderTable(this.#names)} o using (id)
    `);
  }

  /** Removes all other versions of the table; to be done in a transaction. Returns their models. */
  async prune(): Promise<string[]> {
    const { table, version } = this.#names;
    const others = await this.#connection.rows<{ version: string; model: string }>(
      "delete from csn_versions where tab = $1 and version <> $2 returning version, model",
      [table, version],
    );
    for (const other of others) {
      const names = { table, version: other.version };
      for (const each of [incomingTable(names), orderTable(names), imagesTable(names)]) {
        await this.#connection.run(`drop table if exists ${each}`);
      }
    }
    return others.map(({ model }) => model);
  }

  /** The models of other versions that are kept. */
  async others(): Promise<string[]> {
    const { table, version } = this.#names;
    const rows = await this.#connection.rows<{ model: string }>(
      "select model from csn_versions where tab = $1 and version <> $2 order by written",
      [table, version],
    );
    return rows.map(({ model }) => model);
  }

  /** Held until the connection ends, by whatever end. */
  async #lock(): Promise<void> {
    const [{ locked }] = await this.#connection.rows<{ locked: boolean }>(
      "select pg_try_advisory_lock(hashtext('csn index'), hashtext($1)) as locked",
      [this.#names.table],
    );
    if (locked) return;
    throw new CsnError(
      `Cannot write to the table ${this.#names.table} of ${this.#connection.shown}: another \`index\` writes to it; wait until it has ended`,
    );
  }

  async #checkNames(): Promise<void> {
    const { table, version } = this.#names;
    const known = await this.#connection.rows<{ version: string }>(
      "select version from csn_versions where tab = $1",
      [table],
    );
    const isOurs = known.some((each) => each.version === version);
    const kind = await this.#relationKind(table);
    const foreign = kind !== null && (known.length === 0 || kind !== "v")
      ? table
      : !isOurs && await this.#relationKind(`${table}_${version}`) !== null
      ? `${table}_${version}`
      : null;
    if (foreign === null) return;
    throw new UsageError(
      `Cannot write to ${this.#connection.shown}: it has something called ${foreign} that csn did not make; choose another name with \`table\``,
    );
  }

  /** What a name means: "r" for a table, "v" for a view, "i" for an index; null for nothing. */
  async #relationKind(name: string): Promise<string | null> {
    const [found] = await this.#connection.rows<{ kind: string }>(
      "select relkind::text as kind from pg_class where relname = $1 and relnamespace = current_schema()::regnamespace",
      [name],
    );
    return found?.kind ?? null;
  }

  async #makeTables(): Promise<void> {
    const { run } = bound(this.#connection);
    const { fingerprint, shown, dimension } = this.#model;
    const { table, version } = this.#names;
    const columns =
      `content bytea not null, attributes jsonb not null, embedding vector(${dimension})`;
    await run(
      "insert into csn_versions (tab, version, fingerprint, model, dimension) values ($1, $2, $3, $4, $5) on conflict (tab, version) do update set model = excluded.model",
      [table, version, fingerprint, shown, dimension],
    );
    await run(
      `create table if not exists ${
        imagesTable(this.#names)
      } (id bigint generated always as identity primary key, name text not null unique, ${columns})`,
    );
    await run(
      `create table if not exists ${
        orderTable(this.#names)
      } (id bigint primary key, position integer not null)`,
    );
    await run(
      `create table if not exists ${
        incomingTable(this.#names)
      } (name text primary key, ${columns})`,
    );
  }

  async #checkCount(wanted: number): Promise<void> {
    const [{ found }] = await this.#connection.rows<{ found: string }>(
      `select count(*) as found from ${imagesTable(this.#names)} join ${
        orderTable(this.#names)
      } using (id)`,
    );
    if (Number(found) === wanted) return;
    throw new CsnError(
      `Cannot write to the table ${this.#names.table}: it would have ${found} images instead of ${wanted}, so something else wrote to it; nothing was changed, run it again`,
    );
  }

  async #writeState(images: number, { columns, scales, batch }: VersionState): Promise<void> {
    const { run } = bound(this.#connection);
    const { table, version } = this.#names;
    await run(
      "update csn_versions set images = $3, columns = $4, batch = $5, written = now() where tab = $1 and version = $2",
      [table, version, images, columns, batch],
    );
    await run("delete from csn_notions where tab = $1 and version = $2", [table, version]);
    for (const [place, [notion, mask]] of [...this.#model.masks].entries()) {
      const weights = squares(mask);
      const median = scales.get(notion) ?? NaN;
      await run(
        "insert into csn_notions (tab, version, place, notion, mask, weights, ranking, median) values ($1, $2, $3, $4, $5, $6, $7, $8)",
        [
          ...[table, version, place, notion],
          vectorText(mask),
          vectorText(Float32Array.from(weights)),
          vectorText(rankingVector(weights).vector),
          Number.isFinite(median) ? median : null,
        ],
      );
    }
  }
}

function squares(mask: Float32Array): Float64Array {
  return Float64Array.from(mask, (value) => value * value);
}

function bound(connection: Connection) {
  return {
    run: connection.run.bind(connection),
    copy: connection.copy.bind(connection),
  };
}
