import { CsnError, messageOf, UsageError } from "../base/errors.ts";
import type { Model } from "../model/model.ts";
import { machineClock } from "./clock.ts";
import type { Gallery } from "./gallery.ts";
import { ModelService } from "./model_service.ts";
import type { ServiceOptions } from "./service_options.ts";

/** Where and how a model is served. */
export interface ServeOptions extends Omit<ServiceOptions, "hosts"> {
  /** The address to listen at; one that others reach asks for a token. @default {"127.0.0.1"} */
  readonly host?: string;
  /** The port; 0 is any free one. @default {8000} */
  readonly port?: number;
}

/** A token of fewer letters could be guessed. */
const fewestLetters = 16;

/** Answers that are on their way may take so long when the service ends, in milliseconds. */
const endMs = 2000;

/** A model that is served. */
export class ServedModel implements AsyncDisposable {
  /** Where: "http://127.0.0.1:8000". */
  readonly url: string;
  /** What answers. */
  readonly service: ModelService;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  /** What `serveModel` gives. */
  constructor(service: ModelService, server: Deno.HttpServer<Deno.NetAddr>) {
    this.service = service;
    this.#server = server;
    this.url = urlOf(server.addr);
  }

  /** Answers what is in progress, refuses what comes meanwhile with 503, and ends. */
  async close(): Promise<void> {
    await this.service.drain();
    await endServer(this.#server);
  }

  /** As `close`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** Ends a server; a client that does not close its connection does not hold it for long. */
export async function endServer(server: Deno.HttpServer): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const stop = machineClock.after(endMs, resolve);
  await Promise.race([server.shutdown(), late]);
  stop();
}

/**
 * Serves a model over the images of a gallery by HTTP: see `ModelService` for what it answers. On a
 * loopback address only requests to such a name are answered (see the Host header), and browsers
 * let no page of another origin read an answer. Throws a UsageError for another address without a
 * token, and a CsnError when it cannot listen.
 *
 * @example Serve the images of a folder on a free port, ask for neighbours, and end
 * ```ts
 * import { Model, start } from "@csn/csn";
 * import { openGallery, serveModel } from "@csn/csn/service";
 *
 * await start();
 * using model = await Model.load("runs/mine/model_best");
 * await using served = serveModel(model, await openGallery(model, "photos"), { port: 0 });
 * const answer = await fetch(`${served.url}/neighbours?mix=shape,colour=0.5&k=3`, {
 *   method: "POST",
 *   headers: { "content-type": "image/png" },
 *   body: await Deno.readFile("photos/4.png"),
 * });
 * console.log((await answer.json()).hits);
 * ```
 */
export function serveModel(
  model: Model,
  gallery: Gallery,
  options: ServeOptions = {},
): ServedModel {
  const { host = "127.0.0.1", port = 8000, ...rest } = options;
  examineToken(host, rest.token);
  const hosts = answeredHosts(host);
  const service = new ModelService(model, gallery, { ...rest, hosts });
  return new ServedModel(service, listenAt(host, port, (request) => service.handle(request)));
}

/** Listens at an address. Throws a CsnError when it cannot. */
export function listenAt(
  host: string,
  port: number,
  handle: (request: Request) => Promise<Response>,
): Deno.HttpServer<Deno.NetAddr> {
  try {
    return Deno.serve({ hostname: host, port, onListen: () => {} }, handle);
  } catch (error) {
    throw new CsnError(`Cannot listen at ${host}, port ${port}: ${listenFault(error, host)}`, {
      cause: error,
    });
  }
}

/** Where a server is reached: "http://127.0.0.1:8000". */
export function urlOf({ hostname, port }: Deno.NetAddr): string {
  return `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}

/** Throws a UsageError for a host that asks for a token when there is none, and for a short one. */
export function examineToken(host: string, token: string | undefined): void {
  if (token === undefined && !isLoopback(host)) {
    throw new UsageError(
      `Cannot serve at ${host} without a token: others reach it there; pass one as \`token\`, or serve at 127.0.0.1`,
    );
  }
  if (token !== undefined && !/^[\x21-\x7e]*$/.test(token)) {
    throw new UsageError(
      "Cannot take the token: it has blanks or letters that a header cannot hold; make one of letters and digits",
    );
  }
  if (token !== undefined && token.length < fewestLetters) {
    throw new UsageError(
      `Cannot take the token: it has ${token.length} letters; make it of at least ${fewestLetters}, so that nobody guesses it`,
    );
  }
}

/** The names that are answered at an address that only this machine reaches; else undefined: any. */
export function answeredHosts(host: string): readonly string[] | undefined {
  return isLoopback(host) ? [...new Set(["localhost", "127.0.0.1", "[::1]", host])] : undefined;
}

/** Whether only this machine reaches an address. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function listenFault(error: unknown, host: string): string {
  if (error instanceof Deno.errors.AddrInUse) {
    return "another program listens there; choose another port, or 0 for any free one";
  }
  if (error instanceof Deno.errors.NotCapable) {
    return `Deno was not allowed to; give it the permission to listen at ${host}`;
  }
  return messageOf(error);
}
