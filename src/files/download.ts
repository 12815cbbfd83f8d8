import { sha256OfFile } from "./sha256.ts";
import { CsnError, messageOf } from "../base/errors.ts";
import type { Listener } from "../base/listener.ts";
import { PartFile } from "./part_file.ts";

/** How a file is downloaded, and what it must be. */
export interface DownloadOptions {
  /** What is being done, for people. @default {"Downloading <file name>"} */
  readonly what?: string;
  /** SHA-256 of the whole file, in hexadecimal. */
  readonly sha256?: string;
  /** Size of the whole file. */
  readonly bytes?: number;
  /** Refuse a file that is larger. @default {16 GiB} */
  readonly maxBytes?: number;
  /** Milliseconds without a byte after which a connection counts as cut. @default {60_000} */
  readonly stallMs?: number;
  readonly listener?: Listener;
  readonly signal?: AbortSignal;
}

/** How often a transfer that was cut after it had begun is resumed. */
const resumptions = 4;

const defaultMaxBytes = 16 * 2 ** 30;

/**
 * Downloads `url` to the file `target`, which is whole or not there: bytes are collected in
 * `<target>.part` and renamed when size and SHA-256 are right. A transfer that was cut, in this
 * call or an earlier one, goes on where it stopped when the server can do so and still has the same
 * file, and starts over otherwise.
 *
 * Throws a CsnError that says what the server or the network answered; throws the signal's reason
 * when it is aborted. Then, and when the connection broke, what was received is kept if the server
 * named this version of the file (an ETag or a date); otherwise nothing is kept.
 */
export async function download(
  url: string,
  target: string,
  options: DownloadOptions = {},
): Promise<void> {
  const attempted = `Cannot download ${url}`;
  for (let resumption = 0;; resumption++) {
    using part = await PartFile.open(target, url);
    const before = part.size;
    try {
      await transfer(url, part, attempted, options);
      await part.flush();
      break;
    } catch (error) {
      // A part that cannot be continued is of no use.
      if (!part.canGoOn) await PartFile.discard(target);
      options.signal?.throwIfAborted();
      if (!(error instanceof CutError)) throw error;
      if (part.size === before || resumption === resumptions) {
        const remedy = part.canGoOn
          ? `${part.size} bytes are kept; run the command again to go on`
          : "run the command again, which starts over: the server cannot continue in the middle";
        throw new CsnError(
          `${attempted}: the connection broke (${error.message}); ${remedy}`,
          { cause: error },
        );
      }
      options.listener?.warning?.(
        `The connection broke after ${part.size} bytes (${error.message}); ${
          part.canGoOn ? "going on from there" : "starting over"
        }`,
      );
    }
  }
  await checkSha256(target, attempted, options.sha256);
  await PartFile.land(target);
}

/** The transfer stopped before its end; what was received is kept. */
class CutError extends Error {}

/** Asks for what is missing and appends it to the part. */
async function transfer(
  url: string,
  part: PartFile,
  attempted: string,
  options: DownloadOptions,
): Promise<void> {
  const { signal, listener, maxBytes = defaultMaxBytes } = options;
  if (part.size > 0 && part.size === part.total) return;
  using stall = new Stall(options.stallMs ?? 60_000);
  const aborted = signal === undefined ? stall.signal : AbortSignal.any([signal, stall.signal]);
  const response = await ask(url, part, attempted, aborted, stall);
  const total = part.total;
  if (total !== null && options.bytes !== undefined && total !== options.bytes) {
    await response.body?.cancel();
    await part.clear();
    throw new CsnError(
      `${attempted}: the file has ${total} bytes, it should have ${options.bytes}`,
    );
  }
  const limit = Math.min(options.bytes ?? maxBytes, maxBytes);
  const what = options.what ?? `Downloading ${fileName(url)}`;
  listener?.progress?.({ what, done: part.size, total, unit: "bytes" });
  for await (const bytes of chunks(response, signal, stall)) {
    if (part.size + bytes.length > limit) {
      await part.clear();
      throw new CsnError(`${attempted}: the file is larger than the ${limit} bytes it may have`);
    }
    await part.append(bytes);
    listener?.progress?.({ what, done: part.size, total, unit: "bytes" });
  }
  const expected = total ?? options.bytes;
  if (expected !== undefined && part.size < expected) {
    throw new CutError(`${part.size} of ${expected} bytes came`);
  }
  if (total === null) {
    listener?.progress?.({ what, done: part.size, total: part.size, unit: "bytes" });
  }
}

