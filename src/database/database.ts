// @ts-types="@types/pg"
import type { PoolClient } from "pg";
import { messageOf } from "../base/errors.ts";
import { clientConfigs, Connection } from "./connection.ts";
import { databaseFault } from "./database_fault.ts";
import { parseDatabaseUrl } from "./database_url.ts";

/** How a database is used. */
export interface DatabaseOptions {
  /** A server that does not answer a statement for so long is given up. @default {never} */
  readonly answerMs?: number;
}

/** What a statement may take longer than it was allowed to before its server counts as gone. */
const graceMs = 2_000;

/** A database that is connected to: several connections, made when they are needed. */
export class Database implements AsyncDisposable {
  /** For messages, without a password. */
  readonly shown: string;
  readonly #pool: Pool;

  private constructor(pool: Pool, shown: string) {
    this.#pool = pool;
    this.shown = shown;
  }

  /**
   * Connects to postgres://user@host:port/database. Throws a CsnError that says why not and what
   * mends it, and never holds a password.
   */
  static async connect(url: string, { answerMs }: DatabaseOptions = {}): Promise<Database> {
    const address = parseDatabaseUrl(url);
    const configs = await clientConfigs(address);
    const { default: pg } = await loadPg();
    for (const config of configs) {
      const pool = new pg.Pool({
        ...config,
        max: mostConnections,
        idleTimeoutMillis: 30_000,
        // A server that ends what takes too long says so itself, a little earlier.
        query_timeout: answerMs === undefined ? undefined : answerMs + graceMs,
      });
      // Without a listener, an idle connection that the server ends would end the process.
      pool.on("error", () => {});
      try {
        (await pool.connect()).release();
        return new Database(pool, address.shown);
      } catch (error) {
        await pool.end();
        if (config !== configs.at(-1) && /does not support SSL/.test(messageOf(error))) continue;
        throw databaseFault(
          address.shown,
          Object.assign(error as Error, { password: address.password }),
          "connect to",
        );
      }
    }
    throw new Error("there is always one way to connect");
  }

  /** Does `work` with a connection of its own, whose statements `signal` stops. */
  async use<T>(work: (connection: Connection) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const client = await this.#pool.connect().catch((error: unknown) => {
      throw databaseFault(this.shown, error, "connect to");
    });
    // It may end while nobody waits for an answer; the next statement then says so.
    const ignore = () => {};
    client.on("error", ignore);
    let hasFailed = true;
    try {
      const stop = signal === undefined ? null : { signal, cancel: await this.#canceller(client) };
      const result = await work(new Connection(client, this.shown, stop));
      hasFailed = false;
      return result;
    } finally {
      client.off("error", ignore);
      // After a failure its state is not known: locks go with the connection.
      client.release(hasFailed);
    }
  }

  /** What makes the statement fail that a connection runs. */
  async #canceller(client: PoolClient): Promise<() => Promise<void>> {
    try {
      const { rows: [{ pid }] } = await client.query("select pg_backend_pid() as pid");
      return async () => {
        try {
          await this.#pool.query("select pg_cancel_backend($1)", [pid]);
        } catch {
          // A server that cannot be asked ends it when it finds the connection closed.
          await client.end();
        }
      };
    } catch (error) {
      throw databaseFault(this.shown, error);
    }
  }

  /** Closes all connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.end();
  }
}

/** Connections at once: each search takes one. */
const mostConnections = 4;

async function loadPg() {
  // @ts-types="@types/pg"
  return await import("pg");
}

/** A pool of pg's. */
type Pool = InstanceType<Awaited<ReturnType<typeof loadPg>>["default"]["Pool"]>;
