import { CsnError, messageOf, shown } from "../base/errors.ts";
import { decodeImage } from "../images/decode_image.ts";
import { TooManyPixelsError } from "../images/raw_pixels.ts";
import { EmbeddingSet } from "../model/embedding_set.ts";
import type { Model } from "../model/model.ts";
import { searchAnswer } from "../search/search_answer.ts";
import { mixtureOf } from "../search/mixture.ts";
import { Batcher } from "./batcher.ts";
import type { Gallery } from "./gallery.ts";
import { examineRequest } from "./guard.ts";
import { openApi } from "./open_api.ts";
import { Places } from "./places.ts";
import { type AskedImage, askedSearch, checkKeys, readAsked } from "./read_asked.ts";
import { readBody } from "./read_body.ts";
import { RequestError } from "./request_error.ts";
import { UnavailableError } from "./unavailable_error.ts";
import { type ServiceOptions, type ServiceSettings, settingsOf } from "./service_options.ts";

/** What a path answers to a method. */
interface Route {
  readonly method: "GET" | "POST";
  readonly answer: (request: Request) => Promise<unknown>;
}

/** When those that are refused for the moment may ask again, in seconds. */
const retryAfter = { "retry-after": "1" };

/**
 * A model that answers requests: `POST /neighbours`, `POST /embed`, `GET /notions`, `GET /healthz`,
 * and their description at `GET /openapi.json`. It opens no port: `serveModel` does, or a server of
 * yours passes requests on. Images of requests that come together are embedded in one forward pass.
 *
 * @example A model beside what else a server answers
 * ```ts
 * import { Model, start } from "@csn/csn";
 * import { ModelService, openGallery } from "@csn/csn/service";
 *
 * await start();
 * using model = await Model.load("runs/mine/model_best");
 * const service = new ModelService(model, await openGallery(model, "photos"));
 * const body = JSON.stringify({ name: "4.png", notion: "colour", k: 3 });
 * const headers = { "content-type": "application/json" };
 * const asked = new Request("http://localhost/neighbours", { method: "POST", headers, body });
 * const { hits } = await (await service.handle(asked)).json();
 * console.log(hits[0].name, hits[0].distance);
 * await service.drain();
 * ```
 */
export class ModelService {
  readonly #model: Model;
  readonly #gallery: Gallery;
  readonly #settings: ServiceSettings;
  readonly #batcher: Batcher;
  readonly #decoding: Places;
  readonly #routes: ReadonlyMap<string, Route>;
  #inProgress = 0;
  #drained: PromiseWithResolvers<void> | null = null;

