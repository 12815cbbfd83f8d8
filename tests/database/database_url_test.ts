import assert from "node:assert/strict";
import { parseDatabaseUrl } from "../../src/database/database_url.ts";

/** Does `work` with a variable of the environment. */
function withVariable(name: string, value: string, work: () => void): void {
  const before = Deno.env.get(name);
  Deno.env.set(name, value);
  try {
    work();
  } finally {
    if (before === undefined) Deno.env.delete(name);
    else Deno.env.set(name, before);
  }
}

Deno.test("parseDatabaseUrl() takes PGSSLMODE and PGSSLROOTCERT where the address says nothing", () => {
  withVariable("PGSSLMODE", "verify-full", () => {
    withVariable("PGSSLROOTCERT", "ca.pem", () => {
      const { tls, rootCertificate } = parseDatabaseUrl("postgres://h/d");
      assert.deepEqual([tls, rootCertificate], ["verify-full", "ca.pem"]);
      assert.equal(parseDatabaseUrl("postgres://h/d?sslmode=disable").tls, "disable");
    });
  });
  withVariable("PGSSLMODE", "strict", () => {
    assert.throws(
      () => parseDatabaseUrl("postgres://h/d"),
      /PGSSLMODE is "strict", it must be one/,
    );
  });
});

Deno.test("parseDatabaseUrl() refuses an authority to trust where nothing is checked", () => {
  for (const parameters of ["", "sslmode=disable&", "sslmode=allow&", "sslmode=prefer&"]) {
    assert.throws(
      () => parseDatabaseUrl(`postgres://h/d?${parameters}sslrootcert=ca.pem`),
      /sslrootcert names whom to trust, and sslmode is \w+, which checks nothing; pass sslmode=verify/,
    );
  }
  for (const mode of ["require", "verify-ca", "verify-full"]) {
    const { rootCertificate } = parseDatabaseUrl(`postgres://h/d?sslmode=${mode}&sslrootcert=a`);
    assert.equal(rootCertificate, "a");
  }
});

Deno.test("parseDatabaseUrl() never shows a password", () => {
  const address = parseDatabaseUrl("postgres://me:s3cret@h:5433/d");
  assert.deepEqual([address.shown, address.password], ["postgres://me@h:5433/d", "s3cret"]);
  for (
    const odd of ["postgres://me:s3cret@h:x/d", "http://me:s3cret@h/d", "postgres://a:s3cret@h/%"]
  ) {
    assert.throws(() => parseDatabaseUrl(odd), (error: Error) => !/s3cret/.test(error.message));
  }
});
