import { type CsnError, UsageError } from "../base/errors.ts";
import { cString, enqueue, native } from "../native/library.ts";
import { backward } from "../tensor/backward.ts";
import { Tensor } from "../tensor/tensor.ts";
import { collectiveError, type MissingRank, openError } from "./group_error.ts";
import type { Place } from "./place.ts";

/** How a process group is opened. */
export interface ProcessGroupOptions {
  /** Where this process computes: "cpu", or a CUDA device of its own, such as "cuda:1". */
  readonly device: string;
  /** Seconds that meeting the others, and each collective, may take. */
  readonly timeoutSeconds: number;
  /** Opens libtorch's group for one process, too, which then computes the same by it; for tests. */
  readonly evenAlone?: boolean;
  /** Bytes of gradients that are sent together; for measurements. @default {4 MB} */
  readonly bucketBytes?: number;
}

/** How gradients are summed. */
export interface SummedBackwardOptions {
  /** What this rank's gradients count: its part of the whole batch. */
  readonly share: number;
  /** Summed along, as exactly as the parameters' dtype holds them; as many on every rank. */
  readonly numbers?: readonly number[];
}

/**
 * Bytes of gradients that are sent together: the first are under way while the others are computed.
 */
const usualBucketBytes = 4 << 20;

/** Seconds within which ranks that are well notice that a collective failed elsewhere. */
const noticeSeconds = 5;

/** Seconds that processes wait for one another at most: a week. */
export const longestTimeout = 7 * 24 * 3600;

/** Bytes of a text that ranks tell one another; what is longer is cut. */
const toldBytes = 4096;

/** Under which a rank says why it leaves. */
const lastWords = (rank: number) => `last words/${rank}`;

/**
 * The processes that compute together, as one of them sees them: libtorch's own engine (c10d) with
 * Gloo on the processor and NCCL on CUDA devices. Every rank calls the same functions in the same
 * order; each resolves when all ranks have called it. One process alone is a group, too, and
 * computes as without it.
 *
 * A rank that ends or hangs makes the others throw a CsnError that names it, at the latest after the
 * time limit; the group cannot be used afterwards.
 *
 * @example A program that any launcher may start in several processes, or alone
 * ```ts
 * import { start } from "@csn/csn";
 * import { ProcessGroup, readPlace, train } from "@csn/csn/train";
 *
 * await start();
 * // Null where no launcher has started this process.
 * const place = readPlace((name) => Deno.env.get(name));
 * await using group = place === null
 *   ? undefined
 *   : await ProcessGroup.open(place, { device: "cpu", timeoutSeconds: 600 });
 * await train({ data: "data/mine", out: "runs/shared", epochs: 1, imageSize: 16, group });
 * if ((group?.place.rank ?? 0) === 0) console.log("runs/shared holds the model");
 * ```
 */
export class ProcessGroup implements AsyncDisposable {
  /** Which of the processes this one is. */
  readonly place: Place;
  /** Seconds that meeting the others, and each collective, may take. */
  readonly timeoutSeconds: number;
  /** Whether there is nobody to compute with. */
  readonly #isAlone: boolean;
  readonly #bucketBytes: number;
  /** What one process alone tells itself, and counts. */
  readonly #own = new Map<string, string>();
  #failure: CsnError | null = null;

  private constructor(
    place: Place,
    { timeoutSeconds, evenAlone = false, bucketBytes = usualBucketBytes }: ProcessGroupOptions,
  ) {
    this.place = place;
    this.timeoutSeconds = timeoutSeconds;
    this.#isAlone = place.world === 1 && !evenAlone;
    this.#bucketBytes = bucketBytes;
  }

