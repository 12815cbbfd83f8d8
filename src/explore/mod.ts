/**
 * The door to the page on which people see what a model learned, in a browser.
 *
 * @example Look at the images of a folder
 * ```ts
 * import { Model, start } from "@csn/csn";
 * import { explore } from "@csn/csn/explore";
 *
 * await start();
 * using model = await Model.load("runs/mine/model_best");
 * await using page = await explore(model, { among: "photos", port: 0 });
 * console.log(`open ${page.url}`);
 * ```
 *
 * @module
 */
export { explore, type ExploredPage, type ExploringOptions } from "./explore.ts";
export { type ExportedPage, type ExportOptions, exportPage } from "./exported/export_page.ts";
export type { NumberKind } from "./exported/stored_numbers.ts";
export type { PageOptions } from "./explore_server.ts";
export type { ExploreSource } from "./explored.ts";
