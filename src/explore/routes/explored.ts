import { notionsOnSet } from "../../model/model_on_set.ts";
import { version } from "../../base/version.ts";
import { isFile } from "../../files/exists.ts";
import { splits } from "../../sets/image_set.ts";
import { tripletListPath } from "../../sets/triplet_list.ts";
import type { Explored } from "../explored.ts";
import type { ExploredInfo } from "../protocol.ts";
import type { Route } from "../route.ts";

/** `GET /api/explored`: what is explored; `GET /api/alive`: that there is somebody. */
export function exploredRoutes(explored: Explored): Route[] {
  const start = crypto.randomUUID();
  return [
    { method: "GET", path: "/api/explored", answer: () => infoOf(explored, start) },
    { method: "GET", path: "/api/alive", answer: () => ({ start }) },
  ];
}

async function infoOf(explored: Explored, start: string): Promise<ExploredInfo> {
  const { model, shown, values, columns } = explored;
  const calibrated = new Set(model.info.calibration?.notions.map(({ notion }) => notion));
  return {
    model: shown.model,
    variant: model.info.variant,
    notions: model.notions.map((name) => ({
      name,
      hasValues: values?.attributes.has(name) ?? false,
      isCalibrated: calibrated.has(name),
    })),
    taught: explored.taught.names,
    dimension: model.info.dimension,
    among: shown.among,
    images: explored.count,
    hasPictures: explored.pictureFolder !== null,
    columns: columns === null ? [] : [...columns.keys()],
    splits: await splitsWithTriplets(explored),
    stamp: explored.stamp,
    start,
    csn: version,
    exported: null,
  };
}

/** Splits of which each notion of the model has a triplet list. */
async function splitsWithTriplets({ set, model }: Explored): Promise<string[]> {
  if (set === null) return [];
  const found: string[] = [];
  for (const split of splits) {
    const lists = notionsOnSet(model.info, set)
      .map((notion) => tripletListPath(set.folder, { notion, split }));
    if ((await Promise.all(lists.map(isFile))).every((is) => is)) found.push(split);
  }
  return found;
}
