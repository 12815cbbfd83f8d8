import { examineRequest, isSame } from "../service/guard.ts";
import { RequestError } from "../service/request_error.ts";

/** Who is answered. */
export interface Guard {
  /** Names of the Host header that are answered; undefined: any. */
  readonly hosts: readonly string[] | undefined;
  /** What the page's address holds as `token`. */
  readonly token: string;
  /** Whether reading needs the token, too: where others reach the server. */
  readonly isOpen: boolean;
}

/** The cookie by which pictures are asked for where reading needs the token. */
const cookie = "csn_explore";

/**
 * Throws a RequestError for a request by a name that is not the server's (403), for one that writes
 * without the token in its Authorization header, and where others reach the server also for one
 * that reads without it (401).
 */
export function examineExplorer(
  request: Request,
  { hosts, token, isOpen }: Guard,
  writes: boolean,
): void {
  examineRequest(request, { hosts });
  if (!writes && (!isOpen || isSame(cookieOf(request), token))) return;
  if (isSame(request.headers.get("authorization"), `Bearer ${token}`)) return;
  throw new RequestError(
    401,
    "Cannot answer without the token: open the page by the whole address that `explore` printed",
  );
}

/** Of an answer to the page's address with its token: pictures are then given, too. */
export function cookieHeader(
  request: Request,
  { token, isOpen }: Guard,
): Readonly<Record<string, string>> {
  const given = new URL(request.url).searchParams.get("token");
  if (!isOpen || !isSame(given, token)) return {};
  return { "set-cookie": `${cookie}=${token}; Path=/; HttpOnly; SameSite=Strict` };
}

function cookieOf(request: Request): string | null {
  const cookies = (request.headers.get("cookie") ?? "").split(";").map((each) => each.trim());
  return cookies.find((each) => each.startsWith(`${cookie}=`))?.slice(cookie.length + 1) ?? null;
}

/** What browsers may do with the page: run and show what lies beside it, and nothing else. */
export const pagePolicy: string = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** What browsers may do with answers: as with the page, which nobody else's page shows in itself. */
export const safeHeaders: Readonly<Record<string, string>> = {
  "content-security-policy": `${pagePolicy}; frame-ancestors 'none'`,
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};
