import { scan } from "../../search/scan.ts";
import { answerNeighbours } from "../answer_neighbours.ts";
import { askedJson } from "../asked_values.ts";
import type { Explored } from "../explored.ts";
import type { Route } from "../route.ts";

/** `POST /api/neighbours` */
export function neighbourRoutes(explored: Explored): Route[] {
  return [{
    method: "POST",
    path: "/api/neighbours",
    answer: async (asked) => {
      const { signal } = asked;
      return await answerNeighbours(explored, await askedJson(asked), { scan, signal });
    },
  }];
}
