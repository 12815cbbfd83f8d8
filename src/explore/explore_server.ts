import { CsnError, messageOf, shown } from "../base/errors.ts";
import type { Listener } from "../base/listener.ts";
import { readBody } from "../service/read_body.ts";
import { RequestError } from "../service/request_error.ts";
import {
  answeredHosts,
  endServer,
  examineToken,
  isLoopback,
  listenAt,
  urlOf,
} from "../service/serve_model.ts";
import {
  type Answered,
  type ServiceOptions,
  type ServiceSettings,
  settingsOf,
} from "../service/service_options.ts";
import type { PageFiles } from "./bundle_page.ts";
import type { Explored } from "./explored.ts";
import { Opening } from "./opening.ts";
import { cookieHeader, examineExplorer, type Guard, safeHeaders } from "./guard.ts";
import { MeasuredLists } from "./hard_triplets.ts";
import { Labelling } from "./labelling.ts";
import { analysisRoutes } from "./routes/analysis.ts";
import { checkRoutes } from "./routes/check.ts";
import { curveRoutes } from "./routes/curves.ts";
import { embedRoutes } from "./routes/embed.ts";
import { exploredRoutes } from "./routes/explored.ts";
import { findRoutes } from "./routes/find.ts";
import { labelRoutes } from "./routes/label.ts";
import { maskRoutes } from "./routes/masks.ts";
import { ExploredPictures } from "./pictures/explored_pictures.ts";
import type { Route, RoutesOptions } from "./route.ts";
import { mapRoutes } from "./routes/maps.ts";
import { neighbourRoutes } from "./routes/neighbours.ts";
import { openingRoutes } from "./routes/opening.ts";
import { pictureRoutes } from "./routes/pictures.ts";
import { teachRoutes } from "./routes/teach.ts";
import { tripletRoutes } from "./routes/triplets.ts";
import { valueRoutes } from "./routes/values.ts";
import { Valuing } from "./valuing.ts";

/** Where and how a model is explored. */
export interface PageOptions
  extends Pick<ServiceOptions, "mostBytes" | "mostPixels" | "mostRequests" | "clock"> {
  /** The address to listen at; one that others reach needs the token to read, too. @default {"127.0.0.1"} */
  readonly host?: string;
  /** The port; 0 is any free one. @default {8008} */
  readonly port?: number;
  /** What the page's address holds. @default {a new one} */
  readonly token?: string;
  /** Receives warnings of what goes on all the same, such as a map that cannot be kept. */
  readonly listener?: Listener;
  /** Called with each request that was answered. */
  readonly onAnswered?: (request: Answered) => void;
  /** Called with what the server itself did wrong, which is answered with 500. */
  readonly onFault?: (error: unknown) => void;
}

/** As `PageOptions`, with the page. */
export interface ExploreOptions extends PageOptions {
  /** See `bundlePage`. */
  readonly page: PageFiles;
}

/** All that is answered besides the page itself. */
export function routesOf(
  explored: Explored,
  settings: ServiceSettings,
  options: RoutesOptions,
): Route[] {
  const pictures = new ExploredPictures(explored, options.listener);
  const labelling = new Labelling(explored);
  const valuing = new Valuing(explored);
  const lists = new MeasuredLists(explored);
  return [
    ...exploredRoutes(explored),
    ...neighbourRoutes(explored),
    ...findRoutes(explored),
    ...tripletRoutes(explored, lists),
    ...embedRoutes(explored, settings),
    ...labelRoutes(explored, labelling, valuing),
    ...valueRoutes(explored, valuing),
    ...teachRoutes(explored, labelling, valuing),
    ...checkRoutes(explored, lists),
    ...maskRoutes(explored),
    ...curveRoutes(explored),
    ...analysisRoutes(explored),
    ...pictureRoutes(explored, pictures),
    ...mapRoutes(explored, pictures, options),
  ];
}

/** A route and its pattern. */
interface PatternedRoute {
  readonly route: Route;
  readonly pattern: URLPattern;
}

function patterned(routes: readonly Route[]): PatternedRoute[] {
  return routes.map((route) => ({ route, pattern: new URLPattern({ pathname: route.path }) }));
}

/** A page on which a model is explored. */
export class ExploreServer implements AsyncDisposable {
  /** The page's address, with its token. */
  readonly url: string;
  readonly #guard: Guard;
  readonly #options: ExploreOptions;
  readonly #settings: ServiceSettings;
  #routes: readonly PatternedRoute[];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #ending = new AbortController();
  #inProgress = 0;

