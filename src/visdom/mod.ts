/**
 * The door to visdom: post a run as it trains, or speak the server's protocol.
 *
 * @example Post a run to a visdom server while it trains
 * ```ts
 * import { start } from "@csn/csn";
 * import { trainEvents } from "@csn/csn/train";
 * import { VisdomReporter } from "@csn/csn/visdom";
 *
 * await start();
 * let reporter: VisdomReporter | undefined;
 * for await (
 *   const event of trainEvents({ data: "data/mine", out: "runs/shown", epochs: 1, imageSize: 16 })
 * ) {
 *   if (event.type === "start") {
 *     reporter = new VisdomReporter({
 *       server: "http://127.0.0.1",
 *       port: 8097,
 *       environment: "shown",
 *       name: event.config.name,
 *       notions: event.config.notions,
 *       conditions: event.triplets.map(({ condition }) => condition),
 *       history: event.history,
 *       logFile: `${event.folder}/visdom.jsonl`,
 *       listener: { warning: console.warn }, // such as: there is no server
 *     });
 *   }
 *   if (event.type === "epoch") reporter?.report(event.metrics);
 * }
 * await reporter?.close();
 * ```
 *
 * @module
 */
export { VisdomReporter, type VisdomReporterOptions } from "./visdom_reporter.ts";
export { VisdomClient, type VisdomClientOptions } from "./visdom_client.ts";
export type { VisdomPost, VisdomRun } from "./visdom_windows.ts";
