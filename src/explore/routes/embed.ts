import { messageOf, shown } from "../../base/errors.ts";
import { decodeImage } from "../../images/decode_image.ts";
import { TooManyPixelsError } from "../../images/raw_pixels.ts";
import { Places } from "../../service/places.ts";
import { RequestError } from "../../service/request_error.ts";
import type { ServiceSettings } from "../../service/service_options.ts";
import type { Explored } from "../explored.ts";
import type { EmbeddedPicture } from "../protocol.ts";
import type { Route, RouteRequest } from "../route.ts";

/** `POST /api/embed`: an own picture, which is not kept. */
export function embedRoutes(
  explored: Explored,
  { mostPixels, decodedAtOnce }: Pick<ServiceSettings, "mostPixels" | "decodedAtOnce">,
): Route[] {
  const places = new Places(decodedAtOnce);
  return [{
    method: "POST",
    path: "/api/embed",
    answer: async (asked): Promise<EmbeddedPicture> => {
      checkType(asked);
      const bytes = await asked.body();
      return await places.run(async () => {
        asked.signal.throwIfAborted();
        return await embedded(explored, bytes, mostPixels);
      });
    },
  }];
}

/** A form of another page can send neither of these without being asked first. */
function checkType({ request }: RouteRequest): void {
  const type = (request.headers.get("content-type") ?? "").split(";")[0].trim().toLowerCase();
  if (type.startsWith("image/") || type === "application/octet-stream") return;
  throw new RequestError(415, `Cannot take a body of the type ${shown(type)}: send an image`);
}

async function embedded(
  { model }: Explored,
  bytes: Uint8Array,
  mostPixels: number,
): Promise<EmbeddedPicture> {
  const { imageSize, fit } = model.info;
  let pixels: Uint8Array;
  try {
    pixels = await decodeImage(bytes, imageSize, { fit, mostPixels });
  } catch (error) {
    throw new RequestError(error instanceof TooManyPixelsError ? 413 : 422, messageOf(error));
  }
  return { embedding: [...(await model.embed([{ pixels }])).at(0)] };
}
