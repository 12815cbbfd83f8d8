import { type Split, splits } from "../image_set.ts";
import { alikeSpellings } from "./notions/alike_spellings.ts";
import type { ValueCount } from "./notions/value_count.ts";
import type { NotionValues } from "./notions/attribute_of.ts";
import { binOf } from "./notions/bins.ts";
import { likelyMissing } from "./notions/likely_missing.ts";
import type { ReadNotion } from "./notions/read_notion.ts";
import type { Remarks } from "./remarks.ts";
import type { NotionSummary } from "./set_report.ts";
import { defaultShares, type SplitImages, type SplitShares } from "../split_images.ts";
import { isKnown } from "../attribute.ts";

/** Values that a warning names. */
const shownValues = 3;

/** What one notion says of the images, for people. */
export function notionSummary(
  { notion, unknown }: ReadNotion,
  values: NotionValues,
): NotionSummary {
  const { attribute, bins } = values;
  const known = attribute.values.reduce<number>(
    (sum, _, image) => sum + (isKnown(attribute, image) ? 1 : 0),
    0,
  );
  return {
    ...notion,
    known,
    values: values.values,
    droppedValues: values.dropped,
    unknown,
    ...(bins === undefined ? {} : { bins }),
  };
}

/** Remarks on spellings, bins, rare values of a notion, and values that may be none. */
export function remarkOnValues(
  { notion: { column, name, rule, guessed, missing }, unknown }: ReadNotion,
  values: NotionValues,
  parts: SplitImages,
  remarks: Remarks,
): void {
  const isOrderGiven = rule.type === "ordinal" && !guessed.includes("order");
  if (missing === undefined && !isOrderGiven) {
    const spelt = unknown.map(({ value }) => value).filter((value) => value !== "");
    const likely = likelyMissing(column, [...values.values, ...values.dropped], spelt);
    if (likely !== null) remarks.warn(likely);
  }
  const spellings = rule.type === "numeric"
    ? null
    : alikeSpellings([...values.values, ...values.dropped]);
  if (spellings !== null) remarks.warn(`column "${column}": ${spellings}`);
  if (rule.type === "numeric" && rule.quantiles !== undefined && values.bins !== undefined) {
    const { length } = values.bins;
    if (length < rule.quantiles) {
      remarks.warn(
        `column "${column}": its numbers give ${length} bins, not ${rule.quantiles}: there are no more different ones`,
      );
    }
  }
  const rare = rareValues(values, parts);
  if (rare.length > 0) {
    const shown = rare.slice(0, shownValues)
      .map(({ value, val, test }) => `${JSON.stringify(value)} (${val} in val, ${test} in test)`);
    remarks.warn(
      `notion "${name}": ${rare.length} ${
        rare.length === 1 ? "value has" : "values have"
      } too few images in val or test to be alike there: ${shown.join(", ")}${
        rare.length > shownValues ? ", ..." : ""
      }`,
    );
  }
}

/**
 * Remarks on groups that differ by spelling alone: a typing slip separates what belongs together.
 */
export function remarkOnGroups(
  column: string,
  groups: readonly string[],
  remarks: Remarks,
): void {
  const counts = [...Map.groupBy(groups, (group) => group)]
    .map(([value, members]): ValueCount => ({ value, images: members.length }));
  const spellings = alikeSpellings(counts);
  if (spellings !== null) remarks.warn(`group column "${column}": ${spellings}`);
}

/** A split may differ so much from its share: so much of all images, or of what it should have. */
const tolerated = { ofAll: 0.05, ofShare: 0.5 };

/** Remarks on groups that are too large to be dealt by the shares. */
export function remarkOnShares(
  column: string,
  groups: readonly string[],
  parts: SplitImages,
  shares: SplitShares = defaultShares,
  remarks: Remarks,
): void {
  const whole = splits.reduce((sum, split) => sum + shares[split], 0);
  const asked = splits.map((split) => shares[split] / whole);
  const made = splits.map((split) => parts[split].length / groups.length);
  const isFar = asked.some((share, at) => {
    const difference = Math.abs(made[at] - share);
    const images = difference * groups.length;
    return images > 1 && (difference > tolerated.ofAll || difference > tolerated.ofShare * share);
  });
  if (!isFar) return;
  const sizes = [...Map.groupBy(groups, (group) => group).values()].map(({ length }) => length);
  const percent = (all: readonly number[]) => all.map((share) => Math.round(100 * share)).join(",");
  remarks.warn(
    `the splits have ${percent(made)} % of the images, not ${
      percent(asked)
    } % as asked for: column "${column}" has ${sizes.length} groups, the largest of ${
      Math.max(...sizes)
    } images, and groups stay whole`,
  );
}

/** Values of which val or test has fewer images than one anchor and another that is like it. */
function rareValues(
  values: NotionValues,
  parts: SplitImages,
): { value: string; val: number; test: number }[] {
  const { attribute } = values;
  // With a distance that is alike, neighbouring values stand in.
  const needed = attribute.kind === "ordinal" && attribute.alike > 0 ? 1 : 2;
  const valuesOf = valueReader(values);
  if (valuesOf === null) return [];
  const counts = new Map<string, Record<Split, number>>();
  for (const split of splits) {
    for (const image of parts[split]) {
      for (const value of valuesOf(image)) {
        const count = counts.get(value) ?? { train: 0, val: 0, test: 0 };
        count[split]++;
        counts.set(value, count);
      }
    }
  }
  return [...counts].map(([value, { val, test }]) => ({ value, val, test }))
    .filter(({ val, test }) => Math.min(val, test) < needed)
    .sort((a, b) => a.val + a.test - b.val - b.test || (a.value < b.value ? -1 : 1));
}

/** What an image has by name; null for measurements, of which each is an image's own. */
function valueReader(
  { attribute, texts, bins }: NotionValues,
): ((image: number) => readonly string[]) | null {
  if (attribute.kind === "multi") return (image) => attribute.values[image];
  if (attribute.kind === "categorical") {
    return (image) => attribute.values[image] === "" ? [] : [attribute.values[image]];
  }
  if (bins !== undefined) {
    const borders = bins.slice(1).map(({ from }) => from);
    return (image) => {
      if (texts[image] === "") return [];
      const { from, to } = bins[binOf(Number(texts[image]), borders)];
      return [from === to ? String(from) : `${from} to ${to}`];
    };
  }
  if (attribute.values.every((value) => Number.isNaN(value) || Number.isInteger(value))) {
    return (image) => texts[image] === "" ? [] : [texts[image]];
  }
  return null;
}
