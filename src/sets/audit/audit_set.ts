import { CsnError, messageOf } from "../../base/errors.ts";
import type { Listener } from "../../base/listener.ts";
import { relative } from "../../files/paths.ts";
import type { Attribute } from "../attribute.ts";
import { type ImageSet, type Split, splits } from "../image_set.ts";
import { withOneSet } from "../one_set.ts";
import { nameClash } from "../notion_names.ts";
import { readSetValues } from "../set_values.ts";
import { tripletListPath } from "../triplet_list.ts";
import { auditPictures, noPictures } from "./audit_pictures.ts";
import { checkList, type ListChecks } from "./check_list.ts";
import { exchangedGroups } from "./exchanged_groups.ts";
import { type Finding, ofImages } from "./finding.ts";
import { ImageSplits } from "./image_splits.ts";
import { type ListScan, scanList } from "./scan_list.ts";
import { areExchanged, valueContradictions } from "./value_contradictions.ts";

export type { Finding } from "./finding.ts";

/** What was found in one list; counts of lines where nothing else is said. */
export interface ListReport {
  /** The notion. */
  readonly name: string;
  /** The split. */
  readonly split: Split;
  /** Whether there is no such list, or no triplet in it. */
  readonly missing: boolean;
  /** Lines that are triplets of images of the set. */
  readonly triplets: number;
  /** Images that they use. */
  readonly images: number;
  /** Lines that are not three whole numbers. */
  readonly malformed: number;
  /** Lines with an index that is out of range. */
  readonly outOfRange: number;
  /** Triplets of which two images are one. */
  readonly equalMembers: number;
  /** Triplets that stood before. */
  readonly duplicates: number;
  /** Triplets (a, b, c) after an (a, c, b). */
  readonly contradictions: number;
  /** Circles: for one anchor b is nearer than c, c than d, and d than b. */
  readonly cycles: number;
  /** Images in more than 20 times as many triplets as the list's mean. */
  readonly hubs: number;
  /** The most triplets that one image is in. */
  readonly mostTriplets: number;
  /** Triplets that contradict the values of their images; null for a set without values. */
  readonly valueContradictions: number | null;
  /** Whether far and near look exchanged. */
  readonly looksExchanged: boolean;
}

/** What was found in a set. */
export interface AuditReport {
  /** Whether nothing would spoil a result. */
  readonly ok: boolean;
  /** What would, in words. */
  readonly problems: readonly string[];
  /** What was to be examined and could not be, in words; then the set is not called ok. */
  readonly notExamined: readonly string[];
  /** The set's name. */
  readonly set: string;
  /** Images that it lists. */
  readonly images: number;
  /** A report a list, by notion and split. */
  readonly notions: readonly ListReport[];
  /** Images that triplets of more than one split use. */
  readonly imagesInSeveralSplits: number;
  /** Images that no triplet uses. */
  readonly unlinkedImages: number;
  /** Images that are not on the disk; null when that was not examined, as the following. */
  readonly missingImages: number | null;
  /** Images that are there and cannot be read or decoded. */
  readonly unreadableImages: number | null;
  /** Images that are the same to the byte as one of another split. */
  readonly identicalAcrossSplits: number | null;
  /** Images that look nearly as one of another split does. */
  readonly nearDuplicates: number | null;
}

/** What is looked at. */
export interface AuditOptions {
  /** Compare the pictures too, which takes longer. @default {true} */
  readonly pictures?: boolean;
  /** Folder for packs; see `preparePack`. */
  readonly packDir?: string;
  /** Receives progress. */
  readonly listener?: Listener;
  /** Stops the work. */
  readonly signal?: AbortSignal;
}

/**
 * Share of a list's triplets that may contradict others, or have equal members, before results
 * suffer.
 */
const tolerated = 0.001;

/**
 * Examines the triplet lists and pictures of a set for what would spoil a result. Every finding is
 * listed, so that it can be mended. Throws a CsnError only when the set cannot be read at all.
 *
 * @example List what is wrong with a set
 * ```ts
 * import { auditSet, openImageSet } from "@csn/csn/sets";
 *
 * const { report, findings } = await auditSet(await openImageSet("data/mine"));
 * console.log(report.ok, report.notExamined, findings.slice(0, 10));
 * ```
 */
export async function auditSet(
  set: ImageSet,
  options: AuditOptions = {},
): Promise<{ report: AuditReport; findings: Finding[] }> {
  return await withOneSet(set.folder, () => auditOneSet(set, options));
}

async function auditOneSet(
  set: ImageSet,
  { pictures = true, packDir, listener, signal }: AuditOptions,
): Promise<{ report: AuditReport; findings: Finding[] }> {
  const findings: Finding[] = [];
  const reports: ListReport[] = [];
  const used = new ImageSplits(set);
  const total = set.notions.length * splits.length;
  const known = await knownValues(set);
  for (const name of set.notions) {
    for (const split of splits) {
      signal?.throwIfAborted();
      const list = await auditList(set, name, split, known.attributes?.get(name));
      used.add(split, list.triplets);
      reports.push(list.report);
      // Not spread as arguments: a bad list has a million findings.
      for (const finding of list.findings) findings.push(finding);
      listener?.progress?.({ what: "Reading lists", done: reports.length, total, unit: "files" });
    }
  }
  const shared = used.shared();
  for (const image of shared) {
    findings.push(ofImages("imagesInSeveralSplits", [image], used.of(image).join(", ")));
  }
  const unlinked = used.unlinked();
  for (const image of unlinked) findings.push(ofImages("unlinkedImages", [image], ""));
  const images = pictures
    ? await auditPictures(set, used, { packDir, listener, signal })
    : noPictures;
  for (const finding of images.findings) findings.push(finding);
  const { findings: _found, notExamined: unseen, ...counts } = images;
  const notExamined = [...known.notExamined, ...unseen];
  const clash = nameClash(set.notions);
  const problems = [
    ...(clash === null ? [] : [clash]),
    ...reports.flatMap(listProblems),
    ...imageProblems(shared.length, counts.identicalAcrossSplits ?? 0),
  ];
  const report: AuditReport = {
    ok: problems.length === 0 && notExamined.length === 0,
    problems,
    notExamined,
    set: set.name,
    images: set.imageFiles.length,
    notions: reports,
    imagesInSeveralSplits: shared.length,
    unlinkedImages: unlinked.length,
    ...counts,
  };
  return { report, findings };
}

