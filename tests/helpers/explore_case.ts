/** A real server of the page, of the tiny model over the valued set, on a free port. */
import { bundlePage } from "../../src/explore/bundle_page.ts";
import {
  exploreModel,
  type ExploreOptions,
  type ExploreServer,
} from "../../src/explore/explore_server.ts";
import { type Explored, openExplored } from "../../src/explore/explored.ts";
import { type ServiceCase, serviceCase } from "./service_case.ts";

/** What is explored, and the server. */
export interface ExploreCase extends AsyncDisposable {
  readonly service: ServiceCase;
  readonly explored: Explored;
  readonly server: ExploreServer;
  /** Where the server is, without a path. */
  readonly origin: string;
  /** The token of the page's address. */
  readonly token: string;
  /** Asks the server for JSON. */
  readonly get: (path: string, init?: RequestInit) => Promise<ExploreAnswer>;
  /** Sends it JSON. */
  readonly post: (path: string, body: unknown, init?: RequestInit) => Promise<ExploreAnswer>;
}

/** A status and what came with it. */
export interface ExploreAnswer {
  readonly status: number;
  // deno-lint-ignore no-explicit-any
  readonly body: any;
}

/** Writes the set and the model, opens both and serves the page. */
export async function exploreCase(options: Partial<ExploreOptions> = {}): Promise<ExploreCase> {
  const service = await serviceCase();
  const explored = await openExplored(service.model, { among: service.set });
  const server = exploreModel(explored, { page: await bundlePage(), port: 0, ...options });
  const url = new URL(server.url);
  const get = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${url.origin}${path}`, init);
    return { status: response.status, body: await response.json() };
  };
  return {
    ...{ service, explored, server, get },
    origin: url.origin,
    token: url.searchParams.get("token")!,
    post: (path, body, init = {}) =>
      get(path, {
        method: "POST",
        body: JSON.stringify(body),
        ...init,
        headers: { "content-type": "application/json", ...init.headers },
      }),
    async [Symbol.asyncDispose]() {
      await server.close();
      await service[Symbol.asyncDispose]();
    },
  };
}
