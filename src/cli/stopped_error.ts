import { CsnError } from "../base/errors.ts";

/** What a signal has stopped before the command's own work began. Its exit code is the signal's. */
export class StoppedError extends CsnError {
  override readonly name = "StoppedError";
  override readonly exitCode: number;

  constructor(message: string, exitCode: number, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
