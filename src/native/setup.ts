/** Makes libtorch and the shim ready, in the user's cache, so that every project finds them. */
import { CsnError } from "../base/errors.ts";
import type { Listener } from "../base/listener.ts";
import { buildShim, planShim } from "./build_shim.ts";
import { lockCache } from "../files/cache.ts";
import { fetchLibtorch } from "./fetch_libtorch.ts";
import { findLibtorch, type Libtorch, wheelFolder } from "./libtorch.ts";
import { platform } from "./platform.ts";
import { markShim, removeOldShims } from "./shims_kept.ts";

/** A libtorch and the shim that was built for it. */
export interface NativeParts extends Libtorch {
  /** The shim's file. */
  readonly shimPath: string;
}

/** How `setUp` works. */
export interface SetUpOptions {
  /** Receives progress of downloads and of the build. */
  readonly listener?: Listener;
  /** Builds the shim again even when it is there. */
  readonly rebuild?: boolean;
  /** Stops the work, with its reason; nothing half made is left. */
  readonly signal?: AbortSignal;
}

/**
 * Finds libtorch or fetches it (LIBTORCH, else the torch of python3, else the pinned wheel), and
 * builds the shim when it is missing or its sources, libtorch or the compiler changed. When all is
 * there it starts no process and takes milliseconds. Throws a CsnError that says what to install or
 * set.
 */
export async function setUp(options: SetUpOptions = {}): Promise<NativeParts> {
  const { listener = {}, rebuild = false, signal } = options;
  platform();
  const ready = rebuild ? null : await readyParts();
  if (ready !== null) return ready;
  // Two processes must not fetch and build the same; the second finds all done.
  const announce = (holder: string) =>
    listener.notice?.(`Process ${holder} is setting csn up; waiting for it`);
  using _lock = await lockCache("setup.lock", announce, signal);
  const libtorch = await libtorchParts(listener, signal);
  const plan = planShim(libtorch);
  if (rebuild || !plan.isBuilt) {
    await buildShim(plan, libtorch, { listener, signal });
    await removeOldShims();
    listener.notice?.(
      `The shim was built for libtorch ${libtorch.libtorchVersion} (${libtorch.libtorchFolder})`,
    );
  }
  return { ...libtorch, shimPath: plan.path };
}

async function readyParts(): Promise<NativeParts | null> {
  const { found } = await findLibtorch();
  if (found === null) return null;
  const plan = planShim(found);
  if (!plan.isBuilt) return null;
  await markShim(plan.path);
  return { ...found, shimPath: plan.path };
}

async function libtorchParts(
  listener: Listener,
  signal: AbortSignal | undefined,
): Promise<Libtorch> {
  const before = await findLibtorch();
  if (before.found !== null) return before.found;
  listener.notice?.(`libtorch must be fetched: ${before.why}`);
  await fetchLibtorch({ listener, signal });
  const { found } = await findLibtorch();
  if (found !== null) return found;
  throw new CsnError(
    `Cannot use the libtorch that was fetched: ${wheelFolder()} lacks what csn needs; set LIBTORCH to a folder of libtorch`,
  );
}
