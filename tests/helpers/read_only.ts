/** Programs that find a folder on a file system which cannot be written, not even by root. */

/** Fills a new file system, mounted at the second argument, from the first, makes it read-only and runs the rest. */
const script = `mount -t tmpfs -o size=256m tmpfs "$2" && cp -a "$1/." "$2" &&
  mount -o remount,ro "$2" && shift 2 && exec "$@"`;

/**
 * What to write before a command so that it finds at `mountPoint`, an empty folder, a copy of `folder` that
 * cannot be written. Nobody else sees it.
 */
export function readOnlyPrefix(folder: string, mountPoint: string): string[] {
  return ["unshare", "--map-root-user", "--mount", "sh", "-c", script, "sh", folder, mountPoint];
}

/** Whether this system allows that; where it does not, says so. */
export async function canMountReadOnly(): Promise<boolean> {
  const [folder, mountPoint] = [await Deno.makeTempDir(), await Deno.makeTempDir()];
  try {
    const [command, ...args] = [...readOnlyPrefix(folder, mountPoint), "true"];
    const { success, stderr } = await new Deno.Command(command, { args }).output();
    if (!success) console.log(`no read-only disk: ${new TextDecoder().decode(stderr).trim()}`);
    return success;
  } catch (error) {
    console.log(`no read-only disk: ${error}`);
    return false;
  } finally {
    await Deno.remove(folder);
    await Deno.remove(mountPoint);
  }
}
