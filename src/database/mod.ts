/**
 * Embeddings in PostgreSQL with pgvector: written by `indexTable`, searched by `SearchedTable` as
 * in a file, and by SQL alone with the functions csn_nearest and csn_distance.
 *
 * @example Write a folder's embeddings to a server, and search them there
 * ```ts ignore
 * import { embedFolder, Model, start } from "@csn/csn";
 * import { indexTable, SearchedTable } from "@csn/csn/database";
 *
 * await start();
 * using model = await Model.load("runs/mine/model_best");
 * const server = ["postgres://me@localhost/shop"];
 * const embeddings = await embedFolder(model, "photos");
 * await indexTable(model, { embeddings }, { to: server, table: "shoes" });
 * await using shoes = await SearchedTable.open(model, { from: server, table: "shoes" });
 * console.log(await shoes.search(embeddings, { notion: "colour", combine: "mean" }));
 * ```
 *
 * @module
 */
export { type IndexOptions, type IndexSummary, indexTable } from "./index_table.ts";
export type { Changes } from "./version_writer.ts";
export type { IndexedImages } from "./indexed_rows.ts";
export { SearchedTable, type TablePlace, type TableSearch } from "./searched_table.ts";
