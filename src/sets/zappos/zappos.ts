import { CsnError, messageOf, reasonOf, UsageError } from "../../base/errors.ts";
import { FileLock } from "../../files/file_lock.ts";
import type { Listener } from "../../base/listener.ts";
import { basename, join, resolve } from "../../files/paths.ts";
import { download } from "../../files/download.ts";
import { exists, removeAll, someOf } from "../../files/exists.ts";
import { splits } from "../image_set.ts";
import { tripletListPath } from "../triplet_list.ts";
import { PartFile } from "../../files/part_file.ts";
import { unzip } from "../../files/unzip.ts";
import { isBegunFile, writeWhole } from "../../files/write_whole.ts";
import type { TripletCounts } from "../make/set_plan.ts";
import { readSetFile, zappos } from "../set_file.ts";
import { buildZapposLists } from "./zappos_lists.ts";

/**
 * Where the set comes from (reference code, get_data.py), and its attributes (UT Austin's page).
 */
export const zapposUrls = {
  images: "https://vision.cs.utexas.edu/projects/finegrained/utzap50k/ut-zap50k-images.zip",
  triplets: "https://vision.cornell.edu/se3/wp-content/uploads/2019/05/csn_zappos_triplets.zip",
  meta: "https://vision.cs.utexas.edu/projects/finegrained/utzap50k/ut-zap50k-data.zip",
} as const;

/** To be said before anything is fetched. */
export const zapposLicence =
  "UT Zappos50K (A. Yu and K. Grauman, UT Austin; images from Zappos.com) is for non-commercial, academic use only: see https://vision.cs.utexas.edu/projects/finegrained/utzap50k/";

/** Where the set is taken from. */
export interface ZapposOptions {
  /** The image archive, or the folder it unpacks to, that the user has. */
  readonly images?: string;
  /** The archive of triplet lists, or the folder it unpacks to, that the user has. */
  readonly triplets?: string;
  /** UT Austin's archive of attributes, or the folder it unpacks to, that the user has. */
  readonly meta?: string;
  /** Triplets of each notion, where lists must be built. @default {the paper's} */
  readonly counts?: TripletCounts;
  /** A mirror: the address of a folder with the archives under their own names. */
  readonly url?: string;
  /** Hears of the work. */
  readonly listener?: Listener;
  /** Stops it; what was fetched stays for the next time. */
  readonly signal?: AbortSignal;
}

/** The four classes of shoes: the folders that the image archive unpacks to. */
const classes = ["Boots", "Sandals", "Shoes", "Slippers"];

/**
 * Brings Zappos50k with the paper's triplet lists to `folder`, in the reference code's layout:
 * `ut-zap50k-images/`, `tripletlists/`, `filenames.json`. The triplet lists come first, because
 * they are small and their address was reported dead; when they cannot be had, and the user brings
 * none, lists are built from UT Austin's attributes. Images in a folder of the user's stay there,
 * and `set.json` says where. Every step lands by rename, so what is there is whole and not done
 * again.
 *
 * Returns whether anything was done. Throws a CsnError that says what to do when something cannot
 * be had, and a UsageError for an invalid address.
 */
export async function getZappos(folder: string, options: ZapposOptions = {}): Promise<boolean> {
  const target = resolve(folder);
  using _lock = await openTarget(target);
  // filenames.json and the images land last in their steps; lists that another program left half
  // unpacked are seen to be incomplete.
  const isBuilt = await exists(join(target, "zappos.csv"));
  const hasTriplets = await exists(join(target, "filenames.json")) &&
    await missingList(target) === null && !(isBuilt && options.triplets !== undefined);
  const hasImages = await exists(await imageFolder(target));
  if (hasTriplets && hasImages) return false;
  if (!hasTriplets) await assertOwnLists(target, isBuilt);
  options.listener?.notice?.(zapposLicence);
  try {
    const lost = hasTriplets ? null : await tryTriplets(target, options);
    if (!hasImages) await bringImages(target, options);
    if (lost !== null) await buildLists(target, options, lost);
    else if (isBuilt && !hasTriplets) await forgetBuilt(target);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof CsnError) throw error;
    throw new CsnError(`${failing} ${target}: ${messageOf(error)}`, {
      cause: error,
    });
  }
  return true;
}

const failing = "Cannot fetch Zappos50k to";

/** Makes the folder and keeps other processes from it. */
async function openTarget(target: string): Promise<FileLock> {
  const lock = join(target, ".get-data.lock");
  try {
    await Deno.mkdir(target, { recursive: true });
    return await FileLock.take(lock, `${failing} ${target}`, "wait until it is done");
  } catch (error) {
    if (error instanceof CsnError) throw error;
    throw new CsnError(
      `${failing} ${target}: ${
        reasonOf(error)
      }; choose a folder that can be written with \`folder\``,
      { cause: error },
    );
  }
}

