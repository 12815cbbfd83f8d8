/** A plain server of files on loopback, as any web host is, under a sub-path. */
import { extname, join } from "../../src/files/paths.ts";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".jpg": "image/jpeg",
  ".webp": "image/webp",
};

/** Serves a folder under `/papers/demo/`, and nothing else. */
export class StaticSite implements AsyncDisposable {
  /** The address of the folder. */
  readonly url: string;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(folder: string) {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => answer(folder, request),
    );
    this.url = `http://127.0.0.1:${this.#server.addr.port}${below}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

const below = "/papers/demo/";

async function answer(folder: string, request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (request.method !== "GET" || !pathname.startsWith(below)) {
    return new Response("not found", { status: 404 });
  }
  const path = decodeURIComponent(pathname.slice(below.length)) || "index.html";
  try {
    const bytes = await Deno.readFile(join(folder, path));
    const type = types[extname(path)] ?? "application/octet-stream";
    return new Response(bytes, { headers: { "content-type": type } });
  } catch {
    return new Response("not found", { status: 404 });
  }
}
