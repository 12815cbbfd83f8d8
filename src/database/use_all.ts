import type { Database } from "./database.ts";
import type { Connection } from "./connection.ts";

/** Does `work` with a connection to each database. */
export async function useAll<T>(
  databases: readonly Database[],
  work: (connections: readonly Connection[]) => Promise<T>,
  before: readonly Connection[] = [],
): Promise<T> {
  if (databases.length === before.length) return await work(before);
  return await databases[before.length].use((connection) =>
    useAll(databases, work, [...before, connection])
  );
}

/** Does `work` in a transaction on each connection; they end one right after the other. */
export async function transactOnAll<T>(
  connections: readonly Connection[],
  work: () => Promise<T>,
  mode = "",
): Promise<T> {
  if (connections.length === 0) return await work();
  const [first, ...others] = connections;
  return await first.transaction(() => transactOnAll(others, work, mode), mode);
}
