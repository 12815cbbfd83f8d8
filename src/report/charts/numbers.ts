import type { Estimate } from "../../statistics/estimate.ts";
import type { Interval } from "../../statistics/estimate.ts";

/** Keeps what belongs together on one line. */
const bound = "\u00a0";

/** What stands for a number that is not there. */
const none = "–";

/** A share as a percentage: 0.93123 is "93.1 %". */
export function percent(share: number | null, digits = 1): string {
  return share === null || !Number.isFinite(share)
    ? none
    : `${(share * 100).toFixed(digits)}${bound}%`;
}

/** A difference of shares in percentage points: 0.0123 is "+1.2". */
export function points(difference: number | null, digits = 1): string {
  if (difference === null || !Number.isFinite(difference)) return none;
  const text = (difference * 100).toFixed(digits);
  // Rounded to nothing, it has no sign.
  if (Number(text) === 0) return text.replace("-", "");
  return Number(text) > 0 ? `+${text}` : text.replace("-", "−");
}

/** A share with its interval: "93.1 % (92.0 to 94.2)". */
export function percentWithInterval({ value, low, high }: Estimate): string {
  return `${percent(value)} ${interval((low * 100).toFixed(1), (high * 100).toFixed(1))}`;
}

/** A difference of shares with its interval: "+1.2 (−0.3 to +2.5)". */
export function pointsWithInterval({ value, low, high }: Estimate): string {
  return `${points(value)} ${interval(points(low), points(high))}`;
}

/** An interval of shares, in percent: "92.0 to 94.2". */
export function percentInterval(found: Interval | null): string {
  return found === null
    ? none
    : [(found.low * 100).toFixed(1), "to", (found.high * 100).toFixed(1)].join(bound);
}

/** An interval of plain numbers: "0.52 to 0.61". */
export function decimalInterval(found: Interval | null): string {
  return found === null ? none : [decimal(found.low), "to", decimal(found.high)].join(bound);
}

function interval(low: string, high: string): string {
  return `(${[low, "to", high].join(bound)})`;
}

/** A plain number with so many digits after the point. */
export function decimal(value: number | null, digits = 2): string {
  return value === null || !Number.isFinite(value) ? none : value.toFixed(digits).replace("-", "−");
}

/** A count with its thousands set apart. */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}
