import { untilAborted } from "../../src/cli/until_aborted.ts";

Deno.test("untilAborted() waits for a signal, and not for one that came before", async () => {
  const controller = new AbortController();
  const waiting = untilAborted(controller.signal);
  controller.abort();
  await waiting;
  await untilAborted(controller.signal);
});
