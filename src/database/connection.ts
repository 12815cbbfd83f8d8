// @ts-types="@types/pg"
import type { ClientBase, ClientConfig } from "pg";
import type { DatabaseAddress } from "./database_url.ts";
import { CsnError, messageOf } from "../base/errors.ts";
import { databaseFault } from "./database_fault.ts";
import { copyInto } from "./copy_rows.ts";

/** Rows that come back: columns by name. */
export type Row = Record<string, unknown>;

/** What ends a connection's statements from outside. */
export interface Stop {
  readonly signal: AbortSignal;
  /** Makes the statement that runs fail; resolves when the server was asked to. */
  readonly cancel: () => Promise<void>;
}

/** A connection to a database. Values are always parameters, never part of a statement's text. */
export class Connection {
  /** For messages, without a password. */
  readonly shown: string;
  readonly #client: ClientBase;
  readonly #stop: Stop | null;

  /**
   * With `stop`, a statement that runs when its signal aborts is cancelled, and no further one is
   * begun but what ends a transaction: they throw the signal's reason.
   */
  constructor(client: ClientBase, shown: string, stop: Stop | null = null) {
    this.#client = client;
    this.shown = shown;
    this.#stop = stop;
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
    await this.#stoppable(() => copyInto(this.#client, into, rows));
  }

  /** Does `work` in one transaction: all of it is done, or nothing. */
  async transaction<T>(work: () => Promise<T>, mode = ""): Promise<T> {
    await this.run(`begin ${mode}`);
    try {
      const result = await work();
      // Of several servers' transactions none is committed alone: that is not stopped any more.
      await this.#done(() => this.#client.query("commit"));
      return result;
    } catch (error) {
      // A connection that is lost has rolled back by itself.
      await this.#client.query("rollback").catch(() => {});
      throw error;
    }
  }

  async #run<R extends Row>(text: string, values: readonly unknown[]) {
    return await this.#stoppable(() => this.#client.query<R>(text, [...values]));
  }

  async #stoppable<T>(statement: () => Promise<T>): Promise<T> {
    if (this.#stop === null) return await this.#done(statement);
    const { signal, cancel } = this.#stop;
    signal.throwIfAborted();
    let cancelled: Promise<void> | undefined;
    const onAbort = () => void (cancelled = cancel());
    signal.addEventListener("abort", onAbort, { once: true });
    const [outcome] = await Promise.allSettled([this.#done(statement)]);
    signal.removeEventListener("abort", onAbort);
    // What asks the server must not hit a later statement.
    await cancelled;
    signal.throwIfAborted();
    if (outcome.status === "rejected") throw outcome.reason;
    return outcome.value;
  }

  async #done<T>(statement: () => Promise<T>): Promise<T> {
    try {
      return await statement();
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

async function trusted({ tls, rootCertificate }: DatabaseAddress): Promise<string | undefined> {
  if (rootCertificate === undefined || ["disable", "allow", "prefer"].includes(tls)) {
    return undefined;
  }
  try {
    return await Deno.readTextFile(rootCertificate);
  } catch (error) {
    throw new CsnError(
      `Cannot read the certificates ${rootCertificate} that sslrootcert names: ${messageOf(error)}`,
      { cause: error },
    );
  }
}
