/*
 * csn.h: the contract between csn's TypeScript and libtorch. Pure C.
 *
 * Tensors are handles (csn_tensor); 0 is the undefined tensor, or failure. The receiver of a handle
 * frees it with csn_free; after that it is refused, because no other tensor ever gets it. Every
 * function that can fail takes `err, err_cap` last, writes a zero-terminated UTF-8 message there and
 * returns 0 (handles) or -1 (statuses and counts).
 *
 * Functions marked [executor] run on one thread that the library owns and wait for it; they are meant
 * to be called from a thread other than the event loop's (Deno: nonblocking). All others run where they
 * are called and are meant for small work. Grad mode is an argument of each call, never a setting.
 */
#ifndef CSN_H
#define CSN_H

#include <stdint.h>

#if defined(__GNUC__)
#define CSN_API __attribute__((visibility("default")))
#else
#define CSN_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Raised whenever a signature or a meaning in this file changes. */
#define CSN_ABI_VERSION 8

/* A tensor's number: whole and below 2^53 (slot and generation), so that a double holds it and JavaScript
 * needs no bigint. */
typedef double csn_tensor;

/* --- The library --------------------------------------------------------------------------- */

CSN_API uint32_t csn_abi_version(void);

/* Version of libtorch whose headers this library was compiled with, such as "2.13.0". Writes at most
 * `cap` bytes with the terminator; 0, or -1 when it does not fit. */
CSN_API int32_t csn_built_for(char *out, uint32_t cap);

/* Opens libtorch_cuda in `libtorch_folder`/lib when it is there, starts the executor and the counting
 * of bytes. Must be the first call; a second one does nothing. */
CSN_API int32_t csn_init(const char *libtorch_folder, char *err, uint32_t err_cap);

/* A JSON object: libtorch, capability (of its kernels), processor (features), threads, cuda {devices,
 * reason}. */
CSN_API int32_t csn_describe(char *out, uint32_t cap, char *err, uint32_t err_cap);

/* Threads that one operator may use on the executor; the calling thread always uses one. */
CSN_API int32_t csn_set_threads(uint32_t threads, char *err, uint32_t err_cap);
CSN_API uint32_t csn_threads(void);

/* What of the machine this process may use, as a JSON object: processors (of the machine), allowed (by the
 * calling thread's affinity; 0: unknown), quota (the least of its control groups on Linux, in processors; 0:
 * none), group (which has it). /proc and what it names are looked for below the folder `root`; "" is the
 * machine. 0, or -1 when `out` is too small. */
CSN_API int32_t csn_processors(const char *root, char *out, uint32_t cap);

/* Tensors whose handle is not freed, and bytes that libtorch holds on the CPU, autograd graphs too. */
CSN_API uint32_t csn_live_tensors(void);
CSN_API double csn_live_bytes(void);

/* Writes free and total bytes of a device's memory, such as "cuda:0", into out[0] and out[1]. */
CSN_API int32_t csn_cuda_memory(const char *device, double *out, char *err, uint32_t err_cap);

/* Leaves the process at once with `code`; the one clean way out while the executor works. */
CSN_API void csn_exit(int32_t code);

/* --- Tensors ------------------------------------------------------------------------------- */

/* dtypes are libtorch's c10::ScalarType numbers. */

/* A CPU tensor of shape `sizes` that owns a copy of the `bytes` bytes at `data`. */
CSN_API csn_tensor csn_from_buffer(const void *data, double bytes, int32_t dtype, const int64_t *sizes,
                                   uint32_t dims, char *err, uint32_t err_cap);

/* Copies the elements in C order into `out`, which must have exactly their size in bytes. */
CSN_API int32_t csn_read(csn_tensor tensor, void *out, double bytes, char *err, uint32_t err_cap);

/* The same on the executor: waits for whatever computes the tensor. [executor] */
CSN_API int32_t csn_read_async(csn_tensor tensor, void *out, double bytes, char *err, uint32_t err_cap);

/* Writes dtype, requires_grad, device type, device index, dims, sizes..., strides...; returns how many
 * numbers that is, -1 on failure. */
CSN_API int32_t csn_info(csn_tensor tensor, int64_t *out, uint32_t cap, char *err, uint32_t err_cap);

/* Frees a handle; the memory goes when nothing else (autograd, a view, a backbone) needs it. */
CSN_API int32_t csn_free(csn_tensor tensor, char *err, uint32_t err_cap);

/* Marks a leaf as a parameter, or no longer one. */
CSN_API int32_t csn_set_requires_grad(csn_tensor tensor, uint8_t requires_grad, char *err,
                                      uint32_t err_cap);

