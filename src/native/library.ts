/** The opened shim: one per process, for as long as the process lives. */
import { CsnError, messageOf } from "../base/errors.ts";
import type { NativeParts } from "./setup.ts";
import { holdShim } from "./shims_kept.ts";
import { openSymbols, type Symbols } from "./symbols.ts";
import { chooseThreads, type Processors, type ThreadCount } from "./thread_count.ts";
import { withSpinCount } from "./waiting_threads.ts";

/** CSN_ABI_VERSION of native/include/csn.h that this code was written for. */
const abiVersion = 8;

/** What the opened libtorch reports about itself. */
export interface LibraryDescription {
  /** Version of libtorch, such as "2.13.0". */
  readonly libtorch: string;
  /** Instruction set of the kernels that libtorch chose, such as "AVX512". */
  readonly capability: string;
  /**
   * Features of the processor that decide how fast networks run: "avx2", "avx512f", "avx512_bf16".
   */
  readonly processor: readonly string[];
  /** Threads that one operator may use. */
  readonly threads: number;
  /** CUDA devices found; when none, the reason. */
  readonly cuda: { readonly devices: number; readonly reason: string };
}

/** How many threads one operator may use, and why. */
let threadCount: ThreadCount;

let opened: { symbols: Symbols; parts: NativeParts } | null = null;

/**
 * Opens the shim that `setUp()` found or built; a second call does nothing. Its threads are a share
 * of the machine's where several `processes` compute together on it. Throws a CsnError when it
 * cannot be loaded or was built for another libtorch or another version of csn.
 */
export function openLibrary(parts: NativeParts, processes?: number): void {
  if (opened !== null) return;
  const symbols = load(parts);
  check(symbols, parts);
  const errors = errorBuffer();
  if (symbols.csn_init(cString(parts.libtorchFolder), errors, errors.length) !== 0) {
    throw new CsnError(
      `Cannot start libtorch ${parts.libtorchVersion} at ${parts.libtorchFolder}: ${
        errorText(errors)
      }; ` +
        "run `start({ rebuild: true })`",
    );
  }
  opened = { symbols, parts };
  holdShim(parts.shimPath);
  const variable = (name: string) => Deno.env.get(name);
  threadCount = chooseThreads(threads(), readProcessors(), variable, processes);
  if (threadCount.threads !== threads()) useThreads(threadCount.threads);
}

/** The functions of the shim. Throws a CsnError when `openLibrary` was not called. */
export function native(): Symbols {
  if (opened === null) {
    throw new CsnError("libtorch is not loaded: call `await start()` of csn first");
  }
  return opened.symbols;
}

/** Whether the shim is open, so that libtorch can compute. */
export function isLibraryOpen(): boolean {
  return opened !== null;
}

/** Which libtorch and shim are open. */
export function openedParts(): NativeParts {
  native();
  return opened!.parts;
}

/** What the opened libtorch reports about itself. */
export function describeLibrary(): LibraryDescription {
  const text = new Uint8Array(4096);
  checked((err, cap) => native().csn_describe(text, text.length, err, cap) === 0);
  return JSON.parse(errorText(text));
}

/** Whether bfloat16 is faster than float32 on this processor; AMX comes with these instructions. */
export function hasFastBf16({ processor }: Pick<LibraryDescription, "processor">): boolean {
  return processor.includes("avx512_bf16");
}

/** Sets how many threads one operator may use. */
export function setThreads(threads: number): void {
  useThreads(threads);
  threadCount = { threads, from: "as was asked for" };
}

function useThreads(threads: number): void {
  checked((err, cap) => native().csn_set_threads(threads, err, cap) === 0);
}

/** Where the number of threads was taken from, for people. */
export function threadsFrom(): string {
  native();
  return threadCount.from;
}

/** What of the machine this process may use; below the folder `root` as below `/` (for tests). */
export function readProcessors(root = ""): Processors {
  const text = new Uint8Array(16_384);
  if (native().csn_processors(cString(root), text, text.length) !== 0) {
    throw new CsnError("Cannot ask for the processors: the name of a control group is too long");
  }
  return JSON.parse(errorText(text));
}

/** How many threads one operator may use. */
export function threads(): number {
  return native().csn_threads();
}

/** Tensors that are alive in this process. */
export function liveTensors(): number {
  return native().csn_live_tensors();
}

/** Bytes that libtorch holds on the CPU, what autograd graphs keep alive included. */
export function liveBytes(): number {
  return native().csn_live_bytes();
}

