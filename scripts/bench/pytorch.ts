import { CsnError } from "../../src/errors.ts";
import { cacheFolder } from "../../src/native/cache.ts";
import { fromFileUrl, join } from "../../src/paths.ts";

/** Folder of the PyTorch programs. */
export const programs: string = fromFileUrl(new URL("../pytorch/", import.meta.url));

/**
 * The Python of a virtual environment with the pinned PyTorch, made in the cache when it is missing: 5 GB, a
 * minute or more.
 */
export async function pytorchPython(notice: (text: string) => void): Promise<string> {
  const requirements = join(programs, "requirements.txt");
  const pinned = await Deno.readTextFile(requirements);
  const folder = join(cacheFolder(), "pytorch");
  const python = join(folder, "bin", "python");
  const marker = join(folder, "installed.txt");
  // Written last: an installation that was cut short is made again.
  if (await Deno.readTextFile(marker).catch(() => "") === pinned) return python;
  notice(`Installing PyTorch into ${folder} (5 GB)`);
  await Deno.mkdir(cacheFolder(), { recursive: true });
  await run("python3", ["-m", "venv", "--clear", folder]);
  // By python3 -m pip of the host with --prefix: only python3 may be started, no program of a path of ours.
  await run("python3", ["-m", "pip", "--python", python, "install", "-q", "-r", requirements]);
  await Deno.writeTextFile(marker, pinned);
  return python;
}

async function run(program: string, args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, {
    args,
    stdout: "inherit",
    stderr: "piped",
  }).output();
  if (success) return;
  const lines = new TextDecoder().decode(stderr).trim().split("\n").slice(-3).join(" | ");
  throw new CsnError(
    `Cannot install PyTorch with ${program} ${
      args.slice(0, 3).join(" ")
    }: ${lines}; pass --python with a Python that has it`,
  );
}
