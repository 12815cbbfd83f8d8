/** Examines everything that csn needs and changes nothing: what `doctor` prints. */
import { messageOf } from "../base/errors.ts";
import { version } from "../base/version.ts";
import { findCompiler, planShim } from "./build_shim.ts";
import { cacheFolder } from "../files/cache.ts";
import {
  describeLibrary,
  hasFastBf16,
  type LibraryDescription,
  openLibrary,
  threadsFrom,
} from "./library.ts";
import { findLibtorch, type Libtorch, pinnedVersion, testedVersions } from "./libtorch.ts";
import { hasNvidiaDriver, platform } from "./platform.ts";

/** One thing that was looked at. */
export interface MachinePart {
  /** Such as "libtorch". */
  readonly what: string;
  readonly ok: boolean;
  /** What was found, for people. */
  readonly found: string;
  /** What mends it, when it is wrong. */
  readonly remedy?: string;
}

/** The oldest Deno that has all that csn uses (FsFile.tryLock, Float16Array). */
const oldestDeno = [2, 5];

/**
 * Examines Deno, platform, cache, libtorch, compiler, shim, CUDA, threads and processor, in this
 * order.
 */
export async function examine(): Promise<MachinePart[]> {
  const findings = [deno(), system(), { what: "cache", ok: true, found: cacheFolder() }];
  const { finding, libtorch } = await libtorchFinding();
  findings.push(finding, compiler(libtorch));
  if (libtorch === null) {
    const found = "not examined: there is no libtorch yet";
    return [...findings, ...["shim", "CUDA", "threads"].map((what) => ({ what, ok: true, found }))];
  }
  const { shim, description } = openShim(libtorch);
  findings.push(shim);
  if (description !== null) {
    findings.push(cuda(description));
    findings.push({
      what: "threads",
      ok: true,
      found: `${description.threads}, ${threadsFrom()}; kernels for ${description.capability}`,
    });
    findings.push({
      what: "processor",
      ok: true,
      found: (description.processor.join(", ") || Deno.build.arch) +
        (hasFastBf16(description) ? '; `train({ precision: "bf16" })` is faster here' : ""),
    });
  }
  return findings;
}

function deno(): MachinePart {
  const found = Deno.version.deno;
  const [major, minor] = found.split(".").map(Number);
  const ok = major > oldestDeno[0] || (major === oldestDeno[0] && minor >= oldestDeno[1]);
  return {
    what: "Deno",
    ok,
    found: `${found}, for csn ${version}`,
    ...(ok ? {} : { remedy: "deno upgrade" }),
  };
}

function system(): MachinePart {
  const found = `${Deno.build.os} ${Deno.build.arch}`;
  try {
    return {
      what: "system",
      ok: true,
      found: platform().tested ? found : `${found} (written for, not tested)`,
    };
  } catch (error) {
    return { what: "system", ok: false, found, remedy: messageOf(error) };
  }
}

async function libtorchFinding(): Promise<{ finding: MachinePart; libtorch: Libtorch | null }> {
  try {
    const { found, why } = await findLibtorch();
    if (found === null) {
      const remedy = `\`start()\` (fetches libtorch ${pinnedVersion})`;
      return {
        finding: { what: "libtorch", ok: false, found: `none: ${why}`, remedy },
        libtorch: null,
      };
    }
    const plain = found.libtorchVersion.replace(/\+.*/, "");
    const tested = testedVersions.includes(plain)
      ? "tested"
      : `meant to work; tested are ${testedVersions.join(", ")}`;
    const text =
      `${found.libtorchVersion} (${tested}) at ${found.libtorchFolder}, from ${found.source}: ${found.why}`;
    return { finding: { what: "libtorch", ok: true, found: text }, libtorch: found };
  } catch (error) {
    return {
      finding: {
        what: "libtorch",
        ok: false,
        found: messageOf(error),
        remedy: "unset LIBTORCH, then `start()`",
      },
      libtorch: null,
    };
  }
}

function compiler(libtorch: Libtorch | null): MachinePart {
  const found = findCompiler();
  if (found !== null) return { what: "compiler", ok: true, found };
  const isNeeded = libtorch === null || !planShim(libtorch).isBuilt;
  return {
    what: "compiler",
    ok: !isNeeded,
    found: isNeeded ? "none: c++ is not on PATH" : "none, but the shim is built",
    ...(isNeeded ? { remedy: "install one (Debian: apt-get install g++), then `start()`" } : {}),
  };
}

function openShim(
  libtorch: Libtorch,
): { shim: MachinePart; description: LibraryDescription | null } {
  const plan = planShim(libtorch);
  if (!plan.isBuilt) {
    const found = "not built for this libtorch, these sources and this compiler";
    return {
      shim: { what: "shim", ok: false, found, remedy: "`start()`" },
      description: null,
    };
  }
  try {
    openLibrary({ ...libtorch, shimPath: plan.path });
    return {
      shim: {
        what: "shim",
        ok: true,
        found: `fresh, for libtorch ${libtorch.libtorchVersion}: ${plan.path}`,
      },
      description: describeLibrary(),
    };
  } catch (error) {
    const remedy = "`start({ rebuild: true })`";
    return {
      shim: { what: "shim", ok: false, found: messageOf(error), remedy },
      description: null,
    };
  }
}

/** Values of CUDA_VISIBLE_DEVICES that leave no device. */
const hidden: readonly (string | undefined)[] = ["", "-1"];

/** A missing or hidden GPU is no fault; a driver whose GPU libtorch cannot use is one. */
function cuda({ cuda: { devices, reason } }: LibraryDescription): MachinePart {
  if (devices > 0) {
    const found = `${devices} device${
      devices === 1 ? "" : "s"
    }; operators are started one by one: csn records no CUDA graph of a step`;
    return { what: "CUDA", ok: true, found };
  }
  const driver = hasNvidiaDriver();
  const visible = Deno.env.get("CUDA_VISIBLE_DEVICES");
  if (driver && hidden.includes(visible)) {
    const found = `not used: CUDA_VISIBLE_DEVICES="${visible}" hides all devices`;
    return { what: "CUDA", ok: true, found };
  }
  return {
    what: "CUDA",
    ok: !driver,
    found: `${
      driver ? "an NVIDIA driver is installed, but" : "not used: no NVIDIA driver is installed;"
    } ${reason}`,
    ...(driver
      ? {
        remedy:
          "set LIBTORCH to a libtorch with CUDA, or remove the cache's libtorch folder and run `start()`",
      }
      : {}),
  };
}
