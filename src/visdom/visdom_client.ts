import { sha256 } from "../files/sha256.ts";
import { CsnError, messageOf, shown, UsageError } from "../base/errors.ts";
import type { VisdomPost } from "./visdom_windows.ts";

/** Where a visdom server listens, and how it is spoken to. */
export interface VisdomClientOptions {
  /**
   * Such as "http://127.0.0.1"; a path, such as "http://there/vis", is the server's `-base_url`.
   */
  readonly server: string;
  /** Its port; visdom's own is 8097. */
  readonly port: number;
  /** Time that one answer may take, in ms; 5,000 by default. */
  readonly timeoutMs?: number;
  /** Ends whatever is being sent. */
  readonly signal?: AbortSignal;
}

/** Speaks visdom 0.2.4's protocol. Every failure is a CsnError in one line. */
export class VisdomClient {
  /** The server's address, such as "http://127.0.0.1:8097". */
  readonly address: string;
  readonly #timeoutMs: number;
  readonly #signal: AbortSignal | undefined;
  #cookie: string | null = null;

  /** Throws a UsageError when `server` is no http address, or names another port. */
  constructor({ server, port, timeoutMs = 5000, signal }: VisdomClientOptions) {
    this.address = addressOf(server, port);
    this.#timeoutMs = timeoutMs;
    this.#signal = signal;
  }

  /** Makes or extends a window. Throws when the server does not answer with the window's name. */
  async post({ endpoint, body }: VisdomPost): Promise<void> {
    const answer = await this.#send(endpoint, { ...body, eid: environmentName(body.eid) });
    if (answer !== body.win) {
      throw new CsnError(
        `visdom at ${this.address} refused window "${body.win}": ${
          answer === "" ? "no reason given" : shown(answer)
        }`,
      );
    }
  }

  /** Makes an environment unless it is there. */
  async ensureEnvironment(environment: string): Promise<void> {
    const eid = environmentName(environment);
    await this.#send(`env/${encodeURIComponent(eid)}`, { eid });
  }

  /** Whether a window is there. */
  async windowExists(win: string, environment: string): Promise<boolean> {
    return await this.#send("win_exists", { win, eid: environmentName(environment) }) === "true";
  }

  /** Takes a window away; one that is not there is no error. */
  async closeWindow(win: string, environment: string): Promise<void> {
    await this.#send("close", { win, eid: environmentName(environment) });
  }

  /** What the server holds of a window; of all windows of the environment when `win` is null. */
  async windowData(win: string | null, environment: string): Promise<unknown> {
    const answer = await this.#send("win_data", { win, eid: environmentName(environment) });
    try {
      return JSON.parse(answer);
    } catch (error) {
      throw new CsnError(
        `visdom at ${this.address} answered no JSON to /win_data: ${shown(answer)}`,
        { cause: error },
      );
    }
  }

  /** The windows of an environment that exists. */
  async windowNames(environment: string): Promise<string[]> {
    const windows = await this.windowData(null, environment);
    if (typeof windows === "object" && windows !== null) return Object.keys(windows);
    throw new CsnError(
      `visdom at ${this.address} answered no windows to /win_data: ${shown(windows)}`,
    );
  }

  /**
   * Lets the server write an environment to its disk. It is asked for a window first: visdom 0.2.4
   * writes `null` over an environment that it has not loaded since its start.
   */
  async save(environment: string): Promise<void> {
    await this.windowExists("acc", environment);
    const eid = environmentName(environment);
    await this.#send("save", { data: [eid], eid });
  }

  async #send(path: string, body: unknown): Promise<string> {
    if (this.#cookie === null) await this.#login();
    const { status, text } = await this.#fetch(path, body);
    if (status === 200) return text;
    // A server that was restarted may not know the login any more: the next request logs in anew.
    if (status === 400) this.#cookie = null;
    const hint = status === 400
      ? "; it asks for a login: set VISDOM_USERNAME and VISDOM_PASSWORD"
      : "";
    throw new CsnError(`visdom at ${this.address} answered ${status} to /${path}${hint}`);
  }

  /**
   * With VISDOM_USERNAME and VISDOM_PASSWORD set, logs in once; visdom wants the password's
   * SHA-256.
   */
  async #login(): Promise<void> {
    const username = Deno.env.get("VISDOM_USERNAME");
    const password = Deno.env.get("VISDOM_PASSWORD");
    if (!username || !password) return;
    const hashed = sha256(password);
    const { status, cookie } = await this.#fetch("", { username, password: hashed });
    if (status !== 200 || cookie === null) {
      throw new CsnError(
        `visdom at ${this.address} refused the login of VISDOM_USERNAME=${username} (${status})`,
      );
    }
    this.#cookie = cookie;
  }

  async #fetch(
    path: string,
    body: unknown,
  ): Promise<{ status: number; text: string; cookie: string | null }> {
    const limit = new AbortController();
    const timer = setTimeout(
      () => limit.abort(new Error(`no answer within ${this.#timeoutMs} ms`)),
      this.#timeoutMs,
    );
    const signal = this.#signal === undefined
      ? limit.signal
      : AbortSignal.any([limit.signal, this.#signal]);
    try {
      const response = await fetch(`${this.address}/${path}`, {
        method: "POST",
        body: JSON.stringify(body),
        headers: this.#cookie === null ? {} : { cookie: this.#cookie },
        signal,
      });
      const text = await response.text();
      const cookie = response.headers.getSetCookie().find((each) =>
        each.startsWith("user_password=")
      );
      return { status: response.status, text, cookie: cookie?.split(";")[0] ?? null };
    } catch (error) {
      throw new CsnError(
        `visdom at ${this.address} cannot be reached: ${
          messageOf(signal.aborted ? signal.reason : error)
        }`,
        {
          cause: error,
        },
      );
    } finally {
      clearTimeout(timer);
    }
  }
}

function addressOf(server: string, port: number): string {
  const problem = (what: string) =>
    new UsageError(`Cannot use the visdom server "${server}": ${what}, such as http://127.0.0.1`);
  const url = URL.parse(server);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw problem("it should be an http address");
  }
  if (url.port !== "" && Number(url.port) !== port) {
    throw problem(`its port is passed by itself and is ${port}; give the address without one`);
  }
  url.port = String(port);
  return url.origin + url.pathname.replace(/\/+$/, "");
}

/** The server takes "/" in an environment's name in most places for "_", in one it does not. */
export function environmentName(name: string): string {
  return name.replaceAll("/", "_");
}
