/**
 * The door to visdom: post a run as it trains, or speak the server's protocol.
 *
 * @module
 */
export { VisdomReporter, type VisdomReporterOptions } from "./visdom_reporter.ts";
export { VisdomClient, type VisdomClientOptions } from "./visdom_client.ts";
export type { VisdomPost, VisdomRun } from "./visdom_windows.ts";
