import { join } from "../../files/paths.ts";
import { isText } from "../../base/json_values.ts";
import { RequestError } from "../../service/request_error.ts";
import { verdictText } from "../../teach/verdict_text.ts";
import { askedJson, askedWhole, wrongValue } from "../asked_values.ts";
import type { Explored } from "../explored.ts";
import { addValues, type GivenValue, readValues } from "../given_values.ts";
import { imageInfo } from "../image_values.ts";
import type { Labelling } from "../labelling.ts";
import type { KeptModel, TaughtInfo, ValuesInfo } from "../protocol.ts";
import type { Route, RouteRequest } from "../route.ts";
import type { Provisional } from "../taught_notions.ts";
import { askedNotionName } from "./label.ts";

/** Images that are given a value at once at most, and letters of it. */
const [mostImages, mostLetters] = [10_000, 200];

/** `POST /api/teach`, `/api/teach/keep`, `/api/values` and `GET /api/values/:notion`. */
export function teachRoutes(explored: Explored, labelling: Labelling): Route[] {
  const post = (path: string, answer: Route["answer"]): Route => ({
    ...{ method: "POST", path, writes: true, answer },
  });
  return [
    post("/api/teach", (request) => teach(explored, labelling, request)),
    post("/api/teach/keep", (request) => keep(explored, request)),
    post("/api/values", (request) => giveValues(explored, request)),
    {
      method: "GET",
      path: "/api/values/:notion",
      answer: ({ params }) => {
        const notion = askedNotionName(decodeURIComponent(params.notion ?? ""));
        return valuesInfo(explored, notion);
      },
    },
  ];
}

async function teach(
  explored: Explored,
  labelling: Labelling,
  request: RouteRequest,
): Promise<TaughtInfo> {
  const json = await askedJson(request);
  const notion = askedNotionName(json.notion);
  const { from } = json;
  if (from === "triplets") {
    const { answers } = await labelling.answers(notion);
    return taughtInfo(notion, await explored.taught.fromAnswers(notion, answers));
  }
  if (from !== "values") throw wrongValue("from", from, '"triplets" or "values"');
  const values = await valuesOf(explored, notion);
  return taughtInfo(notion, await explored.taught.fromValues(notion, values));
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

function valuesPath({ answers }: Explored, notion: string): string {
  return join(answers.folder, `values_${notion}.jsonl`);
}

function valuesOf(explored: Explored, notion: string): Promise<Map<number, string>> {
  return readValues(valuesPath(explored, notion), notion, explored.embeddings.names);
}

async function giveValues(explored: Explored, request: RouteRequest): Promise<ValuesInfo> {
  const { notion, images, value, by } = await askedJson(request);
  const { answers, embeddings, count } = explored;
  if (answers.refusal !== null) throw new RequestError(409, answers.refusal);
  const name = askedNotionName(notion);
  if (!Array.isArray(images) || images.length === 0 || images.length > mostImages) {
    throw wrongValue("images", images, `a list of 1 to ${mostImages} images`);
  }
  if (typeof value !== "string" || value.length > mostLetters) {
    throw wrongValue("value", value, `a text of at most ${mostLetters} letters`);
  }
  if (!isText(by) || by.trim() === "") throw wrongValue("by", by, "who says so");
  // Never of other images in one list.
  await valuesOf(explored, name);
  const at = new Date().toISOString();
  const given = images.map((each): GivenValue => {
    const image = askedWhole("images", each, 0, count - 1);
    return { image, name: embeddings.names[image], value: value.trim(), by: by.trim(), at };
  });
  await addValues(valuesPath(explored, name), name, given);
  return await valuesInfo(explored, name);
}

async function valuesInfo(explored: Explored, notion: string): Promise<ValuesInfo> {
  const values = await valuesOf(explored, notion);
  const byValue = Map.groupBy(values.keys(), (image) => values.get(image)!);
  return {
    file: explored.shownPath(valuesPath(explored, notion)),
    values: [...byValue].map(([value, images]) => ({
      value,
      images: images.map((image) => imageInfo(explored, image)),
    })),
  };
}
