import { isText } from "../../base/json_values.ts";
import { RequestError } from "../../service/request_error.ts";
import { verdictText } from "../../teach/verdict_text.ts";
import { askedJson } from "../asked_values.ts";
import type { Explored } from "../explored.ts";
import type { Labelling } from "../labelling.ts";
import type { KeptModel, TaughtInfo } from "../protocol.ts";
import type { Route, RouteRequest } from "../route.ts";
import type { Provisional } from "../taught_notions.ts";
import { askedNotionName } from "./label.ts";

/** `POST /api/teach` and `/api/teach/keep`. */
export function teachRoutes(explored: Explored, labelling: Labelling): Route[] {
  const post = (path: string, answer: Route["answer"]): Route => ({
    ...{ method: "POST", path, writes: true, answer },
  });
  return [
    post("/api/teach", (request) => teach(explored, labelling, request)),
    post("/api/teach/keep", (request) => keep(explored, request)),
  ];
}

async function teach(
  explored: Explored,
  labelling: Labelling,
  request: RouteRequest,
): Promise<TaughtInfo> {
  const json = await askedJson(request);
  const notion = askedNotionName(json.notion);
  const { answers } = await labelling.answers(notion);
  return taughtInfo(notion, await explored.taught.fromAnswers(notion, answers));
}

function taughtInfo(notion: string, { fit, from }: Provisional): TaughtInfo {
  const { answers, images, contradictions, dimensions, mask, accuracy, chance, known, best } = fit;
  return {
    ...{ notion, from, answers, images, contradictions, dimensions, accuracy, chance },
    of: mask.length,
    known: known.map(({ notion, accuracy }) => ({ notion, accuracy })),
    best: best?.notion ?? null,
    verdict: fit.verdict,
    text: verdictText(fit),
  };
}

async function keep(explored: Explored, request: RouteRequest): Promise<KeptModel> {
  const { notion, name, file, anyway } = await askedJson(request);
  if (!isText(file) || !/^[\p{L}\p{N}_][\p{L}\p{N}_. -]{0,120}$/u.test(file)) {
    throw new RequestError(
      422,
      `Cannot call a file ${
        JSON.stringify(file)
      }: it goes to the folder of answers, so its name has letters, digits, spaces, "_", "-" and "."`,
    );
  }
  const { answers, shownPath, taught } = explored;
  if (answers.refusal !== null) throw new RequestError(409, answers.refusal);
  const path = await taught.keep(askedNotionName(notion), {
    ...{ name: askedNotionName(name), file, anyway: anyway === true },
  });
  return { file: shownPath(path), name: askedNotionName(name) };
}
