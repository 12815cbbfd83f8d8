import { spawnDeno } from "../../native/spawn_deno.ts";
import { CsnError } from "../../base/errors.ts";
import type { Listener } from "../../base/listener.ts";
import { cacheFolder, lockCache } from "../../files/cache.ts";
import { basename, join } from "../../files/paths.ts";
import { exists, removeAll } from "../../files/exists.ts";
import { fontFaces } from "./font_faces.ts";
import {
  fontFamilies,
  fontPackagesFolder,
  fontPackagesKey,
  verifyFamily,
} from "./font_packages.ts";

/** How fonts are installed. */
export interface InstallFontsOptions {
  readonly listener?: Listener;
  readonly signal?: AbortSignal;
}

const what = "Fetching font packages";

/**
 * Fetches the pinned font packages with Deno's own npm client, checks every family's fonts against
 * their checksum and keeps them, and their licences, in the cache: `<folder>/<family>/*.woff2`.
 * What is there already is not fetched again. Returns the folder.
 *
 * Throws a CsnError when the packages cannot be had or are not the pinned ones.
 */
export async function installFonts(options: InstallFontsOptions = {}): Promise<string> {
  const cache = cacheFolder();
  const target = join(cache, `fonts-${fontPackagesKey}`);
  if (await exists(target)) return target;
  const announce = (holder: string) =>
    options.listener?.notice?.(`Process ${holder} is fetching the fonts; waiting for it`);
  using _lock = await lockCache(".fonts.lock", announce, options.signal);
  if (await exists(target)) return target;
  const work = join(cache, `.fonts-${fontPackagesKey}.part`);
  await removeAll(work);
  await Deno.mkdir(join(work, "fonts"), { recursive: true });
  try {
    await fetchPackages(work, options);
    for (const family of fontFamilies) await takeFonts(work, family);
    await Deno.rename(join(work, "fonts"), target);
  } finally {
    await removeAll(work);
  }
  return target;
}

/** Installs the packages to `<work>/node_modules`. */
async function fetchPackages(
  work: string,
  { listener, signal }: InstallFontsOptions,
): Promise<void> {
  listener?.notice?.(`Fetching ${fontFamilies.length} font packages (about 75 MB, once)`);
  for (const name of ["package.json", "deno.lock"]) {
    const text = await Deno.readTextFile(new URL(name, fontPackagesFolder));
    await Deno.writeTextFile(join(work, name), text);
  }
  // A configuration of its own, or one in a folder above would be used.
  await Deno.writeTextFile(join(work, "deno.json"), `{ "nodeModulesDir": "manual" }\n`);
  const { success, lines } = await runDeno(["install", "--frozen"], work, { listener, signal });
  if (!success) {
    const reason = lines.find((line) => /^error\b/i.test(line)) ?? lines.at(-1) ??
      "no reason given";
    throw new CsnError(
      `Cannot fetch the font packages: ${
        reason.replace(/^error:\s*/i, "")
      }; connect to the npm registry (its address comes from your .npmrc) and run the command again`,
    );
  }
}

/**
 * Runs deno in a folder and reports its downloads. Returns the lines that it wrote to standard
 * error.
 */
async function runDeno(
  args: string[],
  cwd: string,
  { listener, signal }: InstallFontsOptions,
): Promise<{ success: boolean; lines: string[] }> {
  signal?.throwIfAborted();
  const settings = { args, cwd, signal, stdin: "null", stdout: "null", stderr: "piped" } as const;
  const child = spawnDeno("fetch the font packages", settings);
  const lines: string[] = [];
  let done = 0;
  const total = fontFamilies.length;
  let rest = "";
  for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\n");
    rest = parts.pop()!;
    lines.push(...parts);
    // One line for each package; those that Deno has already are not named.
    done += parts.filter((line) => line.startsWith("Download ") && line.endsWith(".tgz")).length;
    listener?.progress?.({ what, done: Math.min(done, total - 1), total, unit: "files" });
  }
  if (rest !== "") lines.push(rest);
  const { success } = await child.status;
  signal?.throwIfAborted();
  if (success) listener?.progress?.({ what, done: total, total, unit: "files" });
  return { success, lines: lines.map((line) => line.trim()).filter((line) => line !== "") };
}

/** Checks a family's fonts and moves them to `<work>/fonts/<family>`. */
async function takeFonts(work: string, family: string): Promise<void> {
  const installed = join(work, "node_modules", "@fontsource", family);
  await verifyFamily(join(installed, "files"), family);
  const folder = join(work, "fonts", family);
  await Deno.mkdir(folder);
  for (const { file } of await fontFaces(join(installed, "files"), family)) {
    await Deno.copyFile(file, join(folder, basename(file)));
  }
  await Deno.copyFile(join(installed, "LICENSE"), join(folder, "LICENSE"));
}
