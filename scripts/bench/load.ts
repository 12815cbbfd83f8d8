/** What one run of load measured: requests a second, and milliseconds. */
export interface Load {
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
}

/** How much is asked, and by what time is measured. */
export interface LoadOptions {
  /** Clients that ask at once; each asks again when it is answered. */
  readonly clients: number;
  /** Requests in all. */
  readonly requests: number;
  /** Milliseconds. @default {performance.now} */
  readonly now?: () => number;
}

/** Measures what `ask` takes, which is called with the request's number, under load. */
export async function measureLoad(
  ask: (request: number) => Promise<void>,
  { clients, requests, now = () => performance.now() }: LoadOptions,
): Promise<Load> {
  const times: number[] = [];
  let asked = 0;
  const client = async () => {
    while (asked < requests) {
      const request = asked++;
      const began = now();
      await ask(request);
      times.push(now() - began);
    }
  };
  const began = now();
  await Promise.all(Array.from({ length: clients }, client));
  const rate = requests / ((now() - began) / 1000);
  times.sort((a, b) => a - b);
  return { rate, p50: within(times, 0.5), p99: within(times, 0.99) };
}

/** The least of the sorted times within which this share of requests is answered. */
function within(times: readonly number[], share: number): number {
  return times[Math.ceil(share * times.length) - 1];
}
