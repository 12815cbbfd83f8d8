import { RequestError } from "../../service/request_error.ts";
import type { Opening } from "../opening.ts";
import type { OpeningInfo } from "../protocol.ts";
import type { Route } from "../route.ts";

/** What is answered before all is open: how far that is, and that all else must wait. */
export function openingRoutes(opening: Opening): Route[] {
  let failure: { readonly error: unknown } | null = null;
  opening.explored.catch((error) => failure = { error });
  const info = (): OpeningInfo => {
    if (failure !== null) throw failure.error;
    return { opening: opening.progress };
  };
  const wait = () => {
    throw new RequestError(503, "Cannot answer yet: the images are being embedded", {
      "retry-after": "1",
    });
  };
  return [
    { method: "GET", path: "/api/explored", answer: info },
    { method: "GET", path: "/api/alive", answer: () => ({}) },
    { method: "GET", path: "/api/*", answer: wait },
    { method: "POST", path: "/api/*", answer: wait },
  ];
}
