// @ts-types="@types/pg"
import type { ClientBase, ClientConfig } from "pg";
import type { DatabaseAddress } from "./database_url.ts";
import { CsnError, messageOf } from "../base/errors.ts";
import { databaseFault } from "./database_fault.ts";
import { copyInto } from "./copy_rows.ts";

/** Rows that come back: columns by name. */
export type Row = Record<string, unknown>;

/** A connection to a database. Values are always parameters, never part of a statement's text. */
export class Connection {
  /** For messages, without a password. */
  readonly shown: string;
  readonly #client: ClientBase;

  constructor(client: ClientBase, shown: string) {
    this.#client = client;
    this.shown = shown;
  }

  /** The rows of a statement. Throws a CsnError that says what was attempted. */
  async rows<R extends Row = Row>(text: string, values: readonly unknown[] = []): Promise<R[]> {
    return (await this.#run<R>(text, values)).rows;
  }

  /** Runs a statement; returns how many rows it touched. */
  async run(text: string, values: readonly unknown[] = []): Promise<number> {
    return (await this.#run(text, values)).rowCount ?? 0;
  }

  /** Sends rows in PostgreSQL's binary COPY format; `into` is the table with its columns. */
  async copy(into: string, rows: Iterable<Uint8Array>): Promise<void> {
    try {
      await copyInto(this.#client, into, rows);
    } catch (error) {
      throw databaseFault(this.shown, error);
    }
  }

  /** Does `work` in one transaction: all of it is done, or nothing. */
  async transaction<T>(work: () => Promise<T>, mode = ""): Promise<T> {
    await this.run(`begin ${mode}`);
    try {
      const result = await work();
      await this.run("commit");
      return result;
    } catch (error) {
      // A connection that is lost has rolled back by itself.
      await this.run("rollback").catch(() => {});
      throw error;
    }
  }

  async #run<R extends Row>(text: string, values: readonly unknown[]) {
    try {
      return await this.#client.query<R>(text, [...values]);
    } catch (error) {
      throw databaseFault(this.shown, error);
    }
  }
}

/** How long a connection may take to come about. */
const patienceMs = 15_000;

/** What pg is given: first with TLS, then without where that is allowed. */
export async function clientConfigs(address: DatabaseAddress): Promise<ClientConfig[]> {
  const { host, port, user, password, database } = address;
  const common: ClientConfig = {
    ...{ host, port, user, password, database },
    connectionTimeoutMillis: patienceMs,
    application_name: "csn",
    keepAlive: true,
  };
  const ca = await trusted(address);
  const unverified = { ...common, ssl: { rejectUnauthorized: false } };
  switch (address.tls) {
    case "disable":
      return [{ ...common, ssl: false }];
    case "allow":
    case "prefer":
      return [unverified, { ...common, ssl: false }];
    case "require":
      // As libpq: whoever names whom to trust wants it to be checked.
      if (ca === undefined) return [unverified];
      return [{ ...common, ssl: { ca, checkServerIdentity: () => undefined } }];
    case "verify-ca":
      return [{ ...common, ssl: { ca, checkServerIdentity: () => undefined } }];
    case "verify-full":
      return [{ ...common, ssl: { ca } }];
  }
}

async function trusted({ rootCertificate }: DatabaseAddress): Promise<string | undefined> {
  if (rootCertificate === undefined) return undefined;
  try {
    return await Deno.readTextFile(rootCertificate);
  } catch (error) {
    throw new CsnError(
      `Cannot read the certificates ${rootCertificate} that sslrootcert names: ${messageOf(error)}`,
      { cause: error },
    );
  }
}
