import type { Model } from "../model/model.ts";
import { bundlePage } from "./bundle_page.ts";
import { exploreModel, type PageOptions } from "./explore_server.ts";
import { type ExploreSource, openExplored } from "./explored.ts";
import { Opening } from "./opening.ts";

/** What is explored, where, and who hears of it. */
export interface ExploringOptions extends ExploreSource, PageOptions {}

/** A page that is open until it is closed. */
export interface ExploredPage extends AsyncDisposable {
  /** Its address, with the token that what writes needs. */
  readonly url: string;
  /**
   * Resolves when all images are embedded; until then the page shows how far that is. Rejects where
   * they cannot be.
   */
  readonly ready: Promise<void>;
  /** Answers what is in progress, and ends. */
  close(): Promise<void>;
}

/**
 * Opens a page on which people see what a model learned, as the command `explore` does. Images that
 * the model has not embedded before are embedded while the page is open already. The model must
 * stay until the page is closed. Throws a CsnError when the images are not there or the port is not
 * free, and a UsageError for options that do not go together.
 *
 * @example Look at the images of a folder
 * ```ts
 * import { Model, start } from "@csn/csn";
 * import { explore } from "@csn/csn/explore";
 *
 * await start();
 * using model = await Model.load("runs/mine/model_best");
 * await using page = await explore(model, { among: "photos", port: 0 });
 * await page.ready;
 * console.log(`open ${page.url}`);
 * ```
 */
export async function explore(
  model: Model,
  options: ExploringOptions = {},
): Promise<ExploredPage> {
  const { listener, signal } = options;
  const page = await bundlePage({ listener, signal });
  const opening = new Opening(
    (listener) => openExplored(model, { ...options, listener }),
    listener,
  );
  await opening.begun;
  const ready = opening.explored.then(() => {});
  // Who does not wait for it sees the reason on the page.
  ready.catch(() => {});
  const server = exploreModel(opening, { ...options, page });
  const close = () => server.close();
  return { url: server.url, ready, close, [Symbol.asyncDispose]: close };
}