/** Refuses to put lists in the place of another set's, or of what the user keeps there. */
async function assertOwnLists(target: string, isBuilt: boolean): Promise<void> {
  const { name } = await readSetFile(join(target, "set.json"));
  if (name !== zappos.name) {
    throw new CsnError(
      `${failing} ${target}: another image set lies there, ${
        name ?? "without a name"
      }; choose another folder with \`folder\``,
    );
  }
  const own = new Set(
    zappos.notions.flatMap((notion) =>
      splits.map((split) => basename(tripletListPath("", { notion, split })))
    ),
  );
  const lists = join(target, "tripletlists");
  const found = await exists(lists)
    ? await Array.fromAsync(Deno.readDir(lists), (entry) => entry.name)
    : [];
  const foreign = found.filter((file) => !own.has(file) && !isBegunFile(file)).sort()
    .map((file) => `tripletlists/${file}`);
  if (!isBuilt && await exists(join(target, "attributes.csv"))) foreign.push("attributes.csv");
  if (foreign.length === 0) return;
  throw new CsnError(
    `${failing} ${target}: files lie there that csn did not put there (${
      someOf(foreign)
    }), and its lists would replace them; move them away, or choose another folder with \`folder\``,
  );
}

/** Where the images are, or will be. */
async function imageFolder(target: string): Promise<string> {
  return resolve(target, (await readSetFile(join(target, "set.json"))).images);
}

const tripletAdvice =
  "get the lists from a colleague or a mirror and pass their archive or folder with `triplets`, or the mirror with `url`; or begin with `makeFontsSet()`, which needs neither";

/** Brings the paper's lists; where they cannot be had from the web, returns why. */
async function tryTriplets(target: string, options: ZapposOptions): Promise<string | null> {
  try {
    await bringTriplets(target, options);
    return null;
  } catch (error) {
    const isLost = error instanceof CsnError && !(error instanceof UsageError) &&
      options.triplets === undefined && !isFullDisk(error);
    options.signal?.throwIfAborted();
    if (!isLost) throw error;
    const why = error.message.replace(`; ${tripletAdvice}`, "");
    options.listener?.warning?.(
      `the paper's triplet lists cannot be had (${why}); csn builds lists of the same notions from UT Austin's attributes instead: results are comparable with the paper's, not identical. If you have the lists, pass them with \`triplets\``,
    );
    return why;
  }
}

/** Builds lists from UT Austin's attributes. */
async function buildLists(target: string, options: ZapposOptions, lost: string): Promise<void> {
  const advice =
    `the paper's own lists cannot be had either (${lost}): ${tripletAdvice}; or get ut-zap50k-data.zip another way and pass it or its folder with \`meta\``;
  await using source = await openSource(target, "meta", options, advice);
  const root = await findRoot(source.folder, (at) => exists(join(at, "meta-data.csv")));
  if (root === null) {
    throw new CsnError(
      `Cannot use the attributes in ${source.shown}: meta-data.csv is missing; ${advice}`,
    );
  }
  const set = await readSetFile(join(target, "set.json"));
  await buildZapposLists(target, {
    metaData: join(root, "meta-data.csv"),
    images: resolve(target, set.images),
    imagesField: set.images,
    triplets: options.counts,
    listener: options.listener,
    signal: options.signal,
  });
}

/** Removes the files of built lists, once the paper's own lists are in place. */
async function forgetBuilt(target: string): Promise<void> {
  const { images } = await readSetFile(join(target, "set.json"));
  if (images === zappos.images) await removeAll(join(target, "set.json"));
  else await describeImages(target, images);
  await removeAll(join(target, "attributes.csv"));
  await removeAll(join(target, "zappos.csv"));
}

/** Says in set.json where the images are that do not lie in the set. */
async function describeImages(target: string, images: string): Promise<void> {
  const description = { format: 1, ...zappos, images };
  await writeWhole(join(target, "set.json"), JSON.stringify(description, null, 2) + "\n");
}

function isFullDisk(error: unknown): boolean {
  return /disk is full|No space left/.test(messageOf(error));
}

async function bringTriplets(target: string, options: ZapposOptions): Promise<void> {
  await using source = await openSource(target, "triplets", options, tripletAdvice);
  const root = await findRoot(source.folder, async (at) => {
    return await exists(join(at, "filenames.json")) && await exists(join(at, "tripletlists"));
  });
  const missing = root === null ? null : await missingList(root);
  if (root === null || missing !== null) {
    throw new CsnError(
      `Cannot use the triplet lists in ${source.shown}: ${
        missing ?? "filenames.json and tripletlists/"
      } is missing; ${tripletAdvice}`,
    );
  }
  const lists = join(target, "tripletlists");
  const work = `${lists}.part`;
  await removeAll(work);
  await Deno.mkdir(work);
  for await (const { name, isFile } of Deno.readDir(join(root, "tripletlists"))) {
    if (isFile) await Deno.copyFile(join(root, "tripletlists", name), join(work, name));
  }
  await removeAll(lists);
  await Deno.rename(work, lists);
  const names = join(target, "filenames.json");
  await writeWhole(names, await Deno.readFile(join(root, "filenames.json")));
}

