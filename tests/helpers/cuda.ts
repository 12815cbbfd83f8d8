/** Whether there is a GPU to test on. Says once, where it is imported, why there is none. */
import { describeLibrary } from "../../src/native/library.ts";

const { devices, reason } = describeLibrary().cuda;

/** For `Deno.test`: ignored where there is no CUDA device. */
export const onCuda = { ignore: devices === 0 } as const;

/** The device that tests compute on. */
export const cuda = "cuda:0";

if (onCuda.ignore) console.log(`Tests on a GPU are left out: ${reason}`);
