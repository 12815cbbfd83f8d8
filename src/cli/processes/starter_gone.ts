import { exitNow } from "../../native/library.ts";
import { removeMeeting, watchStarter } from "./meeting_folder.ts";

/** Milliseconds in which this process ends well once its starter is gone. */
const longestMs = 30_000;

/** 128 and the number of SIGTERM, as if that had ended this process. */
const exitCode = 143;

const controller = new AbortController();

/** Removes what the starter would have removed, once no other process needs it. */
let cleanUp = () => {};

/** Aborted when the process is gone that started this one as one of several. */
export const starterGone: AbortSignal = controller.signal;

/** From now on this process ends soon after the one that started it; they meet at `store`. */
export function endWithStarter(store: string): void {
  watchStarter(store, (isLast) => {
    cleanUp = () => {
      if (isLast()) removeMeeting(store);
    };
    globalThis.addEventListener("unload", cleanUp);
    Deno.unrefTimer(setTimeout(() => leaveNow(exitCode), longestMs));
    controller.abort();
  });
}

/** Leaves the process at once with `code`, as `exitNow` does. */
export function leaveNow(code: number): never {
  cleanUp();
  exitNow(code);
}
