import type { Database } from "./database.ts";
import type { Connection } from "./connection.ts";

/** Does `work` with a connection to each database, whose statements `signal` stops. */
export async function useAll<T>(
  databases: readonly Database[],
  work: (connections: readonly Connection[]) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  if (databases.length === 0) return await work([]);
  const [first, ...others] = databases;
  return await first.use(
    (connection) => useAll(others, (connections) => work([connection, ...connections]), signal),
    signal,
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