/**
 * Free and total bytes of a CUDA device's memory. Throws a CsnError where there is no such device.
 */
export function cudaMemory(device: string): { readonly free: number; readonly total: number } {
  const bytes = new Float64Array(2);
  checked((err, cap) => native().csn_cuda_memory(cString(device), bytes, err, cap) === 0);
  return { free: bytes[0], total: bytes[1] };
}

/**
 * Leaves the process at once with `code`. `Deno.exit` crashes while a native call runs; this does
 * not. Before the library is open it is `Deno.exit`.
 */
export function exitNow(code: number): never {
  if (opened !== null) opened.symbols.csn_exit(code);
  Deno.exit(code);
}

/** A fresh buffer for the message of one call. */
export function errorBuffer(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(2048);
}

const decoder = new TextDecoder();

/** The text in a zero-terminated buffer. */
export function errorText(buffer: Uint8Array): string {
  const end = buffer.indexOf(0);
  return decoder.decode(buffer.subarray(0, end === -1 ? buffer.length : end));
}

const encoder = new TextEncoder();

/** A zero-terminated copy of `text`. Throws a CsnError when that would cut it off. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  if (text.includes("\0")) {
    throw new CsnError(
      `Cannot pass ${JSON.stringify(text)} to libtorch: it holds a zero character`,
    );
  }
  return encoder.encode(text + "\0");
}

/** Zero-terminated copies of `texts`, one after the other. */
export function cStrings(texts: readonly string[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(texts.flatMap((text) => [...cString(text)]));
}

const sharedErrors = errorBuffer();

/**
 * Runs a synchronous native call; throws a CsnError with its message when `succeeded` says false.
 */
export function checked(succeeded: (err: Uint8Array<ArrayBuffer>, cap: number) => boolean): void {
  if (!succeeded(sharedErrors, sharedErrors.length)) throw new CsnError(errorText(sharedErrors));
}

/** The nonblocking call that was asked for last. */
let last: Promise<unknown> = Promise.resolve();

/**
 * What waiting and running calls work on. It is kept here because nothing else keeps it: the
 * collector takes what a function no longer needs, and would free a tensor or a buffer while the
 * executor reads it.
 */
const inUse = new Set<readonly unknown[]>();

/**
 * Runs a nonblocking native call after those that were asked for before: they keep their order, and
 * Deno's own file reading is not starved by waiting calls. `run` gets the call's own error buffer;
 * `uses` are the tensors and buffers it works on, which are kept alive until it has ended. Rejects
 * with a CsnError with its message when `failed` says that the result means failure.
 */
export function enqueue<Result>(
  run: (err: Uint8Array<ArrayBuffer>, cap: number) => Promise<Result>,
  failed: (result: Result) => boolean,
  uses: readonly unknown[],
): Promise<Result> {
  const before = last;
  const errors = errorBuffer();
  const kept = [run, uses, errors];
  inUse.add(kept);
  const result = (async () => {
    try {
      await before;
      const found = await run(errors, errors.length);
      if (failed(found)) throw new CsnError(errorText(errors));
      return found;
    } finally {
      inUse.delete(kept);
    }
  })();
  // A call that fails must not stop those behind it.
  last = result.catch(() => {});
  return result;
}

function load(parts: NativeParts): Symbols {
  try {
    return withSpinCount(() => openSymbols(parts.shimPath));
  } catch (error) {
    throw new CsnError(
      `Cannot load the shim ${parts.shimPath}: ${
        messageOf(error)
      }; a library that it needs may be ` +
        "missing; run `examine()`, then `start({ rebuild: true })`",
      { cause: error },
    );
  }
}

function check(symbols: Symbols, parts: NativeParts): void {
  const found = symbols.csn_abi_version();
  if (found !== abiVersion) {
    throw new CsnError(
      `Cannot use the shim ${parts.shimPath}: its interface is version ${found}, this csn needs ` +
        `${abiVersion}; run \`start({ rebuild: true })\``,
    );
  }
  const text = new Uint8Array(64);
  symbols.csn_built_for(text, text.length);
  const builtFor = errorText(text);
  if (builtFor !== plainVersion(parts.libtorchVersion)) {
    throw new CsnError(
      `Cannot use the shim ${parts.shimPath}: it was built for libtorch ${builtFor}, found libtorch ` +
        `${parts.libtorchVersion} at ${parts.libtorchFolder}; run \`start({ rebuild: true })\``,
    );
  }
}

/** "2.13.0" of "2.13.0+cpu". */
function plainVersion(version: string): string {
  return version.replace(/[+a-z].*$/, "");
}
