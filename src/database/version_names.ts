import { identifier } from "./identifier.ts";

/** The tables of one version of a table: what one model made. */
export interface VersionNames {
  readonly table: string;
  /** Letters of the model's fingerprint. */
  readonly version: string;
}

/** The images of a version. */
export function imagesTable({ table, version }: VersionNames): string {
  return identifier(`${table}_${version}`);
}

/** Where each image stands in the set. */
export function orderTable({ table, version }: VersionNames): string {
  return identifier(`${table}_${version}_order`);
}

/** What is on its way to a version's images. */
export function incomingTable({ table, version }: VersionNames): string {
  return identifier(`${table}_${version}_incoming`);
}
