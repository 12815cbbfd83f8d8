import { askedWholeText, wrongValue } from "../asked_values.ts";
import type { Explored } from "../explored.ts";
import { countValues, findImages, type ValueCounts } from "../find_images.ts";
import { listImages } from "../list_images.ts";
import type { Route } from "../route.ts";

/** Letters that are searched for, and images that are given, at most. */
const [mostLetters, mostImages] = [200, 500];

/** `GET /api/find` and `GET /api/images` */
export function findRoutes(explored: Explored): Route[] {
  let counts: ValueCounts | undefined;
  return [
    {
      method: "GET",
      path: "/api/find",
      answer: async ({ query }) => {
        const text = query.get("text") ?? "";
        if (text.trim() === "" || text.length > mostLetters) {
          throw wrongValue("text", text, `a text of at most ${mostLetters} letters`);
        }
        const range = { least: 1, most: mostImages, otherwise: 20 };
        const limit = askedWholeText("limit", query.get("limit"), range);
        counts ??= countValues(explored);
        return await findImages(explored, counts, text.trim(), limit);
      },
    },
    {
      method: "GET",
      path: "/api/images",
      answer: ({ query }) => {
        const range = { least: 1, most: mostImages, otherwise: 24 };
        const count = askedWholeText("count", query.get("count"), range);
        return listImages(explored, query.getAll("where"), count);
      },
    },
  ];
}
