import { PostgresServer } from "./postgres_server.ts";

/** Registers tests that need servers; they are skipped, with a printed reason, where there is none. */
export async function withPostgres(
  count: number,
  register: (servers: readonly PostgresServer[]) => void,
): Promise<void> {
  const servers: PostgresServer[] = [];
  for (let i = 0; i < count; i++) {
    const server = await PostgresServer.start();
    if (server !== null) servers.push(server);
  }
  if (servers.length === count) {
    Deno.test.afterAll(async () => {
      for (const server of servers) await server[Symbol.asyncDispose]();
    });
    return register(servers);
  }
  Deno.test({ name: "PostgreSQL with pgvector", ignore: true, fn: () => {} });
}
