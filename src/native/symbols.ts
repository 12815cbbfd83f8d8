/** The table of native/include/csn.h, one entry a function; heavy ones are nonblocking. */
const ERR = ["buffer", "u32"] as const;
/** csn_tensor: whole numbers up to 2^53, so that bigints are not needed. */
const TENSOR = "f64";
const CALL = ["u32", "buffer", "u32", "u8", "buffer", "u32", ...ERR] as const;
const READ = [TENSOR, "buffer", "f64", ...ERR] as const;

const table = {
  csn_abi_version: { parameters: [], result: "u32" },
  csn_built_for: { parameters: ["buffer", "u32"], result: "i32" },
  csn_init: { parameters: ["buffer", ...ERR], result: "i32" },
  csn_describe: { parameters: ["buffer", "u32", ...ERR], result: "i32" },
  csn_set_threads: { parameters: ["u32", ...ERR], result: "i32" },
  csn_threads: { parameters: [], result: "u32" },
  csn_processors: { parameters: ["buffer", "buffer", "u32"], result: "i32" },
  csn_live_tensors: { parameters: [], result: "u32" },
  csn_live_bytes: { parameters: [], result: "f64" },
  csn_cuda_memory: { parameters: ["buffer", "buffer", ...ERR], result: "i32" },
  csn_exit: { parameters: ["i32"], result: "void" },
  csn_from_buffer: {
    parameters: ["buffer", "f64", "i32", "buffer", "u32", ...ERR],
    result: TENSOR,
  },
  csn_read: { parameters: READ, result: "i32" },
  csn_read_async: { parameters: READ, result: "i32", nonblocking: true },
  csn_info: { parameters: [TENSOR, "buffer", "u32", ...ERR], result: "i32" },
  csn_free: { parameters: [TENSOR, ...ERR], result: "i32" },
  csn_set_requires_grad: { parameters: [TENSOR, "u8", ...ERR], result: "i32" },
  csn_grad: { parameters: [TENSOR, "buffer", ...ERR], result: "i32" },
  csn_clear_grads: { parameters: ["buffer", "u32", ...ERR], result: "i32" },
  csn_age_free_slots: { parameters: ["u32"], result: "u32" },
  csn_operator: { parameters: ["buffer", ...ERR], result: "u32" },
  csn_call: { parameters: CALL, result: "i32" },
  csn_call_async: { parameters: CALL, result: "i32", nonblocking: true },
  csn_backbone_new: { parameters: ["buffer", "buffer", "u32", ...ERR], result: "u32" },
  csn_backbone_free: { parameters: ["u32", ...ERR], result: "i32" },
  csn_backbone_forward: {
    parameters: ["u32", TENSOR, "u32", "u8", "u8", "u8", ...ERR],
    result: TENSOR,
    nonblocking: true,
  },
  csn_gather_images: {
    parameters: [TENSOR, "buffer", "buffer", "u32", "buffer", "buffer", "buffer", "i32", ...ERR],
    result: TENSOR,
    nonblocking: true,
  },
  csn_scan: {
    parameters: [
      ...[TENSOR, TENSOR, TENSOR, "buffer", "f64", "u32", "buffer"] as const,
      ...["buffer", "u32", "u32", "buffer", "buffer", "buffer", "f64"] as const,
      ...["u32", "buffer", "buffer", ...ERR] as const,
    ],
    result: "i32",
    nonblocking: true,
  },
  csn_backward: { parameters: [TENSOR, ...ERR], result: "i32", nonblocking: true },
  csn_group_address: { parameters: ["buffer", "buffer", "u32"], result: "i32" },
  csn_group_open: {
    parameters: ["buffer", "u8", "buffer", "u32", "u32", "u8", "buffer", "f64", ...ERR],
    result: "i32",
    nonblocking: true,
  },
  csn_group_missing: {
    parameters: ["f64", "buffer", "u32", ...ERR],
    result: "i32",
    nonblocking: true,
  },
  csn_group_broadcast: { parameters: ["buffer", "u32", ...ERR], result: "i32", nonblocking: true },
  csn_group_gather: { parameters: [TENSOR, ...ERR], result: TENSOR, nonblocking: true },
  csn_group_sum: { parameters: ["buffer", "u32", ...ERR], result: "i32", nonblocking: true },
  csn_group_backward: {
    parameters: [TENSOR, "buffer", "u32", "f64", "f64", "buffer", "u32", ...ERR],
    result: "i32",
    nonblocking: true,
  },
  csn_group_tell: {
    parameters: ["buffer", "buffer", "f64", ...ERR],
    result: "i32",
    nonblocking: true,
  },
  csn_group_told: {
    parameters: ["buffer", "buffer", "u32", "f64", ...ERR],
    result: "i32",
    nonblocking: true,
  },
  csn_group_count: {
    parameters: ["buffer", "f64", "f64", ...ERR],
    result: "f64",
    nonblocking: true,
  },
  csn_group_close: { parameters: [...ERR], result: "i32", nonblocking: true },
} as const;

/** The functions of an opened shim. */
export type Symbols = Deno.DynamicLibrary<typeof table>["symbols"];

/**
 * Opens the shim at `path`. It stays open for the life of the process: closing it while it works
 * crashes.
 */
export function openSymbols(path: string): Symbols {
  return Deno.dlopen(path, table).symbols;
}
