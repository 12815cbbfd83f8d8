import { enqueue, native } from "../native/library.ts";
import type { Tensor } from "./tensor.ts";

/** Back-propagates `loss` (0-dimensional) into the gradients of the parameters it came from. */
export async function backward(loss: Tensor): Promise<void> {
  await enqueue(
    (err, cap) => native().csn_backward(loss.handle, err, cap),
    (status) => status !== 0,
    [loss],
  );
}
