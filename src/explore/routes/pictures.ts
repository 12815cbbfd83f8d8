import { loadSharp } from "../../images/decode_image.ts";
import { identityOf } from "../../files/file_identities.ts";
import { infoOfSync } from "../../files/exists.ts";
import { RequestError } from "../../service/request_error.ts";
import { Places } from "../../service/places.ts";
import { askedWholeText } from "../asked_values.ts";
import type { Explored } from "../explored.ts";
import type { ExploredPictures } from "../pictures/explored_pictures.ts";
import { PictureFault, type PictureState } from "../pictures/picture_fault.ts";
import { wholePicture } from "../pictures/whole_picture.ts";
import type { Route, RouteRequest } from "../route.ts";

/** Side of a thumbnail in pixels. */
const thumbnailSide = 160;

/** Pictures that are decoded at a time: each may take some hundred MB. */
const atOnce = 4;

const statuses: Readonly<Record<PictureState, number>> = {
  unknown: 404,
  gone: 404,
  outside: 403,
  broken: 422,
};

/**
 * `GET /api/thumbnail/:index` and `GET /api/image/:index`. What cannot be shown is refused with
 * `x-picture: unknown`, `gone`, `outside` or `broken`.
 */
export function pictureRoutes(explored: Explored, pictures: ExploredPictures): Route[] {
  const places = new Places(atOnce);
  const answer = (draw: (index: number) => Promise<Response>) => async (asked: RouteRequest) => {
    const most = explored.count - 1;
    const index = askedWholeText("index", asked.params.index, { least: 0, most });
    // The same file is sent once: it is asked for anew each time, lest one that is gone be shown.
    const tag = tagOf(explored, index);
    if (tag !== null && asked.request.headers.get("if-none-match") === tag) {
      return new Response(null, { status: 304, headers: headersOf(tag) });
    }
    return await places.run(async () => {
      asked.signal.throwIfAborted();
      try {
        const response = await draw(index);
        for (const [name, value] of headersOf(tag)) response.headers.set(name, value);
        return response;
      } catch (error) {
        if (!(error instanceof PictureFault)) throw error;
        const { state, message } = error;
        throw new RequestError(statuses[state], message, { "x-picture": state });
      }
    });
  };
  return [
    {
      method: "GET",
      path: "/api/thumbnail/:index",
      answer: answer((index) => thumbnail(pictures, index)),
    },
    {
      method: "GET",
      path: "/api/image/:index",
      answer: answer(async (index) => {
        const bytes = await wholePicture(pictures.files, index);
        return new Response(bytes, { headers: { "content-type": "image/webp" } });
      }),
    },
  ];
}

function headersOf(tag: string | null): [string, string][] {
  return tag === null ? [] : [["cache-control", "private, no-cache"], ["etag", tag]];
}

function tagOf(explored: Explored, index: number): string | null {
  const file = explored.fileOf(index);
  const info = file === null ? null : infoOfSync(file);
  return info === null ? null : `"${identityOf(info).replaceAll(" ", "-")}"`;
}

async function thumbnail(pictures: ExploredPictures, index: number): Promise<Response> {
  const squares = await pictures.squares();
  const pixels = await squares.pixels(index, thumbnailSide);
  const sharp = await loadSharp();
  const raw = { width: thumbnailSide, height: thumbnailSide, channels: 3 } as const;
  const bytes = await sharp(pixels, { raw }).jpeg({ quality: 85 }).toBuffer();
  return new Response(new Uint8Array(bytes), { headers: { "content-type": "image/jpeg" } });
}
