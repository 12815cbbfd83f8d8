import { CsnError, messageOf } from "../base/errors.ts";

/** What mends a failure, by PostgreSQL's or the system's code. */
const remedies: Readonly<Record<string, string>> = {
  ECONNREFUSED: "start the server, or correct the host and the port",
  ENOTFOUND: "correct the host",
  EAI_AGAIN: "correct the host, or look at the network",
  ETIMEDOUT: "look at the network and at the server's firewall",
  ECONNRESET: "look at the server's log, then run the same again",
  "28P01": "give the user's password in PGPASSWORD, in ~/.pgpass or in the address",
  "28000": "correct the user, or let it in with pg_hba.conf",
  "3D000": "correct the database's name, or make it with createdb",
  "42501": "let the user do that with GRANT, or connect as another one",
  "53300": "end connections that are not needed, or raise max_connections",
  "53100": "make room on the server's disk",
  "57014": "look at what else the server does, or what locks the table",
  "57P01": "the server was stopped; start it and run the same again",
  "57P03": "the server is starting or stopping; try again later",
};

/** A database cannot be used; `cause` is what it or the system said. */
export class DatabaseError extends CsnError {
  override readonly name: string = "DatabaseError";
}

/** What failed in a database, without a password. */
export function databaseFault(shown: string, error: unknown, attempt = "use"): CsnError {
  if (error instanceof CsnError) return error;
  const { code, password } = error as { code?: string; password?: string };
  const said = messageOf(error);
  const text = password ? said.replaceAll(password, "***") : said;
  const remedy = remedies[code ?? ""] ?? remedyOf(said);
  return new DatabaseError(
    `Cannot ${attempt} the database ${shown}: ${text}${remedy === null ? "" : `; ${remedy}`}`,
    { cause: error },
  );
}

/** The code of PostgreSQL's that a failure has, undefined where it came from elsewhere. */
export function faultCode(error: unknown): string | undefined {
  return ((error as Error).cause as { code?: string } | undefined)?.code;
}

function remedyOf(said: string): string | null {
  if (/does not support SSL/.test(said)) return "leave sslmode out, or pass sslmode=prefer";
  if (/password must be a string|SASL/.test(said)) return remedies["28P01"];
  if (/does not match certificate/.test(said)) {
    return "connect by a name that the certificate has, or pass sslmode=verify-ca to check only who signed it";
  }
  if (/certificate|self.signed|UnknownIssuer/i.test(said)) {
    return "name whom to trust with sslrootcert, or pass sslmode=require to check nothing";
  }
  if (/Query read timeout/.test(said)) return "the server does not answer; look at it";
  if (/timeout/i.test(said)) return remedies.ETIMEDOUT;
  if (/Connection terminated|not queryable/.test(said)) return remedies.ECONNRESET;
  return null;
}
