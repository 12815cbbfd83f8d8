/** Fetches the pinned libtorch by pip and unpacks what this machine needs of it. */
import { existsSync } from "../files/exists.ts";
import { CsnError } from "../base/errors.ts";
import type { Listener } from "../base/listener.ts";
import { basename, dirname, join } from "../files/paths.ts";
import { unzip } from "../files/unzip.ts";
import { pinnedVersion, wheelFolder } from "./libtorch.ts";
import { findProgram, hasNvidiaDriver, platform } from "./platform.ts";
import { pipDownload, type PipOptions } from "./pip_download.ts";

/** PyTorch's own index of wheels without CUDA: 192 MB instead of 527. */
const cpuIndex = "https://download.pytorch.org/whl/cpu";

/**
 * Of a wheel, what a machine without a GPU needs: libraries that the CPU part links, headers of the
 * shim.
 */
const cpuPart = [
  /^torch\/version\.py$/,
  /^torch\/include\/(ATen|c10|torch)\//,
  /^torch\/lib\/(?!libtorch_cuda|libtorch_python|libtorch_nvshmem|libc10_cuda|libcaffe2_nvrtc|libshm)[^/]+\.(so|dylib)[.\d]*$/,
  /^torch\.libs\//,
  /^torch-[^/]+\.dist-info\/(METADATA|licenses\/.*)$/,
  /^nvidia\/.*\/lib\/lib(cudart|cupti)\.so[.\d]*$/,
];

/** How it is fetched. */
interface FetchOptions {
  readonly listener: Listener;
  /** Stops the work. */
  readonly signal?: AbortSignal;
}

/**
 * Downloads and unpacks libtorch into the cache, whole or not at all. The caller holds the cache's
 * lock. Throws a CsnError that says how to go on without a network.
 */
export async function fetchLibtorch(options: FetchOptions): Promise<void> {
  if (findProgram("python3") === null) {
    throw new CsnError(
      "Cannot fetch libtorch: python3 with pip is needed and python3 was not found; install it (Debian: apt-get install python3 python3-pip), or set LIBTORCH to a folder of libtorch",
    );
  }
  const work = `${wheelFolder()}.part`;
  await Deno.remove(work, { recursive: true }).catch(() => {});
  await Deno.mkdir(join(work, "wheels"), { recursive: true });
  try {
    const wheels = await downloadWheels(join(work, "wheels"), options);
    const withCuda = hasNvidiaDriver();
    for (const wheel of wheels) await unpackInto(wheel, join(work, "unpacked"), withCuda, options);
    await Deno.remove(wheelFolder(), { recursive: true }).catch(() => {});
    await Deno.rename(join(work, "unpacked"), wheelFolder());
  } finally {
    await Deno.remove(work, { recursive: true }).catch(() => {});
  }
}

async function downloadWheels(folder: string, options: FetchOptions): Promise<string[]> {
  const torch = `torch==${pinnedVersion}`;
  const what = `Downloading libtorch ${pinnedVersion}`;
  if (hasNvidiaDriver()) {
    options.listener.notice?.("An NVIDIA driver was found: libtorch comes with CUDA (3 GB)");
    await pipDownload([torch], folder, { what, ...options, dependencies: true });
    await wheelOfTorch(folder);
    return await wheelsIn(folder, /^(torch|nvidia_[a-z0-9_]+)-/);
  }
  await downloadForProcessor(torch, folder, { what, ...options });
  const wheel = await wheelOfTorch(folder);
  const cuda = await cudaVersion(wheel);
  if (cuda === null) return [wheel];
  // libtorch_cpu of a CUDA wheel links these two, GPU or not.
  const runtime = ["nvidia-cuda-runtime", "nvidia-cuda-cupti"].map((name) => `${name}==${cuda}.*`);
  await pipDownload(runtime, folder, { what: "Downloading CUDA's runtime", ...options });
  return [wheel, ...await wheelsIn(folder, /^nvidia_cuda_(runtime|cupti)-/)];
}

/**
 * On Linux from PyTorch's index of smaller wheels, else (or where that is out of reach) from the
 * default one.
 */
async function downloadForProcessor(
  torch: string,
  folder: string,
  options: PipOptions,
): Promise<void> {
  if (platform().os === "linux") {
    options.listener.notice?.("No NVIDIA driver was found: libtorch comes for the processor alone");
    try {
      // Where that index is out of reach, waiting for it must not cost more than seconds.
      const flags = ["--index-url", cpuIndex, "--retries", "0", "--timeout", "5"];
      return await pipDownload([torch], folder, { ...options, flags });
    } catch {
      options.signal?.throwIfAborted();
      options.listener.notice?.(
        `${cpuIndex} cannot be reached: the larger wheel of the default index is taken`,
      );
    }
  }
  await pipDownload([torch], folder, options);
}

async function wheelsIn(folder: string, pattern: RegExp): Promise<string[]> {
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  return names.filter((name) => pattern.test(name) && name.endsWith(".whl")).map((name) =>
    join(folder, name)
  );
}

async function wheelOfTorch(folder: string): Promise<string> {
  const [wheel] = await wheelsIn(folder, /^torch-/);
  if (wheel !== undefined) return wheel;
  throw new CsnError(
    `Cannot fetch libtorch: pip ended without a wheel of torch==${pinnedVersion}; check \`python3 -m pip --version\`, or set LIBTORCH to a folder of libtorch`,
  );
}

/** "13.0" when the wheel's METADATA asks for cuda-toolkit 13.0.x; null for a wheel without CUDA. */
async function cudaVersion(wheel: string): Promise<string | null> {
  const target = join(dirname(wheel), "metadata");
  await unzip(wheel, target, { select: (name) => /^torch-[^/]+\.dist-info\/METADATA$/.test(name) });
  const [info] = await Array.fromAsync(Deno.readDir(target), ({ name }) => name);
  const metadata = await Deno.readTextFile(join(target, info, "METADATA"));
  return /^Requires-Dist: cuda-toolkit(?:\[[^\]]*\])?==(\d+\.\d+)/m.exec(metadata)?.[1] ?? null;
}

async function unpackInto(
  wheel: string,
  folder: string,
  whole: boolean,
  options: FetchOptions,
): Promise<void> {
  const target = `${wheel}.unpacked`;
  await unzip(wheel, target, {
    what: `Unpacking ${basename(wheel).split("-")[0]}`,
    select: whole ? undefined : (name) => cpuPart.some((pattern) => pattern.test(name)),
    maxRatio: 1000,
    ...options,
  });
  await merge(target, folder);
}

/** Moves what lies in `from` into `to`; folders that are there already are filled up. */
async function merge(from: string, to: string): Promise<void> {
  if (!existsSync(to)) {
    await Deno.mkdir(dirname(to), { recursive: true });
    return await Deno.rename(from, to);
  }
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await merge(join(from, name), join(to, name));
    else await Deno.rename(join(from, name), join(to, name));
  }
}
