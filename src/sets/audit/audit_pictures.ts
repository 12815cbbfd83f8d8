import { CsnError } from "../../base/errors.ts";
import { absenceOf } from "../../files/exists.ts";
import type { ImageSet } from "../image_set.ts";
import type { PackOptions } from "../pack/pack.ts";
import { type Finding, ofImages } from "./finding.ts";
import { identicalFiles } from "./identical_files.ts";
import type { ImageSplits } from "./image_splits.ts";
import { nearDuplicates } from "./near_duplicates.ts";

/** What is found in the pictures of a set; null for what was not examined. */
export interface PictureReport {
  readonly missingImages: number | null;
  readonly unreadableImages: number | null;
  readonly identicalAcrossSplits: number | null;
  readonly nearDuplicates: number | null;
  /** What could not be examined, in words. */
  readonly notExamined: readonly string[];
  readonly findings: readonly Finding[];
}

/** The report where pictures were not asked for. */
export const noPictures: PictureReport = {
  missingImages: null,
  unreadableImages: null,
  identicalAcrossSplits: null,
  nearDuplicates: null,
  notExamined: [],
  findings: [],
};

/** Where packs are, the listener for progress, and what stops the work. */
type PictureOptions = Pick<PackOptions, "packDir" | "listener" | "signal">;

/** Compares the pictures that triplets use across splits. What cannot be examined ends nothing. */
export async function auditPictures(
  set: ImageSet,
  used: ImageSplits,
  options: PictureOptions,
): Promise<PictureReport> {
  const linked = used.linked();
  const identical = await identicalFiles(set, linked, options.signal);
  if (identical === null) {
    const folder = set.imageFolder;
    const found = await absenceOf(folder, `there is no folder ${folder}`);
    const reason = `${found}; correct "images" in set.json`;
    return { ...noPictures, notExamined: [`pictures: ${reason}`] };
  }
  const { groups, missing, unreadable } = identical;
  const copies = copiesApart(set, used, groups);
  const near = await nearApart(set, used, linked, options);
  const lost = new Set([...unreadable, ...near.unreadable]).difference(new Set(missing));
  const some = (images: number, why: string) =>
    images === 0 ? [] : [`${images} of the ${linked.length} pictures: they ${why}`];
  const notExamined = [
    ...some(missing.length, "are not on the disk"),
    ...some(lost.size, "cannot be read or decoded"),
    ...near.failure === null ? [] : [`which pictures look nearly the same: ${near.failure}`],
  ];
  return {
    missingImages: missing.length,
    unreadableImages: lost.size,
    identicalAcrossSplits: copies.length,
    nearDuplicates: near.failure === null ? near.findings.length : null,
    notExamined,
    findings: [
      ...copies,
      ...near.findings,
      ...missing.map((image) => ofImages("missingImages", [image], "")),
      ...[...lost].map((image) => ofImages("unreadableImages", [image], "")),
    ],
  };
}

/** Images that are the same to the byte as one of another split. */
function copiesApart(
  set: ImageSet,
  used: ImageSplits,
  groups: readonly (readonly number[])[],
): Finding[] {
  const found: Finding[] = [];
  for (const group of groups) {
    for (const image of group) {
      const other = group.find((other) => used.areApart(image, other));
      if (other === undefined) continue;
      found.push(ofImages("identicalAcrossSplits", [image, other], set.imageFiles[other]));
    }
  }
  return found;
}

/**
 * Images that look nearly as one of another split does, and those that are missing or cannot be
 * decoded.
 */
async function nearApart(
  set: ImageSet,
  used: ImageSplits,
  linked: readonly number[],
  options: PictureOptions,
): Promise<{ findings: Finding[]; unreadable: number[]; failure: string | null }> {
  const areApart = (a: number, b: number) => used.areApart(a, b);
  try {
    const { pairs, unreadable } = await nearDuplicates(set, linked, areApart, options);
    const findings = pairs.map(({ image, other }) =>
      ofImages("nearDuplicates", [image, other], set.imageFiles[other])
    );
    return { findings, unreadable: unreadable.map(({ image }) => image), failure: null };
  } catch (error) {
    // What the lists hold is worth knowing where there is no room for a pack.
    if (options.signal?.aborted || !(error instanceof CsnError)) throw error;
    return { findings: [], unreadable: [], failure: error.message };
  }
}
