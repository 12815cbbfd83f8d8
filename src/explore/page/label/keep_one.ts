import { DiscardedError, keep } from "../answers/keep.tsx";
import { labelled, labelWay } from "../state.ts";

let isKeeping = false;

/** Whether something is being kept: the next has to wait. */
export function isBusy(): boolean {
  return isKeeping;
}

/**
 * Sends what a person said until it is kept, one after the other, and shows what follows. Whether
 * it was kept: not while another is, or where it was given up.
 */
export async function keepOne<Answer>(
  send: () => Promise<Answer>,
  show: (answer: Answer) => void,
): Promise<boolean> {
  if (isKeeping) return false;
  isKeeping = true;
  const [notion, way] = [labelled.peek(), labelWay.peek()];
  try {
    const next = await keep(send);
    if (notion === labelled.peek() && way === labelWay.peek()) show(next);
    return true;
  } catch (error) {
    if (!(error instanceof DiscardedError)) throw error;
    return false;
  } finally {
    isKeeping = false;
  }
}
