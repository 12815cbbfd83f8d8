import { CsnError, UsageError } from "../../base/errors.ts";
import type { Place } from "../../distributed/place.ts";
import { choosePlacement } from "../../model/choose_placement.ts";
import { describeLibrary } from "../../native/library.ts";

/** Which device was meant. */
export interface DeviceWish {
  /** What the user asked for; undefined when nothing. */
  readonly asked: string | undefined;
  /** Where the run was that goes on. */
  readonly stored: string | undefined;
}

/** The device that was asked for, or of several processes this one's; libtorch must be open. */
export function deviceIn(place: Place | null, asked: string | undefined): string {
  if (place === null) return asked ?? "auto";
  const { devices } = describeLibrary().cuda;
  return deviceOf(place, { asked, stored: undefined }, devices) ?? "cpu";
}

/**
 * The device of one of several processes, for `train`: of the machine's GPUs the one of its number.
 * Undefined where a run that was on a GPU goes on without one, of which `train` warns. Throws a
 * CsnError where there are fewer than processes; `devices` are those that libtorch finds.
 */
export function deviceOf(
  { local, localWorld, from }: Place,
  { asked, stored = "auto" }: DeviceWish,
  devices: number,
): string | undefined {
  if (asked !== undefined && /^cuda:/.test(asked) && localWorld > 1) {
    throw new UsageError(
      `Cannot compute on ${asked} in ${localWorld} processes: one GPU is for one process; pass ` +
        "--device cuda, which gives each process the GPU of its number",
    );
  }
  const wish = asked ?? stored;
  if (wish === "cpu" || (wish === "auto" && devices === 0)) return "cpu";
  if (devices === 0 && asked === undefined) return undefined;
  // Its message says why there is none.
  if (devices === 0 || !/^(auto|cuda(:\d+)?)$/.test(wish)) {
    return choosePlacement({ device: wish }).device;
  }
  if (localWorld === 1) return /^cuda:/.test(wish) ? wish : "cuda:0";
  // Slurm can show each of its tasks one GPU, of its own.
  if (from === "slurm" && devices === 1) return "cuda:0";
  if (devices >= localWorld) return `cuda:${local}`;
  throw new CsnError(
    `Cannot compute in ${localWorld} processes on ${devices} GPU${
      devices === 1 ? "" : "s"
    }: each ` +
      `process of a machine needs one of its own; start ${devices} on this machine, or pass ` +
      "--device cpu",
  );
}
