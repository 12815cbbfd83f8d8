import type { NeighboursAnswer, NeighboursAsked } from "../protocol.ts";
import { comeBack, connection, LostError, PictureError, type Source } from "./source.ts";

/** Milliseconds between two questions to a server that is gone. */
const askAgainMs = 1000;

/** The key of the token in the tab's storage. */
const tokenKey = "csn-explore-token";

/** Takes the token from the address, where nobody needs to see it, and keeps it for this tab. */
function takeToken(): string | null {
  const url = new URL(location.href);
  const given = url.searchParams.get("token");
  if (given !== null) {
    sessionStorage.setItem(tokenKey, given);
    url.searchParams.delete("token");
    history.replaceState(null, "", url);
  }
  return given ?? sessionStorage.getItem(tokenKey);
}

/** The server that the page came from. */
export function serverSource(): Source {
  const token = takeToken();
  const authorization: Record<string, string> = token === null
    ? {}
    : { authorization: `Bearer ${token}` };

  /** Asks for bytes. Rejects with the server's own words, and with a LostError where it is gone. */
  async function askFor(path: string, init: RequestInit = {}): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(path, { ...init, headers: { ...authorization, ...init.headers } });
    } catch (error) {
      if (init.signal?.aborted) throw error;
      lose();
      throw new LostError("The server does not answer");
    }
    if (response.ok) return response;
    const answer = await response.json().catch(() => null);
    const said = (answer as { readonly error?: unknown } | null)?.error;
    const message = typeof said === "string" ? said : `The server answered ${response.status}`;
    const state = response.headers.get("x-picture");
    throw state === null ? new Error(message) : new PictureError(state, message);
  }

  /** Asks for JSON. */
  async function ask<Answer>(path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await askFor(path, init);
    return await bodyOf(() => response.json() as Promise<Answer>, init);
  }

  /** An answer's body; the server may go away while it comes. */
  async function bodyOf<Body>(take: () => Promise<Body>, { signal }: RequestInit): Promise<Body> {
    try {
      return await take();
    } catch (error) {
      if (signal?.aborted) throw error;
      lose();
      throw new LostError("The server does not answer");
    }
  }

  const bytes = async (path: string, signal?: AbortSignal) => {
    const response = await askFor(path, { signal });
    return await bodyOf(() => response.arrayBuffer(), { signal });
  };
  const blob = async (path: string, signal?: AbortSignal) => {
    const response = await askFor(path, { signal });
    return await bodyOf(() => response.blob(), { signal });
  };

  const post = <Answer>(path: string, body: unknown, signal?: AbortSignal) =>
    ask<Answer>(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      signal,
    });
  const words = (values: readonly (readonly [string, string | number])[]) =>
    new URLSearchParams(values.map(([key, value]) => [key, String(value)])).toString();

  return {
    explored: () => ask("api/explored"),
    neighbours: (asked: NeighboursAsked, signal) =>
      post<NeighboursAnswer>("api/neighbours", asked, signal),
    find: (text, signal) => ask(`api/find?${words([["text", text], ["limit", 8]])}`, { signal }),
    images: (where, count, signal) => {
      const conditions = where.map((each) => ["where", each] as const);
      return ask(`api/images?${words([...conditions, ["count", count]])}`, { signal });
    },
    triplets: ({ notion, split, count }, signal) =>
      ask(`api/triplets?${words([["notion", notion], ["split", split], ["count", count]])}`, {
        signal,
      }),
    thumbnail: (index) => `api/thumbnail/${index}`,
    picture: (index) => `api/image/${index}`,
    embed: (picture, signal) => {
      const headers = { "content-type": picture.type || "application/octet-stream" };
      return ask("api/embed", { method: "POST", headers, body: picture, signal });
    },
    // Maps
    maps: (signal) => ask("api/maps", { signal }),
    mapPoints: async (signal) => new Uint32Array(await bytes("api/maps/points", signal)),
    mapLayout: async (notion, signal) =>
      new Float32Array(await bytes(`api/maps/layout?${words([["notion", notion]])}`, signal)),
    mapValues: (column, signal) =>
      ask(`api/maps/values?${words([["column", column]])}`, { signal }),
    mapKept: async (where, signal) => {
      const conditions = where.map((each) => ["where", each] as const);
      return new Uint8Array(await bytes(`api/maps/kept?${words(conditions)}`, signal));
    },
    atlas: (signal) => ask("api/atlas", { signal }),
    atlasSheet: ({ key }, sheet, signal) => blob(`api/atlas/${key}/${sheet}`, signal),
    infos: (indices, signal) => post("api/infos", { indices }, signal),
    wholePicture: (index, signal) => blob(`api/image/${index}`, signal),
    // Masks and curves

    masks: () => ask("api/masks"),
    maskEpochs: ({ generation, after }) =>
      ask(`api/masks/epochs?${words([["generation", generation], ["after", after]])}`),
    dimension: (dimension, count, signal) =>
      ask(`api/dimensions/${dimension}?${words([["count", count]])}`, { signal }),
    runs: () => ask("api/runs"),
    epochs: (run, { generation, after }) =>
      ask(`api/epochs?${words([["run", run], ["generation", generation], ["after", after]])}`),
    analysis: (split) => ask(`api/analysis?${words([["split", split]])}`),
    compute: (split, what) =>
      ask(`api/analysis/${what}?${words([["split", split]])}`, { method: "POST" }),

    // Label and teach
    labels: {
      info: () => ask("api/label"),
      question: (asked) => post("api/label/question", asked),
      answer: (answer) => post("api/label/answer", answer),
      undo: (undo) => post("api/label/undo", undo),
      nextImage: (asked) => post("api/values/next", asked),
      give: (given) => post("api/values/give", given),
      skip: (skipped) => post("api/values/skip", skipped),
      undoValue: (undo) => post("api/values/undo", undo),
      teach: (asked) => post("api/teach", asked),
      keep: (kept) => post("api/teach/keep", kept),
    },

    // Check
    suspects: ({ notion, split, count }) =>
      ask(`api/suspects?${words([["notion", notion], ["split", split], ["count", count]])}`),
    mark: (mark) => post("api/check", mark),
  };
}

/** Says that the server is gone, and asks until it is back. */
function lose(): void {
  if (connection.value.isLost) return;
  connection.value = { ...connection.value, isLost: true };
  const ask = async () => {
    try {
      await fetch("api/alive");
      comeBack();
    } catch {
      setTimeout(ask, askAgainMs);
    }
  };
  setTimeout(ask, askAgainMs);
}
