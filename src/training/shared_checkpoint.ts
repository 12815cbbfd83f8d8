import { fromFirst } from "../distributed/all_or_none.ts";
import type { ProcessGroup } from "../distributed/process_group.ts";
import type { ModelFile } from "../model/model_file.ts";

/**
 * The checkpoint that rank 0 reads, on every rank; undefined where the run begins. The others know
 * what it says of itself, but for its images, and none of its tensors: those come later.
 */
export async function sharedCheckpoint(
  group: ProcessGroup | null,
  read: () => Promise<ModelFile | undefined>,
  signal?: AbortSignal,
): Promise<ModelFile | undefined> {
  if (group === null) return await read();
  let own: ModelFile | undefined;
  const text = await fromFirst(group, async () => {
    own = await read();
    if (own === undefined) return "null";
    const { path, info: { images: _images, ...info } } = own;
    return JSON.stringify({ path, info });
  }, signal);
  if (group.place.rank === 0) return own;
  const said: Pick<ModelFile, "path" | "info"> | null = JSON.parse(text);
  return said === null ? undefined : { ...said, tensors: new Map() };
}
