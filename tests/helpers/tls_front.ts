/** TLS before a PostgreSQL server that was built without it. */
import { join } from "../../src/files/paths.ts";
import type { PostgresServer } from "./postgres_server.ts";

/** Files of a test's own authority and of a server's certificate that it signed. */
export interface Certificates {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** Makes certificates for a server called localhost; null, with a printed reason, without openssl. */
export async function makeCertificates(folder: string): Promise<Certificates | null> {
  const at = (name: string) => join(folder, name);
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const extensions = at("extensions");
  await Deno.writeTextFile(extensions, "subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n");
  try {
    await openssl("req", "-x509", ...key, "-subj", "/CN=authority", "-days", "2", ...[
      ...["-keyout", at("authority.key"), "-out", at("authority.pem")],
    ]);
    await openssl("req", ...key, "-subj", "/CN=localhost", ...[
      ...["-keyout", at("server.key"), "-out", at("server.csr")],
    ]);
    await openssl("x509", "-req", "-in", at("server.csr"), "-days", "2", ...[
      ...["-CA", at("authority.pem"), "-CAkey", at("authority.key"), "-CAcreateserial"],
      ...["-extfile", extensions, "-out", at("server.pem")],
    ]);
  } catch (error) {
    console.log(`skipped: no certificates can be made here: ${(error as Error).message}`);
    return null;
  }
  return {
    authority: at("authority.pem"),
    certificate: at("server.pem"),
    key: at("server.key"),
  };
}

async function openssl(...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("openssl", { args }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

/** PostgreSQL's answer to who asks for TLS, the handshake, and then what the server says. */
export class TlsFront implements AsyncDisposable {
  /** Connections that came to be encrypted. */
  encrypted = 0;
  readonly #server: PostgresServer;
  readonly #open: Deno.TcpListener;
  readonly #secure: Deno.TlsListener;
  readonly #work: Promise<unknown>;

  /** Stands before `server` with a certificate. */
  constructor(server: PostgresServer, { certificate, key }: Certificates) {
    this.#server = server;
    this.#open = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#secure = Deno.listenTls({
      ...{ hostname: "127.0.0.1", port: 0 },
      cert: Deno.readTextFileSync(certificate),
      key: Deno.readTextFileSync(key),
    });
    this.#work = Promise.all([
      each(this.#open, (connection) => this.#agree(connection)),
      each(this.#secure, (connection) => this.#pass(connection)),
    ]);
  }

  /** Where it is reached, by a name. */
  url(host: string, parameters: string): string {
    return `postgres://postgres@${host}:${this.#open.addr.port}/postgres?${parameters}`;
  }

  /** Says that TLS may begin, and passes its bytes on to where they are read. */
  async #agree(connection: Deno.Conn): Promise<void> {
    await connection.read(new Uint8Array(8));
    await connection.write(new TextEncoder().encode("S"));
    const { port } = this.#secure.addr as Deno.NetAddr;
    await joined(connection, await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  async #pass(connection: Deno.TlsConn): Promise<void> {
    try {
      await connection.handshake();
    } catch {
      return connection.close();
    }
    this.encrypted++;
    await joined(
      connection,
      await Deno.connect({ hostname: "127.0.0.1", port: this.#server.port }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#open.close();
    this.#secure.close();
    await this.#work;
  }
}

/** Does `work` with each connection that comes, until the listener is closed. */
async function each<C>(listener: AsyncIterable<C>, work: (connection: C) => Promise<void>) {
  const all: Promise<void>[] = [];
  for await (const connection of listener) all.push(work(connection));
  await Promise.all(all);
}

/** Passes on what either side says, until one ends. */
async function joined(one: Deno.Conn, other: Deno.Conn): Promise<void> {
  await Promise.race([
    one.readable.pipeTo(other.writable).catch(() => {}),
    other.readable.pipeTo(one.writable).catch(() => {}),
  ]);
  for (const connection of [one, other]) {
    try {
      connection.close();
    } catch {
      // It is closed already.
    }
  }
}
