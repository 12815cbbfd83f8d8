import { shown, UsageError } from "../base/errors.ts";

/** How far TLS is wanted, as libpq has it. */
const tlsModes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] as const;

/** What an address of a database says. */
export interface DatabaseAddress {
  /** Undefined for what PGHOST and the other variables of PostgreSQL's programs say. */
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
  readonly tls: (typeof tlsModes)[number];
  /** A file of certificates to trust. */
  readonly rootCertificate?: string;
  /** For messages: without the password. */
  readonly shown: string;
}

/** Whether a text is meant as the address of a database. */
export function isDatabaseUrl(text: string): boolean {
  return /^postgres(?:ql)?:\/\//i.test(text);
}

/**
 * Reads postgres://user:password@host:port/database?sslmode=...; every part may be left out, and
 * PGSSLMODE and PGSSLROOTCERT say what the parameters leave out. Throws
 * a UsageError that never quotes the text, since it may hold a password.
 */
export function parseDatabaseUrl(text: string): DatabaseAddress {
  const wrong = (what: string) =>
    new UsageError(
      `Cannot read the address of a database (it is not shown here, because it may hold a password): ${what}; write postgres://user@host:5432/database, and the password to PGPASSWORD in the environment or to ~/.pgpass`,
    );
  if (!isDatabaseUrl(text)) throw wrong("it does not begin with postgres://");
  const url = urlOf(text);
  if (url === null) throw wrong("it is no URL; characters such as @ / : # ? % are written as %40");
  const [user, password, host, database] = [
    url.username,
    url.password,
    url.hostname.replace(/^\[(.*)\]$/, "$1"),
    url.pathname.replace(/^\//, ""),
  ].map(decoded);
  if ([user, password, host, database].includes(null)) throw wrong("a % is followed by no code");
  const { sslmode, sslrootcert, ...others } = Object.fromEntries(url.searchParams);
  const unknown = Object.keys(others);
  if (unknown.length > 0) {
    throw wrong(`csn knows no parameters besides sslmode and sslrootcert, found ${unknown.length}`);
  }
  // Whoever asked for TLS in the environment, as PostgreSQL's programs have it, must not go without.
  const [source, mode] = sslmode === undefined
    ? ["PGSSLMODE", Deno.env.get("PGSSLMODE") || "disable"]
    : ["sslmode", sslmode];
  const tls = tlsModes.find((each) => each === mode);
  if (tls === undefined) {
    throw wrong(`${source} is ${shown(mode)}, it must be one of ${tlsModes.join(", ")}`);
  }
  if (sslrootcert !== undefined && !isChecked(tls)) {
    throw wrong(
      `sslrootcert names whom to trust, and sslmode is ${tls}, which checks nothing; pass sslmode=verify-full as well`,
    );
  }
  const given = (value: string | null) => value === null || value === "" ? undefined : value;
  return {
    host: given(host),
    port: url.port === "" ? undefined : Number(url.port),
    user: given(user),
    password: given(password),
    database: given(database),
    tls,
    rootCertificate: sslrootcert ?? (Deno.env.get("PGSSLROOTCERT") || undefined),
    shown: `postgres://${user === "" ? "" : `${user}@`}${url.host}/${database}`,
  };
}

/** Whether a certificate is compared with those that are trusted, where some are named. */
function isChecked(tls: DatabaseAddress["tls"]): boolean {
  return ["require", "verify-ca", "verify-full"].includes(tls);
}

function urlOf(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
