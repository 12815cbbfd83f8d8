import { CsnError, reasonOf } from "../base/errors.ts";
import { infoOf } from "./exists.ts";
import { dirname, resolve } from "./paths.ts";
import { tryWriting } from "./write_whole.ts";

/** What is known of a file that a command is to write. */
export interface OutputOptions {
  /** What is attempted, for errors: "Cannot write embeddings to". */
  readonly failing: string;
  /** The option that names the file. */
  readonly option: string;
  /** Replace a file that is there, even one that csn did not write. @default {false} */
  readonly overwrite?: boolean;
  /** Whether a file with this beginning was written by csn and may be replaced. @default {never} */
  readonly isOwn?: (head: string) => boolean;
}

/** Bytes at a file's beginning that say what it is. */
const headBytes = 65_536;

/**
 * Examines where an output is to go, before the work that makes it: its folder is there and can be
 * written, and no file lies there that csn did not write, unless it may be replaced. Throws a
 * CsnError otherwise.
 */
export async function examineOutput(file: string, options: OutputOptions): Promise<void> {
  const { failing, option, overwrite = false, isOwn = () => false } = options;
  const refuse = (found: string, remedy: string, cause?: unknown) =>
    new CsnError(`${failing} ${file}: ${found}; ${remedy}`, { cause });
  const another = `choose another file with \`${option}\``;
  const writable = `choose a folder that can be written with \`${option}\``;
  try {
    const folder = dirname(resolve(file));
    const folderInfo = await infoOf(folder, Deno.stat);
    if (folderInfo === null) throw refuse(`there is no folder ${folder}`, `make it, or ${another}`);
    if (!folderInfo.isDirectory) throw refuse(`${folder} is no folder`, another);
    const info = await infoOf(file);
    if (info?.isDirectory) throw refuse("it is a folder", `name a file in it with \`${option}\``);
    if (info?.isSymlink) {
      // Its file would stay as it is, and the link be gone.
      throw refuse(
        `it is a link to ${await Deno.readLink(file)}`,
        `name the file that is meant, or remove the link`,
      );
    }
    if (info !== null && !info.isFile) {
      throw refuse("it is no file that can be replaced", another);
    }
    if (info !== null && !overwrite && !isOwn(await headOf(file))) {
      throw refuse(
        "a file lies there that does not say csn wrote it",
        `${another}, or replace it with \`overwrite: true\``,
      );
    }
    await tryWriting(file);
  } catch (error) {
    if (error instanceof CsnError) throw error;
    throw refuse(reasonOf(error), writable, error);
  }
}

/** The beginning of a file, as text; "" when it cannot be read. */
export async function headOf(file: string): Promise<string> {
  try {
    using open = await Deno.open(file);
    const bytes = new Uint8Array(headBytes);
    let length = 0;
    for (let read: number | null = 0; read !== null && length < headBytes; length += read ?? 0) {
      read = await open.read(bytes.subarray(length));
    }
    return new TextDecoder().decode(bytes.subarray(0, length));
  } catch {
    return "";
  }
}
