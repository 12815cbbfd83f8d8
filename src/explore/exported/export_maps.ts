import type { Listener } from "../../base/listener.ts";
import type { Explored } from "../explored.ts";
import type { MapInfo, MapsInfo } from "../protocol.ts";
import type { AskedRoutes } from "./asked_routes.ts";
import type { ExportedMaps } from "./format.ts";
import type { WrittenFiles } from "./written_files.ts";

/** Milliseconds between two looks at how far maps are. */
const lookEveryMs = 200;

/** Who hears of it, and what stops it. */
interface Work {
  readonly listener: Listener;
  readonly signal?: AbortSignal;
}

/** Lays all maps out, and writes them. `rows`: the image that each point is. */
export async function exportMaps(
  { columns }: Explored,
  asked: AskedRoutes,
  files: WrittenFiles,
  work: Work,
): Promise<{ readonly exported: ExportedMaps; readonly rows: Uint32Array }> {
  const info = await madeMaps(asked, work);
  const points = await asked.bytes("/api/maps/points");
  const layouts: Record<string, string> = {};
  for (const [at, { notion, stage, fault }] of info.maps.entries()) {
    if (stage === "failed") {
      const name = notion === "" ? "without a mask" : `of ${notion}`;
      work.listener.warning?.(`The map ${name} is not exported: ${fault}`);
      continue;
    }
    const places = await asked.bytes("/api/maps/layout", { notion });
    layouts[notion] = await files.write(`data/map_${at}.bin`, places);
  }
  const values: Record<string, string> = {};
  for (const [at, column] of [...columns?.keys() ?? []].entries()) {
    const found = await asked.json("/api/maps/values", { column });
    values[column] = await files.json(`data/values_${at}.json`, found);
  }
  const file = await files.write("data/points.bin", points);
  return {
    exported: { info, points: file, layouts, values },
    rows: new Uint32Array(points.buffer),
  };
}

/** Waits until all maps are laid out. */
async function madeMaps(asked: AskedRoutes, { listener, signal }: Work): Promise<MapsInfo> {
  const report = (done: number, total: number) =>
    listener.progress?.({ what: "Laying out maps", done, total, unit: "maps" });
  for (;;) {
    const info = await asked.json<MapsInfo>("/api/maps");
    if (!info.maps.some(isMaking)) {
      report(info.maps.length, info.maps.length);
      return info;
    }
    // Whole maps alone would stand still for minutes.
    const done = info.maps.reduce((sum, map) => sum + (isMaking(map) ? map.share : 1), 0);
    report(Math.floor(10 * done) / 10, info.maps.length);
    signal?.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}

function isMaking({ stage }: MapInfo): boolean {
  return stage === "waiting" || stage === "plane";
}