  /**
   * Meets the other processes; `start()` must have been called, and a process has one group at a
   * time. Throws a CsnError that names those that do not come, and a UsageError for a time limit of
   * less than a millisecond or more than a week.
   */
  static async open(place: Place, options: ProcessGroupOptions): Promise<ProcessGroup> {
    checkTimeout(options.timeoutSeconds);
    const group = new ProcessGroup(place, options);
    if (group.#isAlone) return group;
    const { store, rank, world, localWorld, round } = place;
    const text = store.kind === "file" ? `file:${store.path}` : `tcp:${store.port}:${store.host}`;
    const serve = store.kind === "tcp" && store.serve ? 1 : 0;
    const names = [cString(text), cString(`csn/${round}`), cString(options.device)] as const;
    try {
      await enqueue(
        (err, cap) =>
          native().csn_group_open(
            ...[names[0], serve, names[1], rank, world, localWorld === world ? 1 : 0] as const,
            ...[names[2], options.timeoutSeconds, err, cap] as const,
          ),
        (status) => status !== 0,
        names,
      );
    } catch (error) {
      throw openError(place, options.timeoutSeconds, error);
    }
    return group;
  }

  /** Gives all ranks rank 0's elements of tensors, in place; shapes and strides are equal. */
  async broadcast(tensors: readonly Tensor[]): Promise<void> {
    if (this.#isAlone) return;
    const handles = handlesOf(tensors);
    await this.#together(
      (err, cap) => native().csn_group_broadcast(handles, handles.length, err, cap),
      (status) => status !== 0,
      [...tensors, handles],
    );
  }

  /**
   * The rows of every rank's tensor [n, ...] as one tensor, in the order of the ranks. Their n may
   * differ and be 0; dtype and other sizes are equal.
   */
  async gatherRows(rows: Tensor): Promise<Tensor> {
    // Its own tensor also where nothing is gathered: the caller disposes of both.
    if (this.#isAlone) return Tensor.from(await rows.dataAsync(), rows);
    const handle = await this.#together(
      (err, cap) => native().csn_group_gather(rows.handle, err, cap),
      (found) => found === 0,
      [rows],
    );
    return new Tensor(handle);
  }

  /** Every rank's text, by rank. */
  async gatherTexts(text: string): Promise<string[]> {
    const bytes = new TextEncoder().encode(text);
    using length = Tensor.from([bytes.length], { dtype: "int32" });
    using mine = Tensor.from(bytes);
    using lengths = await this.gatherRows(length);
    using all = await this.gatherRows(mine);
    const data = await all.dataAsync() as Uint8Array;
    let at = 0;
    return lengths.toArray().map((count) =>
      new TextDecoder().decode(data.subarray(at, at += Number(count)))
    );
  }

  /** Each number's sum over the ranks. */
  async sum(numbers: readonly number[]): Promise<Float64Array> {
    const sums = Float64Array.from(numbers);
    if (this.#isAlone || sums.length === 0) return sums;
    await this.#together(
      (err, cap) => native().csn_group_sum(sums, sums.length, err, cap),
      (status) => status !== 0,
      [sums],
    );
    return sums;
  }

  /**
   * As `backward(loss)`, and the gradients of `parameters` become the sums over the ranks of each
   * rank's gradients times its `share`. Returns the sums of `numbers`.
   */
  async backward(
    loss: Tensor,
    parameters: Iterable<Tensor>,
    { share, numbers = [] }: SummedBackwardOptions,
  ): Promise<Float64Array> {
    const sums = Float64Array.from(numbers);
    if (this.#isAlone) {
      await backward(loss);
      return sums;
    }
    const all = [...parameters];
    const handles = handlesOf(all);
    await this.#together(
      (err, cap) =>
        native().csn_group_backward(
          ...[loss.handle, handles, handles.length, share, this.#bucketBytes] as const,
          ...[sums, sums.length, err, cap] as const,
        ),
      (status) => status !== 0,
      [loss, ...all, handles, sums],
    );
    return sums;
  }

  /** Waits for all ranks. */
  async barrier(): Promise<void> {
    await this.sum([0]);
  }

  /**
   * Tells the other ranks a text under a key, in place of what was told there before. The process
   * that serves the store may take `seconds` to answer, by default the time limit.
   */
  async tell(
    key: string,
    text: string,
    { seconds = this.timeoutSeconds }: { readonly seconds?: number } = {},
  ): Promise<void> {
    if (this.#isAlone) return void this.#own.set(key, text);
    const names = [cString(key), cString(text)] as const;
    await this.#unasked(
      (err, cap) => native().csn_group_tell(...names, seconds, err, cap),
      (status) => status !== 0,
      names,
    );
  }

  /** What any rank told last under a key, at most 4 kB of it; null where nothing was told. */
  async told(
    key: string,
    { seconds = this.timeoutSeconds }: { readonly seconds?: number } = {},
  ): Promise<string | null> {
    if (this.#isAlone) return this.#own.get(key) ?? null;
    const name = cString(key);
    const text = new Uint8Array(toldBytes);
    const length = await this.#unasked(
      (err, cap) => native().csn_group_told(name, text, text.length, seconds, err, cap),
      (found) => found < -1,
      [name, text],
    );
    return length < 0 ? null : new TextDecoder().decode(text.subarray(0, length));
  }

  /**
   * Adds 1 to a number that all ranks share, 0 at first, and returns what it was: every call, at
   * any rank, gets another one.
   */
  async count(key: string): Promise<number> {
    if (this.#isAlone) {
      const was = Number(this.#own.get(key) ?? 0);
      this.#own.set(key, String(was + 1));
      return was;
    }
    const name = cString(key);
    return await this.#unasked(
      (err, cap) => native().csn_group_count(name, 1, this.timeoutSeconds, err, cap),
      Number.isNaN,
      [name],
    ) - 1;
  }

  /**
   * Says to the others why this rank leaves, which the errors by which they notice it repeat. What
   * cannot be said is not an error.
   */
  async sayLastWords(text: string): Promise<void> {
    await this.tell(lastWords(this.place.rank), text, { seconds: noticeSeconds }).catch(() => {});
  }

  /** Leaves the group. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isAlone) return;
    await enqueue(
      (err, cap) => native().csn_group_close(err, cap),
      (status) => status !== 0,
      [],
    );
  }

  async #together<Result>(
    run: (err: Uint8Array<ArrayBuffer>, cap: number) => Promise<Result>,
    failed: (result: Result) => boolean,
    uses: readonly unknown[],
  ): Promise<Result> {
    if (this.#failure !== null) throw this.#failure;
    try {
      return await enqueue(run, failed, uses);
    } catch (error) {
      this.#failure ??= collectiveError(this.place, await this.#lost(), error);
      throw this.#failure;
    }
  }

  /** The ranks that said why they leave; where none did, those that are gone or hang. */
  async #lost(): Promise<MissingRank[]> {
    const failed = await this.#saidLastWords();
    const isKnown = failed === null || failed.length > 0;
    // In any case, because it closes the connections, by which others notice that this rank leaves.
    const missing = await this.#missing(isKnown ? 0 : noticeSeconds);
    return failed?.length ? failed : missing.map((rank) => ({ rank, said: null }));
  }

