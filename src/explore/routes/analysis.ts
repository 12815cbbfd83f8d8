import { type Split, splits } from "../../sets/image_set.ts";
import { Analyses } from "../analyses.ts";
import { wrongValue } from "../asked_values.ts";
import type { Explored } from "../explored.ts";
import type { Route } from "../route.ts";

/** `GET /api/analysis`, `POST /api/analysis/begin` and `/stop`, each with `?split=` */
export function analysisRoutes(explored: Explored): Route[] {
  const analyses = new Analyses(explored);
  return [
    {
      method: "GET",
      path: "/api/analysis",
      answer: ({ query }) => analyses.state(askedSplit(query)),
    },
    {
      method: "POST",
      path: "/api/analysis/begin",
      writes: true,
      answer: async ({ query }) => {
        analyses.begin(askedSplit(query));
        return await analyses.state(askedSplit(query));
      },
    },
    {
      method: "POST",
      path: "/api/analysis/stop",
      writes: true,
      answer: async ({ query }) => {
        await analyses.stop(askedSplit(query));
        return await analyses.state(askedSplit(query));
      },
    },
  ];
}

function askedSplit(query: URLSearchParams): Split {
  const given = query.get("split") ?? "test";
  const split = splits.find((each) => each === given);
  if (split === undefined) throw wrongValue("split", given, splits.join(", "));
  return split;
}
