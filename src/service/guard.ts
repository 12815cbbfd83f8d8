import { createHash, timingSafeEqual } from "node:crypto";
import { shown } from "../base/errors.ts";
import { RequestError } from "./request_error.ts";
import type { ServiceOptions } from "./service_options.ts";

/**
 * Throws a RequestError for a request by a name that is not the service's (403) and for one without
 * the token (401). Names are examined because a page in a browser can have its own name lead to
 * this machine (DNS rebinding), and would then read what is answered.
 */
export function examineRequest(
  request: Request,
  { hosts, token }: Pick<ServiceOptions, "hosts" | "token">,
): void {
  const { hostname } = new URL(request.url);
  if (hosts !== undefined && !hosts.includes(hostname)) {
    throw new RequestError(
      403,
      `Cannot answer for the host ${shown(hostname)}: ask ${hosts.join(", ")}`,
    );
  }
  if (token === undefined || isSame(request.headers.get("authorization"), `Bearer ${token}`)) {
    return;
  }
  throw new RequestError(
    401,
    "Cannot answer without the token: send it as `Authorization: Bearer TOKEN`",
    { "www-authenticate": "Bearer" },
  );
}

/** Whether two secrets are the same, in a time that says nothing of where they differ. */
export function isSame(found: string | null, right: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(found ?? ""), digest(right));
}
