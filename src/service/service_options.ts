import { type Clock, machineClock } from "./clock.ts";

/** A request that was answered. No image and no query is part of it. */
export interface Answered {
  /** Such as "POST". */
  readonly method: string;
  /** The path that was asked for, without its query. */
  readonly path: string;
  /** The status of the answer; 499 for a request that went away. */
  readonly status: number;
  /** How long it took. */
  readonly ms: number;
}

/** How a service answers. */
export interface ServiceOptions {
  /** Images in one forward pass at most. @default {32} */
  readonly batch?: number;
  /** How long the first image of a batch waits for others, in milliseconds. @default {3} */
  readonly collectMs?: number;
  /** Requests in progress at most; further ones are refused with 503. @default {64} */
  readonly mostRequests?: number;
  /** Bytes of a request's body at most. @default {20,000,000} */
  readonly mostBytes?: number;
  /** Pixels of an image at most. @default {50,000,000} */
  readonly mostPixels?: number;
  /** Images of one request at most. @default {16} */
  readonly mostImages?: number;
  /** Hits of one request at most. @default {1000} */
  readonly mostHits?: number;
  /** Images decoded at once at most: each takes three bytes a pixel. @default {4} */
  readonly decodedAtOnce?: number;
  /** How long a body may take to come, in milliseconds. @default {30,000} */
  readonly bodyMs?: number;
  /** What requests must bring as `Authorization: Bearer`. @default {nothing is asked for} */
  readonly token?: string;
  /** Names of the Host header that are answered. @default {any} */
  readonly hosts?: readonly string[];
  /** Called with each request that was answered. */
  readonly onAnswered?: (request: Answered) => void;
  /** Called with what the service itself did wrong, which is answered with 500. */
  readonly onFault?: (error: unknown) => void;
  /** What limits waiting. @default {the machine's clock} */
  readonly clock?: Clock;
}

/** Options with nothing left out that has a default. */
export type ServiceSettings =
  & Required<Omit<ServiceOptions, "token" | "hosts">>
  & Pick<ServiceOptions, "token" | "hosts">;

/** Options with their defaults. */
export function settingsOf(options: ServiceOptions): ServiceSettings {
  return { ...defaults, ...given(options) };
}

const defaults: Omit<ServiceSettings, "token" | "hosts"> = {
  batch: 32,
  collectMs: 3,
  mostRequests: 64,
  mostBytes: 20_000_000,
  mostPixels: 50_000_000,
  mostImages: 16,
  mostHits: 1000,
  decodedAtOnce: 4,
  bodyMs: 30_000,
  onAnswered: () => {},
  onFault: () => {},
  clock: machineClock,
};

/** An option that is undefined is left out. */
function given(options: ServiceOptions): ServiceOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
