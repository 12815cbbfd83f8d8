/** torchrun of the PyTorch that the benchmark pins, where it is in the cache. Says once why it is not. */
import { cacheFolder } from "../../src/files/cache.ts";
import { existsSync } from "../../src/files/exists.ts";
import { join } from "../../src/files/paths.ts";
import { findProgram } from "../../src/native/platform.ts";

const packages = join(cacheFolder(), "pytorch-packages");
const python = findProgram("python3");
const isThere = python !== null && existsSync(join(packages, "installed.txt"));

/** For `Deno.test`: ignored where there is no torchrun. */
export const withTorchrun = { ignore: !isThere } as const;

if (!isThere) {
  console.log(
    `Tests under torchrun are left out: ${
      python === null ? "there is no python3" : `there is no PyTorch in ${packages}`
    }; \`deno task bench --items step\` installs it`,
  );
}

/** What torchrun is called with. */
export interface TorchrunOptions {
  /** Its options, such as --max-restarts. */
  readonly options?: readonly string[];
  /** What each process runs. */
  readonly command: readonly string[];
  readonly env?: Record<string, string>;
}

/** Starts two processes of a command by torchrun, on this machine. */
export function startTorchrun(
  { options = [], command, env = {} }: TorchrunOptions,
): Deno.ChildProcess {
  return new Deno.Command(python!, {
    args: [
      ...["-m", "torch.distributed.run", "--standalone", "--no-python", "--nproc-per-node", "2"],
      ...options,
      ...command,
    ],
    env: { PYTHONPATH: packages, NO_COLOR: "1", CUDA_VISIBLE_DEVICES: "", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}
