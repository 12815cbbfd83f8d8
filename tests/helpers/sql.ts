// @ts-types="@types/pg"
import type { Client } from "pg";
import type { PostgresServer } from "./postgres_server.ts";

// deno-lint-ignore no-explicit-any
type Rows = any[];

/** A connection of an application's, closed by `await using`. */
export class SqlSession implements AsyncDisposable {
  readonly #client: Client;

  private constructor(client: Client) {
    this.#client = client;
  }

  static async open(server: PostgresServer): Promise<SqlSession> {
    // @ts-types="@types/pg"
    const { default: pg } = await import("pg");
    const client = new pg.Client({ connectionString: server.url() });
    await client.connect();
    return new SqlSession(client);
  }

  /** What a statement gives. */
  async rows(text: string, values: readonly unknown[] = []): Promise<Rows> {
    return (await this.#client.query(text, [...values])).rows;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.end();
  }
}

/** What one statement gives. */
export async function sql(
  server: PostgresServer,
  text: string,
  values: readonly unknown[] = [],
): Promise<Rows> {
  await using session = await SqlSession.open(server);
  return await session.rows(text, values);
}

/** Waits until a statement of csn's waits for a lock of a kind, as pg_stat_activity calls it. */
export async function waitsFor(server: PostgresServer, lock: string): Promise<void> {
  const waiting =
    "select from pg_stat_activity where application_name = 'csn' and wait_event_type = 'Lock' and wait_event = $1";
  // In a session of its own: within a transaction the view does not change.
  await using session = await SqlSession.open(server);
  while ((await session.rows(waiting, [lock])).length === 0);
}

/** Waits until the server has noticed that no csn is connected any more. */
export async function isLeft(server: PostgresServer): Promise<void> {
  const connected = "select from pg_stat_activity where application_name = 'csn'";
  await using session = await SqlSession.open(server);
  while ((await session.rows(connected)).length > 0);
}
