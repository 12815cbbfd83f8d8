import { CsnError } from "../base/errors.ts";
import type { Listener } from "../base/listener.ts";
import { cacheFolder, lockCache } from "../files/cache.ts";
import { filesBelow, isFolder } from "../files/exists.ts";
import { keepRecent, markUsed } from "../files/keep_recent.ts";
import { basename, dirname, fromFileUrl, join, relative } from "../files/paths.ts";
import { sha256 } from "../files/sha256.ts";
import { spawnDeno } from "../native/spawn_deno.ts";

/** A file of the page. */
export interface PageFile {
  /** What it is: "text/css; charset=utf-8". */
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The files of the page by their paths: "/", "/main.js", "/style.css", ... */
export type PageFiles = ReadonlyMap<string, PageFile>;

/** csn's own folder, and in it that of the page and that of what exported pages run beside it. */
const project = fromFileUrl(new URL("../..", import.meta.url));
const [pageFolder, exportedFolder] = ["page", "exported"]
  .map((name) => fromFileUrl(new URL(name, import.meta.url)));

/** How the page is bundled. */
export interface BundleOptions {
  /** Receives a notice when it has to be bundled. */
  readonly listener?: Listener;
  /** Stops it; the promise then rejects with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * The page, bundled for browsers. It is bundled once, into the cache, and again when its sources,
 * its libraries or Deno are others; only then its libraries may have to be fetched. Throws a
 * CsnError where that fails.
 */
export async function bundlePage(options: BundleOptions = {}): Promise<PageFiles> {
  const entries = await entryFiles();
  const folder = join(cacheFolder(), `explore-${await digestOf(entries)}`);
  if (!await isFolder(folder)) await bundleTo(folder, entries, options);
  await markUsed(folder);
  const files = new Map<string, PageFile>();
  const add = (path: string, type: string, bytes: Uint8Array<ArrayBuffer>) =>
    files.set(path, { type: `${type}; charset=utf-8`, bytes });
  add("/", "text/html", await Deno.readFile(join(pageFolder, "index.html")));
  add("/icon.svg", "image/svg+xml", await Deno.readFile(join(pageFolder, "icon.svg")));
  add("/style.css", "text/css", await styles());
  for (const path of (await filesBelow(folder)).filter((path) => path.endsWith(".js")).sort()) {
    add(`/${basename(path)}`, "text/javascript", await Deno.readFile(join(folder, path)));
  }
  return files;
}

/** What is bundled to a file of its own: the page's program, and its workers. */
async function entryFiles(): Promise<string[]> {
  const names = await Array.fromAsync(Deno.readDir(exportedFolder), ({ name }) => name);
  const workers = names.filter((name) => name.endsWith("_worker.ts")).sort();
  return [join(pageFolder, "main.tsx"), ...workers.map((name) => join(exportedFolder, name))];
}

/** All styles in one: the page's own, then those of its views. */
async function styles(): Promise<Uint8Array<ArrayBuffer>> {
  const views = join(pageFolder, "views");
  const names = await Array.fromAsync(Deno.readDir(views), ({ name }) => name);
  const files = [
    join(pageFolder, "style.css"),
    ...names.filter((name) => name.endsWith(".css")).sort().map((name) => join(views, name)),
  ];
  const texts = await Promise.all(files.map((file) => Deno.readTextFile(file)));
  return new TextEncoder().encode(texts.join("\n"));
}

/** Of all that decides what is bundled. */
async function digestOf(entries: readonly string[]): Promise<string> {
  const texts = new Map<string, string>();
  const settings = ["deno.json", "deno.lock"].map((name) => join(project, name));
  for (const file of settings) texts.set(file, await Deno.readTextFile(file).catch(() => ""));
  for (const file of entries) await addImports(file, texts);
  const parts = [...texts].map(([file, text]) => `${relative(project, file)}\n${text}`);
  return sha256([Deno.version.deno, ...parts].join("\0")).slice(0, 16);
}

/** Adds a file, and those of csn that it imports; types alone are not bundled. */
async function addImports(file: string, texts: Map<string, string>): Promise<void> {
  if (texts.has(file)) return;
  const text = await Deno.readTextFile(file);
  texts.set(file, text);
  const code = text.replace(/^(?:import|export) type\b[^;]*;$/gm, "");
  for (const [, path] of code.matchAll(/(?:from|import)\s*\(?\s*"(\.{1,2}\/[^"]+)"/g)) {
    await addImports(join(dirname(file), path), texts);
  }
}

async function bundleTo(
  folder: string,
  entries: readonly string[],
  { listener, signal }: BundleOptions,
): Promise<void> {
  using _lock = await lockCache(
    ".explore.lock",
    (holder) => listener?.notice?.(`Waiting for process ${holder}, which bundles the page, too`),
    signal,
  );
  if (await isFolder(folder)) return;
  listener?.notice?.("Bundling the page; this is done once");
  const begun = await Deno.makeTempDir({ dir: cacheFolder(), prefix: "explore-begun-" });
  try {
    await runBundler(entries, begun, signal);
    await Deno.rename(begun, folder);
    await removeOldPages();
  } catch (error) {
    await Deno.remove(begun, { recursive: true }).catch(() => {});
    throw error;
  }
}

/** Pages that are kept in any case, and the days that others are kept after their last use. */
const [most, days] = [8, 7];

/** Removes pages of other sources that nobody used for long, and what was begun and left. */
async function removeOldPages(): Promise<void> {
  await keepRecent(cacheFolder(), { named: /^explore-[0-9a-f]{16}$/, most, days });
  await keepRecent(cacheFolder(), { named: /^explore-begun-/, most: 0, days: 1 });
}

async function runBundler(
  entries: readonly string[],
  folder: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const settings = ["--quiet", "--frozen", "--platform", "browser", "--minify"];
  const child = spawnDeno("bundle the page", {
    args: ["bundle", ...settings, "--outdir", folder, ...entries],
    cwd: project,
    signal,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  });
  const lines = (await new Response(child.stderr).text()).split("\n");
  const { success } = await child.status;
  signal?.throwIfAborted();
  if (success) return;
  const reason = lines.find((line) => /^error\b/i.test(line)) ?? lines.find((line) => line !== "");
  throw new CsnError(
    `Cannot bundle the page: ${
      (reason ?? "no reason given").replace(/^error:\s*/i, "")
    }; connect to the npm registry (its address comes from your .npmrc) and run \`start()\` again, then no network is needed any more`,
  );
}
