/**
 * The door to a model that answers requests by HTTP.
 *
 * @example Serve a folder's images on a free port
 * ```ts
 * import { Model, start } from "@csn/csn";
 * import { openGallery, serveModel } from "@csn/csn/service";
 *
 * await start();
 * using model = await Model.load("runs/mine/model_best");
 * await using served = serveModel(model, await openGallery(model, "photos"), { port: 0 });
 * console.log(await (await fetch(`${served.url}/notions`)).json());
 * ```
 *
 * @module
 */
export { ServedModel, serveModel, type ServeOptions } from "./serve_model.ts";
export { ModelService } from "./model_service.ts";
export { EmbeddedGallery, type Gallery, type GallerySearch, openGallery } from "./gallery.ts";
export { TableGallery } from "./table_gallery.ts";
export type { Answered, ServiceOptions } from "./service_options.ts";
export type { Clock } from "./clock.ts";
export { type OpenApi, openApi } from "./open_api.ts";
