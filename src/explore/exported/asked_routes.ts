import { CsnError, shown } from "../../base/errors.ts";
import type { Listener } from "../../base/listener.ts";
import { settingsOf } from "../../service/service_options.ts";
import type { Explored } from "../explored.ts";
import { routesOf } from "../explore_server.ts";
import type { Route } from "../route.ts";

/** What the server would answer, without a server. */
export class AskedRoutes implements Disposable {
  readonly #routes: readonly { readonly route: Route; readonly pattern: URLPattern }[];
  readonly #ending = new AbortController();

  /** Of what is explored. Work that questions begin stops when it is disposed of. */
  constructor(explored: Explored, listener: Listener) {
    const { signal: ending } = this.#ending;
    this.#routes = routesOf(explored, settingsOf({}), { ending, listener })
      .map((route) => ({ route, pattern: new URLPattern({ pathname: route.path }) }));
  }

  /** What a GET answers as JSON. Throws what the route throws. */
  async json<Answer>(path: string, query: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const answer = await this.#ask(path, query);
    // As a page receives it, which has no typed arrays and no -0.
    return JSON.parse(JSON.stringify(answer));
  }

  /** The bytes that a GET answers. Throws what the route throws. */
  async bytes(
    path: string,
    query: Readonly<Record<string, string>> = {},
  ): Promise<Uint8Array<ArrayBuffer>> {
    const answer = await this.#ask(path, query);
    if (answer instanceof Response) return await answer.bytes();
    throw new CsnError(`Cannot export ${shown(path)}: it does not answer with bytes`);
  }

  [Symbol.dispose](): void {
    this.#ending.abort(new Error("All was asked"));
  }

  async #ask(path: string, query: Readonly<Record<string, string>>): Promise<unknown> {
    const url = new URL(path, "http://localhost");
    url.search = new URLSearchParams(query).toString();
    const request = new Request(url);
    for (const { route, pattern } of this.#routes) {
      const match = route.method === "GET" ? pattern.exec({ pathname: path }) : null;
      if (match === null) continue;
      return await route.answer({
        request,
        params: match.pathname.groups,
        query: url.searchParams,
        body: () => Promise.resolve(new Uint8Array()),
        signal: this.#ending.signal,
      });
    }
    throw new CsnError(`Cannot export ${shown(path)}: nothing answers it`);
  }
}
