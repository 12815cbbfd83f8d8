import { CsnError } from "../../src/base/errors.ts";
import { cacheFolder, makeCacheFolder } from "../../src/files/cache.ts";
import { fromFileUrl, join } from "../../src/files/paths.ts";
import type { Command } from "./partner.ts";

/** Folder of the PyTorch programs. */
export const programs: string = fromFileUrl(new URL("../pytorch/", import.meta.url));

/** A python that has PyTorch. */
export interface Python {
  readonly command: string;
  readonly env: Record<string, string>;
}

/** How one of the PyTorch programs is started with these options. */
export function pythonProgram(
  { command, env }: Python,
  program: string,
  options: Readonly<Record<string, string | number>>,
): Command {
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return { command, env, args: [join(programs, program), ...args] };
}

/**
 * The python that the benchmark runs PyTorch with: `command` with the packages it has, or python3
 * with the pinned ones.
 */
export async function findPython(
  command: string | undefined,
  notice: (text: string) => void,
): Promise<Python> {
  if (command !== undefined) return { command, env: {} };
  return { command: "python3", env: { PYTHONPATH: await pytorchFolder(notice) } };
}

/** What a python says of its PyTorch: version, and the name of the GPU or null. */
export interface PytorchDescription {
  readonly version: string;
  readonly gpu: string | null;
}

const description = `
import json, torch
gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else None
print(json.dumps({"version": torch.__version__, "gpu": gpu}))
`;

/** Asks a python for its PyTorch. Throws a CsnError when it has none. */
export async function describePytorch({ command, env }: Python): Promise<PytorchDescription> {
  const { success, stdout, stderr } = await output(command, ["-c", description], env);
  if (success) return JSON.parse(new TextDecoder().decode(stdout));
  throw new CsnError(
    `Cannot compare with PyTorch: ${command} cannot import it: ${
      lastLines(stderr, 1)
    }; pass --python with one that can, or leave --python out`,
  );
}

async function output(
  command: string,
  args: string[],
  env: Record<string, string>,
): Promise<Deno.CommandOutput> {
  try {
    return await new Deno.Command(command, { args, env, stdout: "piped", stderr: "piped" })
      .output();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new CsnError(
      `Cannot compare with PyTorch: there is no program ${command}; pass --python with one that has PyTorch, or leave --python out`,
      { cause: error },
    );
  }
}

/**
 * The folder from which python3 imports the pinned PyTorch (as PYTHONPATH), filled when it is
 * missing: 5 GB, a minute or more.
 */
export async function pytorchFolder(notice: (text: string) => void): Promise<string> {
  const what = { name: "PyTorch (5 GB)", folder: "pytorch-packages" };
  return await packagesFolder({ ...what, requirements: "requirements.txt" }, notice);
}

/** Python packages that the benchmark installs. */
export interface PinnedPackages {
  /** What they are, for people. */
  readonly name: string;
  /** Their folder in the cache. */
  readonly folder: string;
  /** The file beside the programs that pins them. */
  readonly requirements: string;
}

/** The folder from which python3 imports packages (as PYTHONPATH), filled when it is missing. */
export async function packagesFolder(
  { name, folder: inCache, requirements: file }: PinnedPackages,
  notice: (text: string) => void,
): Promise<string> {
  const requirements = join(programs, file);
  const pinned = await Deno.readTextFile(requirements);
  const folder = join(cacheFolder(), inCache);
  const marker = join(folder, "installed.txt");
  // Written last: an installation that was cut short is made again.
  if (await Deno.readTextFile(marker).catch(() => "") === pinned) return folder;
  notice(`Installing ${name} into ${folder}`);
  await makeCacheFolder();
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  const { success, stderr } = await new Deno.Command("python3", {
    args: ["-m", "pip", "install", "-q", "--target", folder, "-r", requirements],
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) {
    throw new CsnError(
      `Cannot install ${name} with python3 -m pip: ${
        lastLines(stderr, 3)
      }; check the network and the disk's free space`,
    );
  }
  await Deno.writeTextFile(marker, pinned);
  return folder;
}

function lastLines(bytes: Uint8Array, count: number): string {
  return new TextDecoder().decode(bytes).trim().split("\n").slice(-count).join(" | ");
}