  /** Null where nobody answers: who serves the store is gone or hangs. */
  async #saidLastWords(): Promise<MissingRank[] | null> {
    const failed: MissingRank[] = [];
    try {
      for (let rank = 0; rank < this.place.world; rank++) {
        const said = await this.told(lastWords(rank), { seconds: noticeSeconds });
        if (said !== null) failed.push({ rank, said });
      }
      return failed;
    } catch {
      return null;
    }
  }

  /** Calls what waits for no other rank. */
  async #unasked<Result>(
    run: (err: Uint8Array<ArrayBuffer>, cap: number) => Promise<Result>,
    failed: (result: Result) => boolean,
    uses: readonly unknown[],
  ): Promise<Result> {
    try {
      return await enqueue(run, failed, uses);
    } catch (error) {
      throw this.#failure ?? collectiveError(this.place, [], error);
    }
  }

  /** The ranks that do not say within so many seconds that they noticed the failure. */
  async #missing(seconds: number): Promise<number[]> {
    const ranks = new Uint32Array(this.place.world);
    const count = await enqueue(
      (err, cap) => native().csn_group_missing(seconds, ranks, ranks.length, err, cap),
      (found) => found < 0,
      [ranks],
      // The store ends with the rank that holds it.
    ).catch(() => 0);
    return [...ranks.subarray(0, count)];
  }
}

/** Libtorch takes less than a millisecond for no limit, and its clock overflows by centuries. */
function checkTimeout(seconds: number): void {
  if (seconds >= 1e-3 && seconds <= longestTimeout) return;
  throw new UsageError(
    `Cannot join the other processes: \`timeoutSeconds\` is ${seconds}; it must be a number from ` +
      `0.001 to ${longestTimeout}, a week`,
  );
}

function handlesOf(tensors: readonly Tensor[]): Float64Array<ArrayBuffer> {
  return Float64Array.from(tensors, ({ handle }) => handle);
}
