import { CsnError } from "../../base/errors.ts";
import { exists, isFolder, isWithin, seenAt, someOf } from "../../files/exists.ts";
import { dirname, join } from "../../files/paths.ts";
import { filesIn } from "../../images/list_images.ts";

/**
 * Throws a CsnError when a set would be made at the cost of the images that it is made from: copies
 * among them, or one in the place of what links among them lead to.
 */
export async function assertApart(
  target: string,
  images: string,
  { copy, overwrite }: { readonly copy: boolean; readonly overwrite: boolean },
): Promise<void> {
  if (!copy && !overwrite) return;
  const links = (await filesIn(images)).links.followed.map((link) => join(images, link));
  if (copy) {
    const folders = links.filter((link) => seenAt(link)?.isDirectory);
    for (const folder of [images, ...folders]) await assertOutside(target, folder);
  }
  if (overwrite && await isFolder(target)) await assertNoLinks(target, links);
}

/** Copies among the images would be images of the folder themselves: each would be there twice. */
async function assertOutside(target: string, images: string): Promise<void> {
  const isInside = `${target}/`.startsWith(`${images}/`) ||
    await isWithin(await firstThere(dirname(target)), images);
  if (!isInside) return;
  throw new CsnError(
    `Cannot copy the images of ${images} into the set ${target}: it lies among them, so each would be there twice; choose a folder elsewhere, or leave \`copy\` out`,
  );
}

/** The folder itself, or the first above it that is there. */
async function firstThere(folder: string): Promise<string> {
  return await exists(folder) ? folder : await firstThere(dirname(folder));
}

/** What links lead to would be gone. */
async function assertNoLinks(target: string, links: readonly string[]): Promise<void> {
  const replaced = await Deno.realPath(target);
  const into = links.filter((link) => `${Deno.realPathSync(link)}/`.startsWith(`${replaced}/`));
  if (into.length === 0) return;
  throw new CsnError(
    `Cannot make the image set in ${target}: links among the images, from which it is to be made, lead there (${
      someOf(into)
    }); choose another folder with \`folder\``,
  );
}
