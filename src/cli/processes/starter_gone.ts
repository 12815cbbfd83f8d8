import { exitNow } from "../../native/library.ts";
import { watchStarter } from "./meeting_folder.ts";

/** Milliseconds in which this process ends well once its starter is gone. */
const longestMs = 30_000;

/** 128 and the number of SIGTERM, as if that had ended this process. */
const exitCode = 143;

const controller = new AbortController();

/** Aborted when the process is gone that started this one as one of several. */
export const starterGone: AbortSignal = controller.signal;

/** From now on this process ends soon after the one that started it; they meet at `store`. */
export function endWithStarter(store: string): void {
  watchStarter(store, () => {
    controller.abort();
    Deno.unrefTimer(setTimeout(() => exitNow(exitCode), longestMs));
  });
}