/** Sends the request. Afterwards the part is at the place where the answer's body goes on. */
async function ask(
  url: string,
  part: PartFile,
  attempted: string,
  signal: AbortSignal,
  stall: Stall,
): Promise<Response> {
  // A compressed answer would be unpacked on the way, so that positions in it mean nothing.
  const headers = new Headers({ "accept-encoding": "identity", ...part.rangeHeaders() });
  let response: Response;
  try {
    response = await fetch(url, { headers, signal });
  } catch (error) {
    throw connectionError(url, attempted, stall.explain(error));
  }
  const goesOn = response.status === 206 && part.continuesWith(response.headers);
  if (goesOn) return response;
  if (part.size > 0) await part.clear();
  if (response.status === 200) {
    await part.begin(response.headers);
    return response;
  }
  await response.body?.cancel();
  // An answer that fits no more: the part is gone now, so the whole file is asked for.
  if ((response.status === 206 || response.status === 416) && headers.has("range")) {
    return await ask(url, part, attempted, signal, stall);
  }
  throw new CsnError(`${attempted}: the server answered ${response.status} ${meaning(response)}`);
}

/** The body's bytes; a broken connection becomes a CutError. */
async function* chunks(
  response: Response,
  signal: AbortSignal | undefined,
  stall: Stall,
): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  try {
    for (;;) {
      let read: ReadableStreamReadResult<Uint8Array>;
      try {
        read = await reader.read();
      } catch (error) {
        signal?.throwIfAborted();
        throw new CutError(deepestMessage(stall.explain(error)));
      }
      if (read.done) return;
      stall.restart();
      yield read.value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** Aborts its signal when nothing happens for too long. */
class Stall implements Disposable {
  readonly #controller = new AbortController();
  readonly #ms: number;
  #timer: ReturnType<typeof setTimeout>;

  constructor(ms: number) {
    this.#ms = ms;
    this.#timer = setTimeout(() => this.#controller.abort(), ms);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  restart(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#controller.abort(), this.#ms);
  }

  /** Says so when this is why something failed. */
  explain(error: unknown): unknown {
    return this.signal.aborted ? new Error(`nothing came for ${this.#ms / 1000} s`) : error;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}

function connectionError(url: string, attempted: string, error: unknown): CsnError {
  const found = deepestMessage(error);
  const host = URL.canParse(url) ? new URL(url).host : url;
  const because = /dns|resolve|name or service/i.test(found)
    ? `the name ${host} is not known (no network, or the host is gone)`
    : /refused|unreachable|reset|timed out|nothing came/i.test(found)
    ? `${host} does not answer (${shortened(found)})`
    : shortened(found);
  return new CsnError(`${attempted}: ${because}`, { cause: error });
}

/**
 * Of an error and its causes the message of the last one: fetch itself only says that it failed.
 */
function deepestMessage(error: unknown): string {
  return error instanceof Error && error.cause !== undefined
    ? deepestMessage(error.cause)
    : messageOf(error);
}

/** Without the address, which the reason repeats, and the name of the layer that gave it. */
function shortened(message: string): string {
  return message.replace(/^error sending request for url \([^)]*\):?\s*/, "")
    .replace(/^client error \(\w+\):\s*/, "");
}

function meaning({ status, statusText }: Response): string {
  if (status === 404 || status === 410) return "(there is no such file any more)";
  if (status === 401 || status === 403) {
    return "(the file is not public, or needs a login)";
  }
  if (status === 429) return "(too many requests; wait some minutes)";
  if (status >= 500) return "(it has a fault; wait, or try another source)";
  return statusText === "" ? "" : `(${statusText})`;
}

function fileName(url: string): string {
  return new URL(url).pathname.split("/").pop() || url;
}

async function checkSha256(target: string, attempted: string, expected?: string): Promise<void> {
  if (expected === undefined) return;
  const found = await sha256OfFile(PartFile.path(target));
  if (found === expected.toLowerCase()) return;
  await PartFile.discard(target);
  throw new CsnError(
    `${attempted}: its SHA-256 is ${found}, it should be ${expected}; the file there was changed or damaged on the way, so it was removed`,
  );
}
