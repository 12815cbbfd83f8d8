import { RequestError } from "./request_error.ts";
import type { ServiceSettings } from "./service_options.ts";

/** After such an answer the rest of the body is not read, so the connection is of no more use. */
const closing = { connection: "close" };

/**
 * The bytes of a request's body. Throws a RequestError for a body that is too large (413), before
 * more of it is kept, comes too slowly (408) or breaks off (400).
 */
export async function readBody(
  request: Request,
  { mostBytes, bodyMs, clock }: Pick<ServiceSettings, "mostBytes" | "bodyMs" | "clock">,
): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = () =>
    new RequestError(
      413,
      `Cannot take the request: its body has more than ${mostBytes} bytes; send smaller images`,
      closing,
    );
  if (request.body === null) return new Uint8Array();
  if (Number(request.headers.get("content-length") ?? 0) > mostBytes) {
    await request.body.cancel().catch(() => {});
    throw tooLarge();
  }
  const reader = request.body.getReader();
  let isLate = false;
  const stop = clock.after(bodyMs, () => {
    isLate = true;
    reader.cancel().catch(() => {});
  });
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(() => {
        throw new RequestError(400, "Cannot read the request: its body breaks off", closing);
      });
      if (isLate) {
        throw new RequestError(
          408,
          `Cannot read the request: its body was not whole after ${bodyMs / 1000} s`,
          closing,
        );
      }
      if (done) return joined(parts, length);
      length += value.length;
      if (length > mostBytes) {
        await reader.cancel().catch(() => {});
        throw tooLarge();
      }
      parts.push(value);
    }
  } finally {
    stop();
  }
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