/** What the set says of its images, by notion; why not, where it should. */
async function knownValues(
  set: ImageSet,
): Promise<{ attributes?: ReadonlyMap<string, Attribute>; notExamined: string[] }> {
  try {
    return { attributes: (await readSetValues(set))?.attributes, notExamined: [] };
  } catch (error) {
    if (!(error instanceof CsnError)) throw error;
    return { notExamined: [`whether lists and values agree: ${error.message}`] };
  }
}

async function auditList(
  set: ImageSet,
  name: string,
  split: Split,
  attribute: Attribute | undefined,
): Promise<{ report: ListReport; findings: Finding[]; triplets: Uint32Array }> {
  const path = tripletListPath(set.folder, { notion: name, split });
  const bytes = await readList(path);
  const scan = scanList(bytes ?? new Uint8Array(), set.imageFiles.length);
  const checks = checkList(scan.triplets, set.imageFiles.length);
  const uses = usesOf(scan.triplets);
  const contradicting = attribute && valueContradictions(attribute, scan.triplets);
  const report: ListReport = {
    name,
    split,
    missing: scan.triplets.length === 0,
    triplets: scan.lines.length,
    images: uses.size,
    malformed: scan.malformed.length,
    outOfRange: scan.outOfRange.length,
    equalMembers: checks.equalMembers.length,
    duplicates: checks.duplicates.length,
    contradictions: checks.contradictions.length,
    cycles: checks.cycles.length,
    hubs: checks.hubs.length,
    mostTriplets: uses.most,
    valueContradictions: contradicting?.places.length ?? null,
    looksExchanged: contradicting === undefined
      ? exchangedGroups(scan.triplets, set.imageFiles.length) !== null
      : areExchanged(contradicting, scan.lines.length),
  };
  const places = contradicting?.places ?? [];
  const findings = listFindings(relative(set.folder, path), scan, {
    ...checks,
    valueContradictions: places,
  });
  return { report, findings, triplets: scan.triplets };
}

async function readList(path: string): Promise<Uint8Array | null> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw new CsnError(`Cannot read the triplet list ${path}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** How many images triplets use, and how often the most used one. */
function usesOf(triplets: Uint32Array): { size: number; most: number } {
  const counts = new Uint32Array(triplets.reduce((most, image) => Math.max(most, image + 1), 0));
  for (const image of triplets) counts[image]++;
  let [size, most] = [0, 0];
  for (const count of counts) {
    if (count > 0) size++;
    if (count > most) most = count;
  }
  return { size, most };
}

function listFindings(
  file: string,
  scan: ListScan,
  checks: ListChecks & { readonly valueContradictions: readonly number[] },
): Finding[] {
  const findings: Finding[] = [];
  for (const kind of ["malformed", "outOfRange"] as const) {
    for (const { line, text } of scan[kind]) {
      findings.push({ kind, file, line, images: [], detail: text });
    }
  }
  const ofTriplet = (kind: string, place: number, detail = "") => {
    const images = [...scan.triplets.subarray(3 * place, 3 * place + 3)];
    findings.push({ kind, file, line: scan.lines[place], images, detail });
  };
  for (
    const kind of [
      "equalMembers",
      "duplicates",
      "contradictions",
      "valueContradictions",
    ] as const
  ) {
    for (const place of checks[kind]) ofTriplet(kind, place);
  }
  checks.cycles.forEach(({ triplets }, circle) => {
    for (const place of triplets) ofTriplet("cycles", place, `circle ${circle + 1}`);
  });
  for (const { image, triplets } of checks.hubs) {
    findings.push({ kind: "hubs", file, line: 0, images: [image], detail: `${triplets} triplets` });
  }
  return findings;
}

function listProblems(list: ListReport): string[] {
  const where = `${list.name} (${list.split})`;
  const problems: string[] = [];
  if (list.malformed + list.outOfRange > 0) {
    problems.push(
      `${where}: ${list.malformed} malformed lines and ${list.outOfRange} with an index out of range, which training refuses`,
    );
  }
  if (list.missing) problems.push(`${where}: there is no list, or no triplet in it`);
  for (
    const [count, what] of [
      [list.contradictions, "contradict another"],
      [list.equalMembers, "have one image twice"],
      [list.valueContradictions ?? 0, "contradict the set's values (attributes.csv)"],
    ] as const
  ) {
    if (count > tolerated * list.triplets) {
      problems.push(`${where}: ${count} of ${list.triplets} triplets ${what}`);
    }
  }
  if (list.looksExchanged) {
    const doubt = list.valueContradictions === null
      ? "perhaps far and near are exchanged: its far pairs close into groups, as near pairs should"
      : "far and near are exchanged";
    problems.push(`${where}: ${doubt}; a line is \`anchor far near\``);
  }
  return problems;
}

function imageProblems(shared: number, identical: number): string[] {
  const problems: string[] = [];
  if (shared > 0) {
    problems.push(
      `${shared} images are in more than one split, so the test is not of unseen images`,
    );
  }
  if (identical > 0) {
    problems.push(`${identical} images are the same to the byte as one of another split`);
  }
  return problems;
}
