import { existsSync, seenAt } from "../files/exists.ts";
import { CsnError } from "../base/errors.ts";

/** What differs between the systems that csn is written for. */
export interface Platform {
  readonly os: "linux" | "darwin";
  /** Ending of shared libraries, with its dot. */
  readonly ending: ".so" | ".dylib";
  /** Whether csn's tests run there. */
  readonly tested: boolean;
}

/** This machine's platform. Throws a CsnError on Windows and on others that csn does not know. */
export function platform(): Platform {
  const { os, arch } = Deno.build;
  if (os === "linux") return { os, ending: ".so", tested: arch === "x86_64" };
  if (os === "darwin" && arch === "aarch64") return { os, ending: ".dylib", tested: false };
  if (os === "windows") {
    throw new CsnError(
      "csn does not run on Windows: its shim is built for Linux and macOS; use WSL 2",
    );
  }
  throw new CsnError(
    `csn does not run on ${os} ${arch}: it is written for Linux and for macOS on Apple silicon`,
  );
}

/**
 * Where Linux systems keep the NVIDIA driver's library. Deno lets nobody look into /dev or /proc.
 */
const driverFolders = [
  "/usr/lib/x86_64-linux-gnu",
  "/usr/lib/aarch64-linux-gnu",
  "/usr/lib64",
  "/usr/lib",
  "/usr/lib/wsl/lib",
  "/run/opengl-driver/lib",
  "/usr/local/nvidia/lib64",
];

/** Whether an NVIDIA driver is installed, without asking CUDA. */
export function hasNvidiaDriver(): boolean {
  return Deno.build.os === "linux" &&
    driverFolders.some((folder) => existsSync(`${folder}/libcuda.so.1`));
}

/** The first of `names` that is on PATH, as an absolute path. */
export function findProgram(...names: readonly string[]): string | null {
  for (
    const folder of (Deno.env.get("PATH") ?? "").split(":").filter((each) => each.startsWith("/"))
  ) {
    for (const name of names) if (isProgram(`${folder}/${name}`)) return `${folder}/${name}`;
  }
  return null;
}

function isProgram(path: string): boolean {
  const info = seenAt(path);
  return info !== null && info.isFile && ((info.mode ?? 0o111) & 0o111) !== 0;
}
