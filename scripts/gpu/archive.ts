/**
 * The archive that goes to the GPU machine: sources, Deno and the npm packages, in one folder
 * `csn`.
 */
import { CsnError } from "../../src/base/errors.ts";
import { dirname, join } from "../../src/files/paths.ts";
import { run } from "./run_program.ts";

/** More is not taken: such archives travel through narrow doors. */
export const mostBytes = 60_000_000;

/** What an archive is made of. */
export interface ArchiveParts {
  /** The folder of csn. */
  readonly project: string;
  /** Files of it, relative, that are taken. */
  readonly files: readonly string[];
  /** The deno binary. */
  readonly deno: string;
  /** A DENO_DIR with all packages; what is not needed there is removed from it. */
  readonly packages: string;
  /** Written to .gpu/made_from.txt. */
  readonly madeFrom: string;
}

/**
 * Folders of `parts.packages` that hold what a program needs; the others are caches of what was
 * compiled.
 */
const packageFolder = "npm";

/**
 * Whether a file of a package is not needed on Linux with glibc: maps of sources, and the native
 * libraries for musl and bundled copies of echarts. Their packages must stay, or Deno would fetch
 * them again.
 */
export function isUnneeded(path: string): boolean {
  if (path.endsWith(".map")) return true;
  if (/musl/.test(path) && /\.(node|so)(\.|$)/.test(path)) return true;
  return /\/echarts\/[^/]+\/dist\//.test(path);
}

/**
 * Lays the folder out below `stage`, packs it into `target` and returns its size. Throws when it is
 * too large.
 */
export async function makeArchive(
  parts: ArchiveParts,
  stage: string,
  target: string,
  most: number = mostBytes,
): Promise<number> {
  const root = join(stage, "csn");
  for (const file of parts.files) await copy(join(parts.project, file), join(root, file));
  const extra = join(root, ".gpu");
  await copy(parts.deno, join(extra, "deno"));
  await Deno.chmod(join(extra, "deno"), 0o755);
  await Deno.writeTextFile(join(extra, "made_from.txt"), `${parts.madeFrom}\n`);
  const from = join(parts.packages, packageFolder);
  for (const file of filesBelow(from)) {
    if (isUnneeded(`/${file}`)) continue;
    await copy(join(from, file), join(extra, "deno_dir", packageFolder, file));
  }
  const beside = `${target}.part`;
  // Sorted and without owners: the same content gives the same bytes but for times.
  await run("tar", [
    "-c",
    "-J",
    "-f",
    beside,
    "--owner=0",
    "--group=0",
    "--sort=name",
    "-C",
    stage,
    "csn",
  ], {
    env: { XZ_OPT: "-9" },
  });
  const { size } = await Deno.stat(beside);
  if (size > most) {
    await Deno.remove(beside);
    throw new CsnError(
      `Cannot make ${target}: it would have ${size} bytes, ${most} are the most; its largest files are ${
        largest(root).join(", ")
      }: leave one out in scripts/gpu/archive.ts`,
    );
  }
  await Deno.rename(beside, target);
  return size;
}

async function copy(from: string, to: string): Promise<void> {
  await Deno.mkdir(dirname(to), { recursive: true });
  await Deno.copyFile(from, to);
}

/** Files below `folder`, relative. */
export function filesBelow(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesBelow(join(folder, name)).map((file) => `${name}/${file}`) : [name]
  ).sort();
}

function largest(root: string): string[] {
  return filesBelow(root)
    .map((file) => ({ file, size: Deno.statSync(join(root, file)).size }))
    .toSorted((a, b) => b.size - a.size)
    .slice(0, 5)
    .map(({ file, size }) => `${file} (${(size / 1e6).toFixed(1)} MB)`);
}
