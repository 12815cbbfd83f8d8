import { extname, relative } from "../../files/paths.ts";
import { CsnError } from "../../base/errors.ts";
import { decodeImage, loadSharp } from "../../images/decode_image.ts";
import { RequestError } from "../../service/request_error.ts";
import { askedWholeText } from "../asked_values.ts";
import type { Explored } from "../explored.ts";
import type { Route } from "../route.ts";

/** Side of a thumbnail in pixels. */
const thumbnailSide = 160;

/** Endings of files that browsers show as they are. */
const types: Readonly<Record<string, string>> = {
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".webp": "image/webp",
  ".gif": "image/gif",
  ".avif": "image/avif",
};

/** A picture may change on the disk: it is asked for anew after this time. */
const cached = { "cache-control": "private, max-age=60" };

/** `GET /api/thumbnail/:index` and `GET /api/image/:index` */
export function pictureRoutes(explored: Explored): Route[] {
  const fileOf = (text: string | undefined) => {
    const index = askedWholeText("index", text, { least: 0, most: explored.count - 1 });
    const file = explored.fileOf(index);
    // A name in a file of embeddings may lead out of the folder.
    const isBelow = file !== null && !/^\.\.(\/|$)/.test(relative(explored.pictureFolder!, file));
    if (isBelow) return file;
    const why = file === null
      ? "nothing says where its file lies"
      : `its name leads out of ${explored.pictureFolder}`;
    throw new RequestError(
      404,
      `Cannot show image ${index}, ${explored.embeddings.names[index]}: ${why}`,
    );
  };
  return [
    {
      method: "GET",
      path: "/api/thumbnail/:index",
      answer: async ({ params }) => await thumbnail(explored, fileOf(params.index)),
    },
    {
      method: "GET",
      path: "/api/image/:index",
      answer: async ({ params }) => await picture(explored, fileOf(params.index)),
    },
  ];
}

async function thumbnail({ model }: Explored, file: string): Promise<Response> {
  const pixels = await decoded(
    file,
    () => decodeImage(file, thumbnailSide, { fit: model.info.fit }),
  );
  const sharp = await loadSharp();
  const raw = { width: thumbnailSide, height: thumbnailSide, channels: 3 } as const;
  const bytes = await sharp(pixels, { raw }).jpeg({ quality: 85 }).toBuffer();
  return new Response(new Uint8Array(bytes), {
    headers: { "content-type": "image/jpeg", ...cached },
  });
}

/** The file as it is where browsers know its kind, else as a thumbnail. */
async function picture(explored: Explored, file: string): Promise<Response> {
  const type = types[extname(file).toLowerCase()];
  if (type === undefined) return await thumbnail(explored, file);
  const bytes = await decoded(file, () => Deno.readFile(file));
  return new Response(bytes, { headers: { "content-type": type, ...cached } });
}

/** What cannot be read or decoded is as good as not there. */
async function decoded<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CsnError || error instanceof Deno.errors.NotFound)) throw error;
    throw new RequestError(404, `Cannot show ${file}: it cannot be read`);
  }
}
