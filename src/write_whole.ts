import { CsnError, messageOf } from "./errors.ts";
import { basename, dirname, join } from "./paths.ts";

/** Writes a file so that it is whole or not there. Throws a CsnError when it cannot be written. */
export async function writeWhole(file: string, content: string | Uint8Array): Promise<void> {
  const beside = join(dirname(file), `.${basename(file)}.${Deno.pid}`);
  try {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    {
      using out = await Deno.open(beside, { write: true, create: true, truncate: true });
      for (let at = 0; at < bytes.length;) at += await out.write(bytes.subarray(at));
      // Without it a power cut after the rename could leave an empty file.
      await out.sync();
    }
    await Deno.rename(beside, file);
  } catch (error) {
    await Deno.remove(beside).catch(() => {});
    throw new CsnError(`Cannot write ${file}: ${messageOf(error)}`, { cause: error });
  }
}
