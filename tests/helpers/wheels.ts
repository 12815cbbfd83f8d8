/** A folder of small wheels that pip takes for PyTorch's and NVIDIA's. */
import { join } from "../../src/files/paths.ts";
import { zip, type ZipEntry } from "./zip.ts";

/** What a wheel holds. */
export interface Wheel {
  readonly files: Record<string, string>;
  /** Further lines of its METADATA. */
  readonly metadata?: string;
  /** A file of it whose checksum is wrong. */
  readonly damaged?: string;
}

/** Writes `<name>-<version>-py3-none-any.whl` into `folder` (PyPA's binary distribution format). */
export async function writeWheel(
  folder: string,
  name: string,
  version: string,
  { files, metadata = "", damaged }: Wheel,
): Promise<void> {
  const info = `${name}-${version}.dist-info`;
  const all = {
    ...files,
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${
      name.replaceAll("_", "-")
    }\nVersion: ${version}\n${metadata}`,
    [`${info}/WHEEL`]:
      "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    [`${info}/RECORD`]: "",
  };
  const entries: ZipEntry[] = Object.entries(all).map(([file, data]) => ({
    name: file,
    data,
    ...(file === damaged ? { statedCrc: 1 } : {}),
  }));
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeFile(join(folder, `${name}-${version}-py3-none-any.whl`), zip(entries));
}

const forCuda = 'Requires-Dist: cuda-toolkit[cudart,cupti]==13.0.3; platform_system == "Linux"\n';

/** The files of a torch wheel, by what becomes of them on a Linux machine without a GPU. */
export const torchFiles: Readonly<Record<"needed" | "others", Record<string, string>>> = {
  needed: {
    "torch/version.py": "__version__ = '2.13.0+cu130'\n",
    "torch/include/ATen/ATen.h": "",
    "torch/include/c10/core/Device.h": "",
    "torch/include/torch/csrc/distributed/c10d/Store.hpp": "",
    "torch/include/torch/headeronly/version.h": "",
    "torch/lib/libc10.so": "c10",
    "torch/lib/libgomp.so.1": "gomp",
    "torch/lib/libtorch_cpu.so": "cpu",
  },
  others: {
    "torch/__init__.py": "",
    "torch/include/dnnl.h": "",
    "torch/lib/libc10_cuda.so": "",
    "torch/lib/libshm.so": "",
    "torch/lib/libtorch_cuda.so": "cuda",
    "torch/lib/libtorch_cuda_linalg.so": "",
    "torch/lib/libtorch_nvshmem.so": "",
    "torch/lib/libtorch_python.so": "python",
    "torch/nn/functional.py": "",
  },
};

/** Writes torch 2.13.0, with what else it needs where it is for CUDA. */
export async function writeTorch(
  folder: string,
  { cuda, damaged }: { cuda: boolean; damaged?: string },
): Promise<void> {
  await writeWheel(folder, "torch", "2.13.0", {
    files: { ...torchFiles.needed, ...torchFiles.others },
    metadata: cuda ? forCuda : "",
    damaged,
  });
  if (cuda) await writeRuntime(folder);
}

/** Writes CUDA 13.0's runtime, and newer ones, which do not go with it. */
async function writeRuntime(folder: string): Promise<void> {
  await writeWheel(folder, "cuda_toolkit", "13.0.3", {
    files: {},
    metadata: ["cudart", "cupti"].map((extra) =>
      `Provides-Extra: ${extra}\nRequires-Dist: nvidia-cuda-${
        extra === "cudart" ? "runtime" : extra
      }==13.0.*; extra == '${extra}'\n`
    ).join(""),
  });
  for (const version of ["13.0.96", "13.1.80"]) {
    await writeWheel(folder, "nvidia_cuda_runtime", version, {
      files: { "nvidia/cu13/lib/libcudart.so.13": version, "nvidia/cu13/include/cuda.h": "" },
    });
    await writeWheel(folder, "nvidia_cuda_cupti", version, {
      files: { "nvidia/cu13/lib/libcupti.so.13": version, "nvidia/cu13/lib/libnvperf.so": "" },
    });
  }
}
