/** What a person said is sent until it is kept: whatever goes wrong, it is said and tried again. */
import { useEffect } from "preact/hooks";
import { effect, type Signal, signal } from "@preact/signals";
import { connection, LostError } from "../source.ts";

/** What is not kept yet. */
interface Unkept {
  readonly reason: string;
  readonly tryAgain: () => void;
  readonly discard: () => void;
}

/** Null while all is kept. */
export const unkept: Signal<Unkept | null> = signal(null);

/** Milliseconds after which it is tried again by itself. */
const againAfterMs = 5000;

/** Somebody gave up on an answer. */
export class DiscardedError extends Error {
  override readonly name = "DiscardedError";
}

/** Does something until it succeeds, or is given up, which rejects with a DiscardedError. */
export async function keep<Result>(send: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      const result = await send();
      unkept.value = null;
      return result;
    } catch (error) {
      const reason = error instanceof LostError
        ? "the server does not answer"
        : error instanceof Error
        ? error.message
        : String(error);
      await nextTry(reason);
    }
  }
}

function nextTry(reason: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, againAfterMs);
  const comebacks = connection.peek().comebacks;
  const follow = effect(() => {
    if (connection.value.comebacks > comebacks) resolve();
  });
  const discard = () => {
    unkept.value = null;
    reject(new DiscardedError("The answer was discarded"));
  };
  unkept.value = { reason, tryAgain: resolve, discard };
  return promise.finally(() => {
    clearTimeout(timer);
    follow();
  });
}

/** Says what is not kept. */
export function UnkeptAnswer() {
  useEffect(() =>
    effect(() => {
      if (unkept.value === null) return;
      // Browsers then ask whether the page is to be left.
      const stay = (event: Event) => event.preventDefault();
      addEventListener("beforeunload", stay);
      return () => removeEventListener("beforeunload", stay);
    }), []);
  const what = unkept.value;
  return (
    <div role="alert">
      {what !== null && (
        <div class="unkept">
          <p>
            <strong>Your last answer was not kept:</strong>{" "}
            {what.reason}. Earlier answers are safe. It is tried again every few seconds.
          </p>
          <button type="button" onClick={what.tryAgain}>Try again now</button>
          <button type="button" onClick={what.discard}>Discard this answer</button>
        </div>
      )}
    </div>
  );
}
