import { CsnError } from "../base/errors.ts";

/** Why a request is refused, with the status that says so. */
export class RequestError extends CsnError {
  override readonly name: string = "RequestError";

  /** `headers` go with the answer. */
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}