  /** A service of a model over the images of a gallery; both must stay until it has drained. */
  constructor(model: Model, gallery: Gallery, options: ServiceOptions = {}) {
    this.#model = model;
    this.#gallery = gallery;
    this.#settings = settingsOf(options);
    this.#batcher = new Batcher((pixels) => this.#embed(pixels), this.#settings);
    this.#decoding = new Places(this.#settings.decodedAtOnce);
    this.#routes = new Map<string, Route>([
      ["/neighbours", { method: "POST", answer: (request) => this.#neighbours(request) }],
      ["/embed", { method: "POST", answer: (request) => this.#embeddings(request) }],
      ["/notions", { method: "GET", answer: () => this.#notions() }],
      ["/healthz", { method: "GET", answer: () => Promise.resolve({ status: "ok" }) }],
      ["/openapi.json", { method: "GET", answer: () => Promise.resolve(openApi) }],
    ]);
  }

  /** Images that wait for a forward pass. */
  get waiting(): number {
    return this.#batcher.waiting;
  }

  /** Requests that are being answered. */
  get inProgress(): number {
    return this.#inProgress;
  }

  /** The answer to a request. It never rejects: what is wrong is `{"error"}` with a status. */
  async handle(request: Request): Promise<Response> {
    const began = performance.now();
    this.#inProgress++;
    let response: Response;
    try {
      response = Response.json(await this.#answer(request), { headers: plainHeaders });
    } catch (error) {
      response = this.#refusal(error, request);
    } finally {
      this.#inProgress--;
      if (this.#inProgress === 0) this.#drained?.resolve();
    }
    this.#settings.onAnswered({
      method: request.method,
      path: new URL(request.url).pathname,
      status: response.status,
      ms: performance.now() - began,
    });
    return response;
  }

  /** Refuses new requests with 503; resolves when those in progress are answered. */
  async drain(): Promise<void> {
    this.#drained ??= Promise.withResolvers();
    if (this.#inProgress === 0) this.#drained.resolve();
    await this.#drained.promise;
  }

  async #answer(request: Request): Promise<unknown> {
    const { pathname } = new URL(request.url);
    const isHealth = pathname === "/healthz";
    const { hosts, token, mostRequests } = this.#settings;
    examineRequest(request, { hosts, token: isHealth ? undefined : token });
    const route = this.#routes.get(pathname);
    if (route === undefined) {
      throw new RequestError(
        404,
        `There is nothing at ${shown(pathname)}: there are ${[...this.#routes.keys()].join(", ")}`,
      );
    }
    const isHead = route.method === "GET" && request.method === "HEAD";
    if (request.method !== route.method && !isHead) {
      throw new RequestError(405, `${pathname} takes ${route.method}, not ${request.method}`, {
        allow: route.method === "GET" ? "GET, HEAD" : route.method,
      });
    }
    if (this.#drained !== null) {
      throw new RequestError(503, "The service is ending: ask again later", {
        ...retryAfter,
        connection: "close",
      });
    }
    if (this.#inProgress > mostRequests && route.method === "POST") {
      throw new RequestError(
        503,
        `The service is busy with ${mostRequests} requests: ask again after a second`,
        retryAfter,
      );
    }
    return await route.answer(request);
  }

  async #neighbours(request: Request): Promise<unknown> {
    const { images, options } = await readAsked(request, await readBody(request, this.#settings));
    const { criterion, where, k, combine, raw } = askedSearch(options, this.#settings.mostHits);
    // What cannot be asked is refused before images are embedded.
    mixtureOf(criterion, this.#model.masks, "the model");
    this.#gallery.examine(where);
    const query = await this.#embedded(images, request.signal);
    const given = raw === undefined ? {} : { raw };
    const result = await this.#gallery.search(query, { ...criterion, where, k, combine, ...given });
    return searchAnswer({ images: query.names, criterion, where }, result);
  }

  async #embeddings(request: Request): Promise<unknown> {
    const { images, options } = await readAsked(request, await readBody(request, this.#settings));
    checkKeys(Object.keys(options), []);
    const found = await this.#embedded(images, request.signal);
    return {
      dimension: found.dimension,
      embeddings: found.names.map((name, i) => ({ name, embedding: [...found.at(i)] })),
    };
  }

  async #notions(): Promise<unknown> {
    const { masks, info } = this.#model;
    return {
      notions: [...masks].map(([name, mask]) => ({ name, mask: [...mask] })),
      dimension: info.dimension,
      images: await this.#gallery.count(),
      columns: await this.#gallery.columnNames(),
    };
  }

  /** Embeddings of images of the gallery, and of others, which are called "image 0", "image 1". */
  async #embedded(images: readonly AskedImage[], signal: AbortSignal): Promise<EmbeddingSet> {
    const { mostImages } = this.#settings;
    if (images.length > mostImages) {
      throw new RequestError(
        422,
        `Cannot take ${images.length} images in one request: at most ${mostImages} are taken`,
      );
    }
    // What is wrong with one is found before the others cost anything.
    const known = await Promise.all(
      images.map((image) => "name" in image ? this.#known(image.name) : null),
    );
    const found = await Promise.allSettled(
      images.map((image, i) =>
        known[i] ?? this.#embedOne((image as { bytes: Uint8Array }).bytes, i, signal)
      ),
    );
    const { dimension } = this.#model.info;
    const vectors = new Float32Array(images.length * dimension);
    found.forEach((each, i) => {
      if (each.status === "rejected") throw each.reason;
      vectors.set(each.value, i * dimension);
    });
    const names = images.map((image, i) => "name" in image ? image.name : `image ${i}`);
    return new EmbeddingSet({ names, vectors, dimension });
  }

  /** The embedding [D] of an image of the gallery. */
  async #known(name: string): Promise<Float32Array> {
    const embedding = await this.#gallery.embedding(name);
    if (embedding !== null) return embedding;
    throw new RequestError(
      404,
      `Cannot search for ${shown(name)}: no image that is searched has this name and is readable`,
    );
  }

  async #embedOne(bytes: Uint8Array, number: number, signal: AbortSignal): Promise<Float32Array> {
    const pixels = await this.#decoding.run(async () => {
      signal.throwIfAborted();
      return await this.#decode(bytes, number);
    });
    return await this.#batcher.add(pixels, signal);
  }

  async #decode(bytes: Uint8Array, number: number): Promise<Uint8Array> {
    const { mostPixels } = this.#settings;
    try {
      return await decodeImage(bytes, this.#model.info.imageSize, {
        fit: this.#model.info.fit,
        mostPixels,
      });
    } catch (error) {
      if (error instanceof TooManyPixelsError) throw new RequestError(413, messageOf(error));
      throw new RequestError(422, `image ${number}: ${messageOf(error)}`);
    }
  }

  /** One forward pass. */
  async #embed(images: readonly Uint8Array[]): Promise<Float32Array[]> {
    const set = await this.#model.embed(images.map((pixels) => ({ pixels })));
    return images.map((_, i) => set.at(i));
  }

  #refusal(error: unknown, request: Request): Response {
    if (request.signal.aborted && error === request.signal.reason) {
      // Nobody reads it.
      return new Response(null, { status: 499 });
    }
    if (error instanceof RequestError) {
      return refusal(error.status, messageOf(error), error.headers);
    }
    if (error instanceof UnavailableError) {
      this.#settings.onFault(error.cause);
      return refusal(503, messageOf(error), retryAfter);
    }
    // What cannot be searched for: a notion, a weight, a value, a mixture that cannot be balanced.
    if (error instanceof CsnError) return refusal(422, messageOf(error));
    this.#settings.onFault(error);
    return refusal(500, "The service failed; its log says why");
  }
}

/** Browsers must not guess what an answer is. */
const plainHeaders = { "x-content-type-options": "nosniff", "cache-control": "no-store" };

function refusal(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return Response.json({ error: message }, { status, headers: { ...plainHeaders, ...headers } });
}
