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
