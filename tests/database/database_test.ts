/** Connections with TLS: what is checked of a server's certificate, by `sslmode`. */
import assert from "node:assert/strict";
import { Database } from "../../src/database/database.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { makeCertificates, TlsFront } from "../helpers/tls_front.ts";
import { withPostgres } from "../helpers/with_postgres.ts";

const folder = await TemporaryFolder.make();
Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());
const certificates = await makeCertificates(folder.path);

async function answers(url: string): Promise<number> {
  await using database = await Database.connect(url);
  return await database.use(async (connection) => {
    const [{ one }] = await connection.rows<{ one: number }>("select 1 as one");
    return one;
  });
}

await withPostgres(1, ([server]) => {
  /** Connects to a server that has TLS, and says what came of it. */
  const connected = async (host: string, parameters: string) => {
    await using front = new TlsFront(server, certificates!);
    const url = front.url(host, parameters.replace("CA", () => certificates!.authority));
    const answer = await answers(url).catch((error: Error) => error.message);
    return { answer, encrypted: front.encrypted > 0 };
  };
  const ignore = certificates === null;

  Deno.test({
    name: "Database.connect() encrypts as `sslmode` says, and checks what it says",
    ignore,
    fn: async () => {
      for (
        const [host, parameters] of [
          ["127.0.0.1", "sslmode=require"],
          ["127.0.0.1", "sslmode=prefer"],
          ["127.0.0.1", "sslmode=allow"],
          ["127.0.0.1", "sslmode=require&sslrootcert=CA"],
          ["127.0.0.1", "sslmode=verify-ca&sslrootcert=CA"],
          ["localhost", "sslmode=verify-full&sslrootcert=CA"],
        ]
      ) {
        const found = await connected(host, parameters);
        assert.deepEqual(found, { answer: 1, encrypted: true }, parameters);
      }
    },
  });

  Deno.test({
    name:
      "Database.connect() refuses a certificate of nobody who is trusted, and one of another name",
    ignore,
    fn: async () => {
      const unknown = /unable to verify the first certificate; name whom to trust with sslrootcert/;
      const other =
        /does not match certificate's altnames.*; connect by a name that the certificate has/;
      for (
        const [host, parameters, message] of [
          ["localhost", "sslmode=verify-full", unknown],
          ["localhost", "sslmode=verify-ca", unknown],
          ["127.0.0.1", "sslmode=verify-full&sslrootcert=CA", other],
        ] as const
      ) {
        const { answer, encrypted } = await connected(host, parameters);
        assert.match(String(answer), message);
        assert.equal(encrypted, false);
      }
    },
  });

  Deno.test("Database.connect() goes without TLS only where `sslmode` lets it", async () => {
    for (const mode of ["disable", "allow", "prefer"]) {
      assert.equal(await answers(`${server.url()}?sslmode=${mode}`), 1);
    }
    for (const mode of ["require", "verify-ca", "verify-full"]) {
      await assert.rejects(
        answers(`${server.url()}?sslmode=${mode}`),
        /The server does not support SSL connections; leave sslmode out, or pass sslmode=prefer/,
      );
    }
  });
});
