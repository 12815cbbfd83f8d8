import { shown } from "../../base/errors.ts";
import { cacheFolder } from "../../files/cache.ts";
import { keepRecent } from "../../files/keep_recent.ts";
import { join } from "../../files/paths.ts";
import { threads } from "../../native/library.ts";
import { LayoutCache } from "../../report/maps/layout_cache.ts";
import { RequestError } from "../../service/request_error.ts";
import { askedJson, askedWhole, askedWholeText, wrongValue } from "../asked_values.ts";
import type { Explored } from "../explored.ts";
import { keptRows } from "../find_neighbours.ts";
import { imageInfo } from "../image_values.ts";
import { MapLayouts } from "../maps/map_layouts.ts";
import { mostShown } from "../maps/shown_rows.ts";
import type { Atlas } from "../pictures/atlas.ts";
import type { ExploredPictures } from "../pictures/explored_pictures.ts";
import type { AtlasInfo, ImageInfo, MapsInfo, PointValues } from "../protocol.ts";
import type { Route, RouteRequest, RoutesOptions } from "../route.ts";

/** What is the same as long as its address is the same. */
const immutable = { "cache-control": "private, max-age=31536000, immutable" };

/** Maps that the cache keeps in any case, and the days that it keeps others unused. */
const [most, days] = [256, 90];

/** Several values of an image as one text. */
const separator = "; ";

/**
 * `GET /api/maps`, `/api/maps/points`, `/api/maps/layout?notion=`, `/api/maps/values?column=`,
 * `/api/maps/kept?where=`, `/api/atlas` and `/api/atlas/:key/:sheet`; `POST /api/infos`
 */
export function mapRoutes(
  explored: Explored,
  pictures: ExploredPictures,
  { ending, listener }: RoutesOptions,
): Route[] {
  let made: MapLayouts | null = null;
  const layouts = () => {
    // Nothing is laid out before somebody looks at a map.
    if (made !== null) return made;
    const folder = join(cacheFolder(), "explore", "layouts");
    made = new MapLayouts(explored.embeddings, explored.model.masks, {
      cache: new LayoutCache(folder),
      threads: threads(),
      signal: ending,
      onUnkept: (text) => listener?.warning?.(text),
    });
    made.begin().then(() => keepRecent(folder, { named: /^[0-9a-f]{32}\.f32$/, most, days }));
    return made;
  };
  let atlas: Promise<Atlas> | null = null;
  const atlasOf = () => atlas ??= pictures.atlas(layouts().shown.rows);
  const get = (path: string, answer: Route["answer"]): Route => ({ method: "GET", path, answer });
  return [
    get("/api/maps", () => infoOf(explored, layouts())),
    get("/api/maps/points", () => numbers(layouts().shown.rows)),
    get("/api/maps/layout", ({ query }) => layoutOf(layouts(), query.get("notion") ?? "")),
    get(
      "/api/maps/values",
      ({ query }) => valuesOf(explored, layouts(), query.get("column") ?? ""),
    ),
    get("/api/maps/kept", ({ query }) => keptPoints(explored, layouts(), query.getAll("where"))),
    get("/api/atlas", async () => {
      return explored.pictureFolder === null ? null : atlasInfo(await atlasOf());
    }),
    get("/api/atlas/:key/:sheet", async (asked) => await sheetOf(await atlasOf(), asked)),
    { method: "POST", path: "/api/infos", answer: (asked) => infosOf(explored, asked) },
  ];
}

function infoOf({ count }: Explored, layouts: MapLayouts): MapsInfo {
  const { rows, of } = layouts.shown;
  return {
    points: rows.length,
    of,
    unknown: count - of,
    maps: layouts.names.map((notion) => ({ notion, ...layouts.state(notion) })),
  };
}

async function infosOf(explored: Explored, asked: RouteRequest): Promise<ImageInfo[]> {
  const { indices } = await askedJson(asked);
  if (!Array.isArray(indices) || indices.length > mostShown) {
    throw wrongValue("indices", indices, `a list of at most ${mostShown} images`);
  }
  const most = explored.count - 1;
  return indices.map((index) => imageInfo(explored, askedWhole("indices", index, 0, most)));
}

function layoutOf(layouts: MapLayouts, notion: string): Response {
  if (!layouts.names.includes(notion)) {
    const names = layouts.names.filter((name) => name !== "").join(", ");
    throw wrongValue("notion", notion, `empty for the unmasked embedding, or one of ${names}`);
  }
  const layout = layouts.layout(notion);
  if (layout !== null) return numbers(layout);
  throw new RequestError(409, `Cannot show the map of ${shown(notion)}: it is being made`);
}

/** [points]: 1 for those that meet conditions. */
function keptPoints(
  explored: Explored,
  { shown: { rows } }: MapLayouts,
  where: readonly string[],
): Response {
  const keep = keptRows(explored, where, null);
  return numbers(Uint8Array.from(rows, (row) => keep[row]));
}

/** Numbers as they lie in memory. */
function numbers(values: Float32Array | Uint32Array | Uint8Array): Response {
  const bytes = new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength);
  return new Response(bytes, { headers: { "content-type": "application/octet-stream" } });
}

function valuesOf(
  { columns }: Explored,
  { shown: { rows } }: MapLayouts,
  column: string,
): PointValues {
  const cells = columns?.get(column);
  if (cells === undefined) {
    throw wrongValue("column", column, `one of ${[...columns?.keys() ?? []].join(", ") || "none"}`);
  }
  const codes = new Map<string, number>();
  const ofPoints = Array.from(rows, (row) => {
    const text = cells[row].join(separator);
    return codes.get(text) ?? codes.set(text, codes.size).size - 1;
  });
  return { values: [...codes.keys()], codes: ofPoints };
}

function atlasInfo({ plan, key }: Atlas): AtlasInfo {
  return { ...plan, key };
}

async function sheetOf(atlas: Atlas, { params }: RouteRequest): Promise<Response> {
  if (params.key !== atlas.key) {
    throw new RequestError(404, "Cannot show these pictures: they are others now; ask /api/atlas");
  }
  const most = atlas.plan.sheets - 1;
  const sheet = await atlas.sheet(askedWholeText("sheet", params.sheet, { least: 0, most }));
  return new Response(sheet, { headers: { "content-type": "image/jpeg", ...immutable } });
}
