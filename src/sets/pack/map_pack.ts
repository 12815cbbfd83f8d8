import { cudaMemory } from "../../native/library.ts";
import { mapFile, toDevice } from "../../tensor/operators.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Pack } from "./pack.ts";

/** How a pack is mapped. */
export interface MapOptions {
  /** Memory of the device that is free, in bytes. @default {as CUDA says; 0 on the CPU} */
  readonly free?: number;
}

/**
 * The pixels of a pack, uint8 [N, S, S, 3]: mapped, or on a CUDA device when they fit in half of
 * its free memory. Those that do not are gathered on the CPU, batch by batch.
 */
export function mapPack(
  { path, count, imageSize }: Pack,
  device = "cpu",
  { free = device === "cpu" ? 0 : cudaMemory(device).free }: MapOptions = {},
): Tensor {
  const mapped = mapFile(path, [count, imageSize, imageSize, 3]);
  if (mapped.size > free / 2) return mapped;
  try {
    return toDevice(mapped, device);
  } finally {
    mapped.dispose();
  }
}

/** Images that a pack could not decode. */
export function unusableImages(pack: Pack): Set<number> {
  return new Set(pack.unreadable.map(({ image }) => image));
}
