import { UsageError } from "../base/errors.ts";
import { type Condition, valuesMeant } from "../search/where.ts";
import type { MeantCondition } from "./conditions_sql.ts";
import type { Shard } from "./shard.ts";

/**
 * What conditions mean among the values that the images of some servers have. Throws a UsageError
 * as `whereOf` does, and where nothing is known of the images.
 */
export async function meantConditions(
  conditions: readonly Condition[],
  shards: readonly Shard[],
): Promise<MeantCondition[]> {
  if (conditions.length === 0) return [];
  const columns = [...new Set(shards.flatMap((shard) => shard.columns))];
  if (columns.length === 0) {
    throw new UsageError(
      `Cannot search the table ${
        shards[0].table
      } with conditions: it was not written from a set with values, so nothing is known of its images; leave the conditions out, or write the table from a set that was made from a table`,
    );
  }
  const meant: MeantCondition[] = [];
  for (const condition of conditions) {
    const { column } = condition;
    const counts = columns.includes(column) ? await valueCounts(column, shards) : undefined;
    meant.push({ column, ...valuesMeant(condition, counts, columns) });
  }
  return meant;
}

/** How often a column has each value, in the order of the images. */
async function valueCounts(column: string, shards: readonly Shard[]): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const { connection, images, order } of shards) {
    const rows = await connection.rows<{ value: string; count: string }>(
      `
      select v.value, count(*) from ${images} m join ${order} o using (id)
      cross join lateral jsonb_array_elements_text(m.attributes -> $1) as v(value)
      group by v.value order by min(o.position)
    `,
      [column],
    );
    for (const { value, count } of rows) {
      counts.set(value, (counts.get(value) ?? 0) + Number(count));
    }
  }
  return counts;
}
