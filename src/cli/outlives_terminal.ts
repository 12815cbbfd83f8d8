import { ignoresHangup } from "./ignores_hangup.ts";

/**
 * Set where the process that started this one as one of several outlives its terminal: Deno, which
 * listens for the signal there, starts its children with the signal's usual effect.
 */
export const hangupVariable = "CSN_OUTLIVES_TERMINAL";

/** Whether SIGHUP is to be ignored; not known before it is asked. */
let isHangupIgnored: boolean | undefined;

/**
 * Whether this process was started to outlive its terminal. Asked before any signal is listened
 * for: from then on Deno gives SIGHUP its usual effect, so it is kept ignored by a listener for the
 * rest of the process.
 */
export function outlivesTerminal(): boolean {
  if (isHangupIgnored === undefined) {
    isHangupIgnored = ignoresHangup() || Deno.env.get(hangupVariable) === "1";
    if (isHangupIgnored) Deno.addSignalListener("SIGHUP", () => {});
  }
  return isHangupIgnored;
}
