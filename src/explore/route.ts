import type { Listener } from "../base/listener.ts";

/** What a request asks, read as far as every route needs it. */
export interface RouteRequest {
  readonly request: Request;
  /** Of the path's pattern: `/api/image/:index` gives `index`. */
  readonly params: Readonly<Record<string, string | undefined>>;
  /** After the path. */
  readonly query: URLSearchParams;
  /** The bytes of the body, within the server's limits. */
  readonly body: () => Promise<Uint8Array<ArrayBuffer>>;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** What routes need besides what is explored. */
export interface RoutesOptions {
  /** Aborted when the server ends. */
  readonly ending: AbortSignal;
  /** Receives warnings of what goes on all the same, such as a map that cannot be kept. */
  readonly listener?: Listener;
}

/** What a path answers to a method: a Response as it is, anything else as JSON. */
export interface Route {
  readonly method: "GET" | "POST";
  /** A pattern of URLPattern: `/api/image/:index`. */
  readonly path: string;
  /** Whether it changes something: then the token of the page's address is needed. */
  readonly writes?: boolean;
  readonly answer: (asked: RouteRequest) => Promise<unknown> | unknown;
}
