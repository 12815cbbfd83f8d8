/** A web server on this machine for tests of downloads: one file, served well or badly. */

/** How the server behaves; may be changed between requests. */
export interface ServedFile {
  body: Uint8Array<ArrayBuffer>;
  etag?: string | null;
  lastModified?: string;
  /** Whether it answers requests for a range. */
  ranges?: boolean;
  /** Break the connection after so many bytes of an answer, for so many answers. */
  cutAfter?: number;
  cuts?: number;
  /** Answer with this status and no file. */
  status?: number;
  /** Leave out the size. */
  chunked?: boolean;
}

/** Serves `file` under every path until it is disposed of. */
export class FileServer implements AsyncDisposable {
  readonly url: string;
  /** The requests: path, and the range that was asked for. */
  readonly requests: { path: string; range: string | null }[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(readonly file: ServedFile | ((path: string) => ServedFile)) {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {}, onError: () => new Response(null) },
      (request) => this.#answer(request),
    );
    this.url = `http://127.0.0.1:${this.#server.addr.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  #answer(request: Request): Response {
    const path = new URL(request.url).pathname;
    const range = request.headers.get("range");
    this.requests.push({ path, range });
    const file = typeof this.file === "function" ? this.file(path) : this.file;
    if (file.status !== undefined) return new Response("no file", { status: file.status });
    const headers = new Headers({ "content-type": "application/octet-stream" });
    if (file.etag) headers.set("etag", file.etag);
    if (file.lastModified) headers.set("last-modified", file.lastModified);
    const validator = file.etag ?? file.lastModified;
    const from = range !== null && file.ranges !== false &&
        request.headers.get("if-range") === validator
      ? Number(/^bytes=(\d+)-$/.exec(range)![1])
      : 0;
    if (from > 0) {
      headers.set("content-range", `bytes ${from}-${file.body.length - 1}/${file.body.length}`);
    }
    const bytes = file.body.subarray(from);
    if (!file.chunked) headers.set("content-length", String(bytes.length));
    const isCut = (file.cuts ?? 0) > 0;
    if (isCut) file.cuts!--;
    const body = file.chunked || isCut ? stream(bytes, isCut ? file.cutAfter! : null) : bytes;
    return new Response(body, { status: from > 0 ? 206 : 200, headers });
  }
}

/** The bytes in small pieces; the connection breaks after `cutAfter` of them. */
function stream(
  bytes: Uint8Array<ArrayBuffer>,
  cutAfter: number | null,
): ReadableStream<Uint8Array> {
  const piece = 1000;
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      const end = Math.min(at + piece, cutAfter ?? bytes.length, bytes.length);
      if (at < end) controller.enqueue(bytes.slice(at, end));
      else if (cutAfter === null) controller.close();
      else controller.error(new Error("cut"));
      at = end;
    },
  });
}