/* Writes a new handle of the tensor's gradient into `out`, 0 when it has none. */
CSN_API int32_t csn_grad(csn_tensor tensor, csn_tensor *out, char *err, uint32_t err_cap);

/* Drops the gradients of `count` tensors. */
CSN_API int32_t csn_clear_grads(const csn_tensor *tensors, uint32_t count, char *err, uint32_t err_cap);

/* For tests: every slot that is free goes on as if it had been used `generation` times, so that the end
 * of a slot's life can be seen without thousands of millions of tensors. Returns how many uses a slot has. */
CSN_API uint32_t csn_age_free_slots(uint32_t generation);

/* --- Operators ----------------------------------------------------------------------------- */

/* Number of the operator with a dispatcher name such as "aten::max.dim"; 0 when there is none. */
CSN_API uint32_t csn_operator(const char *name, char *err, uint32_t err_cap);

/* Calls an operator. `args` holds its arguments in the order of its schema, each a tag byte and, little
 * endian and unaligned:
 *   0 none | 1 default of the schema | 2 tensor f64 | 3 int i64 | 4 double f64 | 5 bool u8 |
 *   6 string u32 length, bytes | 7 tensors u32 count, f64... | 8 ints u32 count, i64... |
 *   9 doubles u32 count, f64... | 10 bools u32 count, u8...
 * Strings also name dtypes ("float32"), devices ("cuda:0"), layouts and memory formats. Arguments that
 * are left out at the end take their defaults. Results go to `results` as new handles, numbers and bools
 * as 0-dimensional tensors, lists one after the other; returns their count, -1 on failure.
 * Whatever the schema says is written has a higher version afterwards, also where the operator itself does
 * not raise it. */
CSN_API int32_t csn_call(uint32_t op, const uint8_t *args, uint32_t args_bytes, uint8_t grad,
                         csn_tensor *results, uint32_t results_cap, char *err, uint32_t err_cap);

/* The same on the executor. [executor] */
CSN_API int32_t csn_call_async(uint32_t op, const uint8_t *args, uint32_t args_bytes, uint8_t grad,
                               csn_tensor *results, uint32_t results_cap, char *err, uint32_t err_cap);

/* --- Network ------------------------------------------------------------------------------- */

/* A ResNet-18 without its fourth stage over `count` named tensors (torchvision's names and fc_embed),
 * which it shares, not copies. `names`: zero-terminated, one after the other. Returns its number, 0 on
 * failure. */
CSN_API uint32_t csn_backbone_new(const char *names, const csn_tensor *tensors, uint32_t count, char *err,
                                  uint32_t err_cap);
CSN_API int32_t csn_backbone_free(uint32_t backbone, char *err, uint32_t err_cap);

/* Embeds images [B, 3, H, W] to a new tensor [B, D] of their dtype. train: batch statistics are used,
 * running ones updated; each of `groups` equal parts of the batch has statistics of its own, as if they were
 * embedded one after the other. bf16: convolutions and the linear layer compute in bfloat16
 * (autocast), on CUDA what is left in float32 may use TF32. With neither train nor grad, float32 on
 * the CPU, batch norm is folded into the convolutions; the folded copy is made again when a tensor
 * has changed in place. [executor] */
CSN_API csn_tensor csn_backbone_forward(uint32_t backbone, csn_tensor images, uint32_t groups, uint8_t train,
                                        uint8_t grad, uint8_t bf16, char *err, uint32_t err_cap);

/* Rows `indices` of a uint8 pack [N, H, W, 3] as normalised images [n, 3, H, W] in channels-last order,
 * on `device` and of dtype `dtype`: (value / 255 - mean) / std, mirrored where `flips` is 1 (may be
 * NULL). mean and std: 3 numbers each. From a pack on the CPU they reach a CUDA device through pinned memory,
 * while it computes. [executor] */
CSN_API csn_tensor csn_gather_images(csn_tensor pack, const int64_t *indices, const uint8_t *flips,
                                     uint32_t count, const double *mean, const double *std,
                                     const char *device, int32_t dtype, char *err, uint32_t err_cap);

/* --- Search -------------------------------------------------------------------------------- */

/* The k rows of a matrix [count, dimension] with the least scores of each query, best first, equal ones by
 * position, what is not a number last. A score is the sum over the terms of factors[t] times the sum over the
 * dimensions whose weight is not 0 of weights[t, d] * (masks[t, d] * (query[d] - row[d]) + epsilon)^2, exactly as
 * float64 gives it in this order. Rows lie in `rows`, float32 or float16 on the CPU, or, if that is 0, in
 * `memory`. `codes`, int8 of the same shape, and `scales`, float32 [dimension], may be 0; each number of a row
 * must be within half a scale of code * scale. They are read instead of `rows`, of which then only the nearest are. `keep` [count] or NULL: rows where
 * it is 0 are left out. queries: [query_count, dimension]. `scores` and `found` [query_count, k]: the scores and
 * positions. Returns how many of each k there are, the same for all queries; -1 on failure. [executor] */
