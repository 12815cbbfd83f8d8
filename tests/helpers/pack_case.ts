/** What tests of packs share: sets, what is seen of packs, and programs that make them. */
import type { ImageSet } from "../../src/sets/image_set.ts";
import type { Listener } from "../../src/base/listener.ts";
import { fromFileUrl, join } from "../../src/files/paths.ts";
import { fixtures, writeSet } from "./temporary_set.ts";

/** A listener that notes what it hears, and the images that were decoded. */
export function notes(): Listener & { decoded: number[]; warnings: string[] } {
  const [decoded, warnings]: [number[], string[]] = [[], []];
  return {
    decoded,
    warnings,
    progress: ({ what, done }) => {
      if (what === "Decoding images") decoded.push(done);
    },
    warning: (text) => warnings.push(text),
  };
}

/** Copies a fixture over an image of the set. */
export function replaceImage(set: ImageSet, image: number, fixture: string): Promise<void> {
  return Deno.copyFile(join(fixtures, fixture), join(set.imageFolder, set.imageFiles[image]));
}

/** The pixels of image `image` in a pack. */
export async function pixelsOf(path: string, image: number, size: number): Promise<Uint8Array> {
  return (await Deno.readFile(path)).subarray(
    image * size * size * 3,
    (image + 1) * size * size * 3,
  );
}

/** Files in the set's folder that belong to packs. */
export function packFiles({ folder }: ImageSet): string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => name).filter((name) =>
    name.includes("pack")
  )
    .sort();
}

/** Starts a process of its own that makes a pack, after `prefix`, one time after the other. */
export function packProgram(
  set: ImageSet,
  size: number,
  { limitBlocks = "unlimited", prefix = [] as string[], env = {}, times = 1 } = {},
): Deno.ChildProcess {
  const program = fromFileUrl(new URL("./pack_program.ts", import.meta.url));
  // With SIGXFSZ ignored, writing beyond the limit fails as it does on a full disk.
  const once = times === 1 ? 'exec "$@"' : Array(times).fill('"$@"').join(" && ");
  const shell = `trap "" XFSZ; ulimit -f "$1"; shift; ${once}`;
  const permissions = [
    "--allow-read",
    "--allow-write",
    "--allow-ffi",
    "--allow-env",
    "--allow-sys",
  ];
  const deno = [Deno.execPath(), "run", "--no-code-cache", ...permissions, program];
  const [command, ...args] = [...prefix, "sh", "-c", shell, "sh", limitBlocks, ...deno];
  return new Deno.Command(command, {
    args: [...args, set.folder, String(size)],
    env,
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

/** A set in `folder` of images that were not changed just now. */
export async function settledSet(folder: string): Promise<ImageSet> {
  const imageFiles = ["shrunk.png", "grey.png", "odd.png"];
  return { ...await writeSet(folder, imageFiles), imageFolder: fixtures };
}