/** The first list that is not there. */
async function missingList(root: string): Promise<string | null> {
  for (const notion of zappos.notions) {
    for (const split of splits) {
      const list = tripletListPath(root, { notion, split });
      if (!await exists(list)) return `tripletlists/${basename(list)}`;
    }
  }
  return null;
}

async function bringImages(target: string, options: ZapposOptions): Promise<void> {
  const advice =
    `get ut-zap50k-images.zip from ${zapposUrls.images} or a mirror another way and pass it or its folder with \`images\`, or the mirror with \`url\``;
  await using source = await openSource(target, "images", options, advice);
  const root = await findRoot(source.folder, async (at) => {
    for (const name of classes) if (await exists(join(at, name))) return true;
    return false;
  });
  if (root === null) {
    throw new CsnError(
      `Cannot use the images in ${source.shown}: none of the folders ${
        classes.join(", ")
      } is there; ${advice}`,
    );
  }
  if (source.isUsers) {
    await describeImages(target, root);
  } else {
    await Deno.rename(root, join(target, zappos.images));
  }
}

/** A folder with what an archive holds; disposing of it removes what was made for it. */
interface Source extends AsyncDisposable {
  readonly folder: string;
  /** Whether the folder is the user's own, to be left as it is. */
  readonly isUsers: boolean;
  /** What the user calls it. */
  readonly shown: string;
}

/** Takes the user's folder, or unpacks the user's archive or one that is downloaded. */
async function openSource(
  target: string,
  part: keyof typeof zapposUrls,
  options: ZapposOptions,
  advice: string,
): Promise<Source> {
  const { listener, signal } = options;
  const own = options[part];
  // Under a name of csn's own: an archive that the user has put there is used, and stays.
  const brought = join(target, basename(zapposUrls[part]));
  const downloaded = join(target, `.get-data.${basename(zapposUrls[part])}`);
  if (own !== undefined && await leadsToFolder(own, part)) {
    return {
      folder: resolve(own),
      isUsers: true,
      shown: own,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }
  const url = addressOf(part, options.url);
  const archive = own ?? (await exists(brought) ? brought : downloaded);
  const folder = join(target, `.get-data.${part}`);
  await removeAll(folder);
  const name =
    { images: "the images", triplets: "the triplet lists", meta: "the attributes" }[part];
  try {
    if (archive === downloaded && !await exists(archive)) {
      await download(url, archive, { what: `Downloading ${name}`, listener, signal });
    }
    await unzip(archive, folder, { what: `Unpacking ${name}`, listener, signal });
  } catch (error) {
    signal?.throwIfAborted();
    // A damaged archive is not kept, or the next run would stumble over it again; a full disk does
    // no harm to it.
    if (archive === downloaded && !isFullDisk(error)) await removeAll(archive);
    throw new CsnError(`${messageOf(error)}; ${advice}`, { cause: error });
  }
  return {
    folder,
    isUsers: false,
    shown: own ?? (archive === brought ? brought : url),
    [Symbol.asyncDispose]: async () => {
      await removeAll(folder);
      // Also when the user's own archive took the place of one that had begun to come.
      await removeAll(downloaded);
      await PartFile.discard(downloaded);
    },
  };
}

function addressOf(part: keyof typeof zapposUrls, base: string | undefined): string {
  if (base === undefined) return zapposUrls[part];
  if (!URL.canParse(base) || !/^https?:$/.test(new URL(base).protocol)) {
    throw new UsageError(
      `Cannot fetch from \`url: ${
        JSON.stringify(base)
      }\`: it is no web address; give that of a folder with ${
        Object.values(zapposUrls).map((url) => basename(url)).join(" and ")
      }, such as https://example.org/zappos`,
    );
  }
  return `${base.replace(/\/+$/, "")}/${basename(zapposUrls[part])}`;
}

async function leadsToFolder(path: string, option: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch (error) {
    throw new CsnError(
      `Cannot use \`${option}: ${JSON.stringify(path)}\`: ${
        error instanceof Deno.errors.NotFound ? "there is no such file or folder" : messageOf(error)
      }`,
      { cause: error },
    );
  }
}

/**
 * How deep the wanted folder may lie: archives of archives nest it
 * (`x/ut-zap50k-images/ut-zap50k-images`).
 */
const deepest = 3;

/** The nearest folder at or below `folder` that is what is looked for. */
async function findRoot(
  folder: string,
  isRoot: (folder: string) => Promise<boolean>,
): Promise<string | null> {
  let level = [folder];
  for (let depth = 0; depth <= deepest; depth++) {
    const below: string[] = [];
    for (const at of level) {
      if (await isRoot(at)) return at;
      for await (const { name, isDirectory } of Deno.readDir(at)) {
        if (isDirectory) below.push(join(at, name));
      }
    }
    level = below.sort();
  }
  return null;
}
