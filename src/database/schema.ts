import { CsnError } from "../base/errors.ts";
import type { Connection } from "./connection.ts";
import { functionsSql } from "./functions_sql.ts";

/** pgvector multiplies vectors from this version on. */
const leastPgvector = [0, 7];

/** What all tables of csn's in a database share. */
const tablesSql = `
create table if not exists csn_versions (
  tab text not null,
  version text not null,
  fingerprint text not null,
  model text not null,
  dimension integer not null,
  columns text[] not null default '{}',
  images integer not null default 0,
  batch text not null default '',
  is_active boolean not null default false,
  written timestamptz not null default now(),
  primary key (tab, version)
);
create unique index if not exists csn_versions_active on csn_versions (tab) where is_active;
create table if not exists csn_notions (
  tab text not null,
  version text not null,
  place integer not null,
  notion text not null,
  mask vector not null,
  weights vector not null,
  ranking vector not null,
  median double precision,
  primary key (tab, version, notion),
  foreign key (tab, version) references csn_versions on delete cascade
);
`;

/**
 * Makes what all tables share where it is not there, and the functions anew. Throws a CsnError for
 * a server that csn cannot use.
 */
export async function prepareSchema(connection: Connection): Promise<void> {
  const { shown } = connection;
  const [{ encoding, installed, offered }] = await connection.rows(`
    select current_setting('server_encoding') as encoding,
      (select extversion from pg_extension where extname = 'vector') as installed,
      (select default_version from pg_available_extensions where name = 'vector') as offered
  `);
  if (encoding !== "UTF8") {
    throw new CsnError(
      `Cannot use the database ${shown}: it keeps texts as ${encoding}, which has not all letters of names; make one with: create database ... encoding 'UTF8' template template0`,
    );
  }
  if (installed === null && offered === null) {
    throw new CsnError(
      `Cannot use the database ${shown}: its server has no pgvector; install pgvector there (packages are called postgresql-17-pgvector or pgvector)`,
    );
  }
  await connection.transaction(async () => {
    // Two that make the same at once would fail.
    await connection.run("select pg_advisory_xact_lock(hashtext('csn schema'))");
    await connection.run("create extension if not exists vector");
    const [{ version }] = await connection.rows<{ version: string }>(
      "select extversion as version from pg_extension where extname = 'vector'",
    );
    const [major, minor] = version.split(".").map(Number);
    if (major < leastPgvector[0] || major === leastPgvector[0] && minor < leastPgvector[1]) {
      throw new CsnError(
        `Cannot use the database ${shown}: it has pgvector ${version}, csn needs ${
          leastPgvector.join(".")
        }; install a newer one, then: alter extension vector update`,
      );
    }
    await connection.run(tablesSql);
    await connection.run(functionsSql);
  });
}