CSN_API int32_t csn_scan(csn_tensor rows, csn_tensor codes, csn_tensor scales, const float *memory, double count,
                         uint32_t dimension, const uint8_t *keep, const float *queries, uint32_t query_count,
                         uint32_t terms, const double *factors, const double *weights, const double *masks,
                         double epsilon, uint32_t k, double *scores, uint32_t *found, char *err,
                         uint32_t err_cap);

/* --- Learning ------------------------------------------------------------------------------ */

/* Back-propagates a 0-dimensional loss into the gradients of the leaves it came from. [executor] */
CSN_API int32_t csn_backward(csn_tensor loss, char *err, uint32_t err_cap);

/* --- Several processes --------------------------------------------------------------------- */

/* One process group a process, of libtorch's own engine (c10d): Gloo for tensors on the CPU, NCCL for those on a
 * CUDA device. All ranks call the same functions in the same order; a call returns when all have. */

/* The address, as numbers, that this machine sends from to `host`. 0, or -1: `out` then says why. */
CSN_API int32_t csn_group_address(const char *host, char *out, uint32_t cap);

/* Meets the other ranks, at most `timeout` seconds, which is also how long each collective may take. `store`:
 * "file:<path>", a file of this machine that was not there before, or "tcp:<port>:<host>", where `serve` says that
 * this rank listens. `prefix` stands before all keys in the store. `local`: all ranks are on this machine, they
 * talk by the loopback. `device`: "cpu", or the CUDA device of this rank. The message names the ranks that did not
 * come. */
CSN_API int32_t csn_group_open(const char *store, uint8_t serve, const char *prefix, uint32_t rank, uint32_t world,
                               uint8_t local, const char *device, double timeout, char *err, uint32_t err_cap);

/* After a collective failed: leaves the group, and waits at most `seconds` for the others to do the same. Writes
 * the ranks that did not (they ended, or hang) and returns how many they are. */
CSN_API int32_t csn_group_missing(double seconds, uint32_t *ranks, uint32_t cap, char *err, uint32_t err_cap);

/* Rank 0's tensors to all, in place. [executor] */
CSN_API int32_t csn_group_broadcast(const csn_tensor *tensors, uint32_t count, char *err, uint32_t err_cap);

/* The rows of every rank's tensor, in the order of the ranks: [n of rank 0 + n of rank 1 + ..., ...]. The ranks' n
 * may differ and be 0, their other sizes not. [executor] */
CSN_API csn_tensor csn_group_gather(csn_tensor rows, char *err, uint32_t err_cap);

/* Each number's sum over the ranks, in place. [executor] */
CSN_API int32_t csn_group_sum(double *numbers, uint32_t count, char *err, uint32_t err_cap);

/* csn_backward, and the gradients of `parameters` become their sums over the ranks, each rank's times its `share`.
 * They go in buckets of about `bucket_bytes` while the others are computed; parameters that the loss does not come
 * from, on all ranks the same, are left alone. `numbers` are summed along, in the parameters' dtype. [executor] */
CSN_API int32_t csn_group_backward(csn_tensor loss, const csn_tensor *parameters, uint32_t count, double share,
                                   double bucket_bytes, double *numbers, uint32_t numbers_count, char *err,
                                   uint32_t err_cap);

/* What ranks say to one another without waiting for each other, by the store in which they met: a text under a key,
 * in place of what was told under it before. An error where the store does not answer within `seconds`: the process
 * that serves it hangs. */
CSN_API int32_t csn_group_tell(const char *key, const char *text, double seconds, char *err, uint32_t err_cap);

/* The text that was told last under a key, ended by 0, and cut where `cap`, at least 1, is too small. Returns its
 * length in bytes; -1: nothing was told; -2: an error. */
CSN_API int32_t csn_group_told(const char *key, char *out, uint32_t cap, double seconds, char *err, uint32_t err_cap);

/* Adds to a number that all ranks share, 0 at first, and returns the sum: no two calls add to the same. NaN: an
 * error. */
CSN_API double csn_group_count(const char *key, double amount, double seconds, char *err, uint32_t err_cap);

/* Leaves the group; without one, nothing. */
CSN_API int32_t csn_group_close(char *err, uint32_t err_cap);

#ifdef __cplusplus
}
#endif
#endif
