import { CsnError } from "../../src/errors.ts";
import { cacheFolder, makeCacheFolder } from "../../src/native/cache.ts";
import { fromFileUrl, join } from "../../src/paths.ts";

/** Folder of the PyTorch programs. */
export const programs: string = fromFileUrl(new URL("../pytorch/", import.meta.url));

/**
 * The folder from which python3 imports the pinned PyTorch (as PYTHONPATH), filled when it is missing: 5 GB,
 * a minute or more.
 */
export async function pytorchFolder(notice: (text: string) => void): Promise<string> {
  const requirements = join(programs, "requirements.txt");
  const pinned = await Deno.readTextFile(requirements);
  const folder = join(cacheFolder(), "pytorch-packages");
  const marker = join(folder, "installed.txt");
  // Written last: an installation that was cut short is made again.
  if (await Deno.readTextFile(marker).catch(() => "") === pinned) return folder;
  notice(`Installing PyTorch into ${folder} (5 GB)`);
  await makeCacheFolder();
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  const { success, stderr } = await new Deno.Command("python3", {
    args: ["-m", "pip", "install", "-q", "--target", folder, "-r", requirements],
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) {
    const lines = new TextDecoder().decode(stderr).trim().split("\n").slice(-3).join(" | ");
    throw new CsnError(
      `Cannot install PyTorch with python3 -m pip: ${lines}; check the network and the disk's free space`,
    );
  }
  await Deno.writeTextFile(marker, pinned);
  return folder;
}
