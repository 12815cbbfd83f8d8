/**
 * Which libtorch is used: the user's by LIBTORCH, their Python's, or the pinned one in the cache.
 */
import { existsSync } from "../files/exists.ts";
import { CsnError } from "../base/errors.ts";
import { join, resolve } from "../files/paths.ts";
import { cacheFolder } from "../files/cache.ts";
import { platform } from "./platform.ts";
import { pythonTorch } from "./python_torch.ts";

/** The version that is fetched when there is none. */
export const pinnedVersion = "2.13.0";

/** Versions that are meant to work, both inclusive, as [major, minor]. */
export const oldest = [2, 11] as const;
export const newest = [2, 15] as const;

/** Versions that csn's tests have run with. */
export const testedVersions: readonly string[] = [pinnedVersion];

/** A libtorch on this machine. */
export interface Libtorch {
  /** Its folder, with `lib` and `include` in it. */
  readonly libtorchFolder: string;
  /** Such as "2.13.0+cpu". */
  readonly libtorchVersion: string;
  /** Where it comes from. */
  readonly source: "LIBTORCH" | "python3" | "wheel";
  /** Why this one, in a sentence. */
  readonly why: string;
}

/** Where the pinned libtorch lies once it is fetched. */
export function wheelFolder(): string {
  return join(cacheFolder(), `libtorch-${pinnedVersion}`);
}

/**
 * The libtorch to use; null when the pinned one must be fetched first. Throws a CsnError when
 * LIBTORCH is set and cannot be used: it is not silently replaced by another.
 */
export async function findLibtorch(): Promise<{ found: Libtorch | null; why: string }> {
  const chosen = Deno.env.get("LIBTORCH");
  if (chosen) return { found: fromEnvironment(resolve(chosen)), why: "" };
  const python = await pythonTorch();
  if (python.folder !== null) {
    const version = versionOf(python.folder);
    const wrong = version === null
      ? "its version cannot be read"
      : unsuitable(python.folder, version);
    if (wrong === null) {
      return {
        found: {
          libtorchFolder: python.folder,
          libtorchVersion: version!,
          source: "python3",
          why: "python3 imports it, and LIBTORCH is not set",
        },
        why: "",
      };
    }
    return fromCache(
      `LIBTORCH is not set, and the torch of python3 (${python.folder}) does not fit: ${wrong}`,
    );
  }
  return fromCache(`LIBTORCH is not set, and ${python.why}`);
}

function fromCache(why: string): { found: Libtorch | null; why: string } {
  const libtorchFolder = join(wheelFolder(), "torch");
  const version = versionOf(libtorchFolder);
  // One that something was removed from is fetched again.
  if (version === null || unsuitable(libtorchFolder, version) !== null) return { found: null, why };
  return { found: { libtorchFolder, libtorchVersion: version, source: "wheel", why }, why };
}

function fromEnvironment(folder: string): Libtorch {
  const remedy =
    `set it to a folder of libtorch ${range()} that holds lib/ and include/, or unset it and run \`start()\``;
  if (!existsSync(folder)) {
    throw new CsnError(`Cannot use LIBTORCH=${folder}: there is no such folder; ${remedy}`);
  }
  const version = versionOf(folder);
  const wrong = version === null ? "it names no version of libtorch" : unsuitable(folder, version);
  if (wrong !== null) throw new CsnError(`Cannot use LIBTORCH=${folder}: ${wrong}; ${remedy}`);
  return {
    libtorchFolder: folder,
    libtorchVersion: version!,
    source: "LIBTORCH",
    why: "LIBTORCH names it",
  };
}

/** Why a libtorch cannot be used; null when it can. */
function unsuitable(folder: string, version: string): string | null {
  for (const file of [`lib/libtorch_cpu${platform().ending}`, "include/ATen/ATen.h"]) {
    if (!existsSync(join(folder, file))) return `${file} is not there`;
  }
  return inRange(version) ? null : `it is version ${version}, csn works with ${range()}`;
}

/** Whether csn is meant to work with a version such as "2.13.0+cpu". */
export function inRange(version: string): boolean {
  const [major, minor] = version.split(".").map((part) => parseInt(part));
  return major === oldest[0] && minor >= oldest[1] && minor <= newest[1];
}

function range(): string {
  return `${oldest.join(".")} to ${newest.join(".")}`;
}

/** The version that a libtorch or torch folder states; null when it states none. */
export function versionOf(folder: string): string | null {
  const stated = [
    [join(folder, "version.py"), /__version__ = '([^']+)'/],
    [join(folder, "build-version"), /^(\S+)/],
  ] as const;
  for (const [file, pattern] of stated) {
    const match = pattern.exec(read(file));
    if (match !== null) return match[1];
  }
  const header = read(join(folder, "include", "torch", "headeronly", "version.h"));
  const parts = ["MAJOR", "MINOR", "PATCH"].map((part) =>
    new RegExp(`TORCH_VERSION_${part} (\\d+)`).exec(header)?.[1]
  );
  return parts.every((part) => part !== undefined) ? parts.join(".") : null;
}

function read(file: string): string {
  try {
    return Deno.readTextFileSync(file);
  } catch {
    return "";
  }
}
