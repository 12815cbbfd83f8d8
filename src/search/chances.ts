import { notionScales, type Scales } from "./balance.ts";
import { type Calibration, chanceNearer, chanceSame, type HitChances } from "./calibration.ts";
import { rowsOf, type Searched } from "./embedding_rows.ts";
import type { Mixture } from "./mixture.ts";
import { squaredDistance } from "./squared_distance.ts";

/**
 * What a person may be expected to say of a hit, by each notion of a mixture that is calibrated;
 * null where none is.
 */
export function chancesOf(
  { terms }: Mixture,
  among: Searched,
  { calibration, scales }: { readonly calibration?: Calibration; readonly scales?: Scales },
): ((query: Float32Array, row: number) => Record<string, HitChances>) | null {
  const known = new Map(calibration?.notions.map((each) => [each.notion, each]));
  const calibrated = terms.filter(({ notion }) => known.has(notion));
  if (calibrated.length === 0) return null;
  const masks = new Map(calibrated.map(({ notion, mask }) => [notion, mask]));
  const medians = scales ?? notionScales(among, masks);
  const rows = rowsOf(among);
  return (query, row) =>
    Object.fromEntries(calibrated.map(({ notion, mask }) => {
      const { nearer, same } = known.get(notion)!;
      const x = squaredDistance(query, rows.at(row), 0, mask);
      const y = medians.get(notion) ?? NaN;
      return [notion, {
        nearer: Number.isNaN(y) ? null : chanceNearer(nearer, { x, y }),
        same: same === null ? null : chanceSame(same, x),
      }];
    }));
}
