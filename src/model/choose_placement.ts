import { CsnError, UsageError } from "../base/errors.ts";
import type { Listener } from "../base/listener.ts";
import { describeLibrary, hasFastBf16, type LibraryDescription } from "../native/library.ts";
import type { Placement, Precision } from "../network/placement.ts";

/** Where the user wants to compute. */
export interface PlacementWish {
  /** "auto" (the first CUDA device, else the CPU), "cpu", "cuda" or "cuda:N". @default {"auto"} */
  readonly device?: string;
  /**
   * "auto": float32 on the CPU, so that results do not depend on the processor, bf16 on CUDA.
   * @default {"auto"}
   */
  readonly precision?: "auto" | Precision;
}

/**
 * Chooses the device and precision that a wish means on this machine, and warns of a slow one.
 * Throws a CsnError for a device that is not there. libtorch must be open.
 */
export function choosePlacement(wish: PlacementWish = {}, listener?: Listener): Placement {
  const library = describeLibrary();
  const device = chooseDevice(wish.device ?? "auto", library.cuda);
  const precision = wish.precision ?? "auto";
  if (device !== "cpu") return { device, precision: precision === "auto" ? "bf16" : precision };
  if (precision === "bf16" && !hasFastBf16(library)) {
    listener?.warning?.(
      'this processor has no instructions for bfloat16 (avx512_bf16): `precision: "bf16"` is some five times slower than float32 on one that has AVX2 only',
    );
  }
  return { device, precision: precision === "auto" ? "float32" : precision };
}

function chooseDevice(wish: string, { devices, reason }: LibraryDescription["cuda"]): string {
  if (wish === "cpu") return "cpu";
  if (wish === "auto") return devices > 0 ? "cuda:0" : "cpu";
  const match = /^cuda(?::(\d+))?$/.exec(wish);
  if (match === null) {
    throw new UsageError(
      `Cannot compute on "${wish}": a device is auto, cpu, cuda or cuda:N; pass \`device\` with one of them`,
    );
  }
  const number = Number(match[1] ?? 0);
  if (number < devices) return `cuda:${number}`;
  const found = devices === 0
    ? `libtorch finds no CUDA device: ${reason}`
    : `there ${devices === 1 ? "is 1 device, cuda:0" : `are ${devices}, from cuda:0 on`}`;
  throw new CsnError(
    `Cannot compute on ${wish}: ${found}; pass \`device: "cpu"\`, or see \`examine()\``,
  );
}
