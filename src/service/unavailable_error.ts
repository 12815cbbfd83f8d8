import { CsnError } from "../base/errors.ts";

/** What a service needs cannot be had for now; `cause` says why, to whoever runs the service. */
export class UnavailableError extends CsnError {
  override readonly name: string = "UnavailableError";
}
