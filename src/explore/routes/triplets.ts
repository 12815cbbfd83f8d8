import { splits } from "../../sets/image_set.ts";
import { maskOf } from "../../search/mixture.ts";
import { RequestError } from "../../service/request_error.ts";
import { askedWholeText, wrongValue } from "../asked_values.ts";
import type { Explored } from "../explored.ts";
import { hardTriplets, type MeasuredLists, mostWorst } from "../hard_triplets.ts";
import type { Route } from "../route.ts";

/** `GET /api/triplets` */
export function tripletRoutes(explored: Explored, lists: MeasuredLists): Route[] {
  return [{
    method: "GET",
    path: "/api/triplets",
    answer: async ({ query }) => {
      const split = splits.find((each) => each === query.get("split"));
      if (split === undefined) {
        throw wrongValue("split", query.get("split"), `one of ${splits.join(", ")}`);
      }
      if (explored.set === null) {
        throw new RequestError(404, "There are no triplets: what is explored is no image set");
      }
      const notion = query.get("notion") ?? "";
      maskOf(explored.model.masks, notion);
      const range = { least: 1, most: mostWorst, otherwise: 12 };
      const count = askedWholeText("count", query.get("count"), range);
      return hardTriplets(explored, await lists.of(notion, split), count);
    },
  }];
}
