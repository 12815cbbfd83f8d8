/** Images that several processes embed together. */
import { partOfRows } from "../distributed/part_of_rows.ts";
import type { ProcessGroup } from "../distributed/process_group.ts";
import { StoppedElsewhere } from "../distributed/stopped_elsewhere.ts";
import type { Network } from "../network/network.ts";
import { toDevice } from "../tensor/operators.ts";
import { scope } from "../tensor/scope.ts";
import { Tensor } from "../tensor/tensor.ts";

/**
 * Each rank embeds its part of the images number `indices` by `embed`, [n, D]; all have all rows
 * then, in their order. Where a rank's signal is aborted, all of them stop: that one throws its
 * reason, others `StoppedElsewhere`.
 */
export async function embedTogether(
  group: ProcessGroup,
  network: Network,
  indices: Uint32Array,
  embed: (part: Uint32Array) => Promise<Tensor>,
  signal?: AbortSignal,
): Promise<Tensor> {
  const part = indices.subarray(...partOfRows(indices.length, group.place));
  using own = await embedPart(network, part, embed, signal);
  using made = new DisposableStack();
  const all = made.use(await group.gatherRows(own));
  if (all.shape[0] < indices.length) {
    signal?.throwIfAborted();
    throw new StoppedElsewhere();
  }
  made.move();
  return all;
}

/** No rows where it is stopped: their number says it to the others. */
async function embedPart(
  network: Network,
  part: Uint32Array,
  embed: (part: Uint32Array) => Promise<Tensor>,
  signal?: AbortSignal,
): Promise<Tensor> {
  try {
    if (part.length > 0) return await embed(part);
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
  const none = { shape: [0, network.shape.dimension] };
  return scope(() => toDevice(Tensor.from(new Float32Array(0), none), network.device));
}