  /** Begins to listen. Throws as `exploreModel`. */
  constructor(explored: Explored | Opening, options: ExploreOptions) {
    const { host = "127.0.0.1", port = 8008, token = newToken() } = options;
    examineToken(host, token);
    this.#options = options;
    this.#settings = settingsOf(options);
    this.#guard = { hosts: answeredHosts(host), token, isOpen: !isLoopback(host) };
    const { signal: ending } = this.#ending;
    const { listener } = options;
    const routes = (open: Explored) =>
      patterned(routesOf(open, this.#settings, { ending, listener }));
    if (explored instanceof Opening) {
      this.#routes = patterned(openingRoutes(explored));
      explored.explored.then((open) => this.#routes = routes(open), () => {});
    } else this.#routes = routes(explored);
    this.#server = listenAt(host, port, (request) => this.#handle(request));
    this.url = `${urlOf(this.#server.addr)}/?token=${encodeURIComponent(token)}`;
  }

  /** Answers what is in progress, and ends. */
  async close(): Promise<void> {
    this.#ending.abort(new Error("The server ends"));
    await endServer(this.#server);
  }

  /** As `close`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #handle(request: Request): Promise<Response> {
    const began = performance.now();
    this.#inProgress++;
    let response: Response;
    try {
      response = await this.#answer(request);
    } catch (error) {
      response = this.#refusal(error, request);
    } finally {
      this.#inProgress--;
    }
    for (const [name, value] of Object.entries(safeHeaders)) response.headers.set(name, value);
    if (!response.headers.has("cache-control")) response.headers.set("cache-control", "no-store");
    const { pathname } = new URL(request.url);
    const ms = performance.now() - began;
    const { method } = request;
    this.#options.onAnswered?.({ method, path: pathname, status: response.status, ms });
    return response;
  }

  async #answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const file = this.#options.page.get(url.pathname);
    if (file !== undefined && (request.method === "GET" || request.method === "HEAD")) {
      // What is the same for everybody needs no token, but the right name.
      examineExplorer(request, { ...this.#guard, isOpen: false }, false);
      const headers = { "content-type": file.type, ...cookieHeader(request, this.#guard) };
      return new Response(file.bytes, { headers });
    }
    const { route, params } = this.#routeOf(request, url);
    examineExplorer(request, this.#guard, route.writes === true);
    const { mostRequests } = this.#settings;
    if (this.#inProgress > mostRequests) {
      throw new RequestError(
        503,
        `The server is busy with ${mostRequests} requests: ask again after a second`,
        { "retry-after": "1" },
      );
    }
    const answer = await route.answer({
      request,
      params,
      query: url.searchParams,
      body: () => readBody(request, this.#settings),
      signal: request.signal,
    });
    return answer instanceof Response ? answer : Response.json(answer);
  }

  #routeOf(request: Request, url: URL) {
    const { pathname } = url;
    const found = this.#routes.flatMap(({ route, pattern }) => {
      const match = pattern.exec({ pathname });
      return match === null ? [] : [{ route, params: match.pathname.groups }];
    });
    if (found.length === 0) {
      // Whether there is something is not for everybody either.
      examineExplorer(request, this.#guard, false);
      throw new RequestError(404, `There is nothing at ${shown(pathname)}`);
    }
    const meant = found.find(({ route }) => route.method === request.method);
    if (meant !== undefined) return meant;
    examineExplorer(request, this.#guard, false);
    const allow = found.map(({ route }) => route.method).join(", ");
    throw new RequestError(405, `${pathname} takes ${allow}, not ${request.method}`, { allow });
  }

  #refusal(error: unknown, request: Request): Response {
    if (request.signal.aborted && error === request.signal.reason) {
      // Nobody reads it.
      return new Response(null, { status: 499 });
    }
    const refusal = (status: number, message: string, headers = {}) =>
      Response.json({ error: message }, { status, headers });
    if (error instanceof RequestError) {
      return refusal(error.status, messageOf(error), error.headers);
    }
    if (error instanceof CsnError) return refusal(422, messageOf(error));
    this.#options.onFault?.(error);
    return refusal(500, "The server failed; the terminal in which it runs says why");
  }
}

/**
 * Opens a page on which a model is explored, on this machine alone unless `host` says otherwise.
 * While it is still being opened, the page shows how far that is, and goes on by itself. Throws a
 * CsnError when it cannot listen, and a UsageError for a token that is none.
 */
export function exploreModel(explored: Explored | Opening, options: ExploreOptions): ExploreServer {
  return new ExploreServer(explored, options);
}

/** Nobody guesses it. */
function newToken(): string {
  return crypto.getRandomValues(new Uint8Array(16)).toHex();
}
