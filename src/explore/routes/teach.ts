import { isText } from "../../base/json_values.ts";
import { RequestError } from "../../service/request_error.ts";
import { verdictText } from "../../teach/verdict_text.ts";
import { valuesAttribute } from "../../teach/values_attribute.ts";
import { assertKept } from "../answers_place.ts";
import { askedJson, wrongValue } from "../asked_values.ts";
import type { Explored } from "../explored.ts";
import type { Labelling } from "../labelling.ts";
import type { KeptModel, TaughtInfo } from "../protocol.ts";
import type { Route, RouteRequest } from "../route.ts";
import type { Provisional } from "../taught_notions.ts";
import { teachableColumns } from "../teachable_columns.ts";
import type { Valuing } from "../valuing.ts";
import { askedNotionName } from "./label.ts";

/** `POST /api/teach` and `/api/teach/keep`. */
export function teachRoutes(
  explored: Explored,
  labelling: Labelling,
  valuing: Valuing,
): Route[] {
  const post = (path: string, answer: Route["answer"]): Route => ({
    ...{ method: "POST", path, writes: true, answer },
  });
  const teach = async (json: Readonly<Record<string, unknown>>) => {
    const notion = askedNotionName(json.notion);
    return { notion, taught: await taughtFrom(notion, json) };
  };
  /** Fits the notion to what there is now. */
  const taughtFrom = async (
    notion: string,
    { from, column }: Readonly<Record<string, unknown>>,
  ): Promise<Provisional> => {
    switch (from) {
      case "answers":
        return await explored.taught.fromAnswers(
          notion,
          (await labelling.answers(notion)).answers,
        );
      case "values": {
        const { values } = await valuing.values(notion);
        return await explored.taught.fromValues(notion, valuesAttribute(values, explored.count));
      }
      case "column": {
        const columns = teachableColumns(explored);
        const found = columns.get(isText(column) ? column : "");
        if (found === undefined) {
          throw wrongValue("column", column, `one of ${[...columns.keys()].join(", ")}`);
        }
        return await explored.taught.fromValues(notion, found.attribute());
      }
      default:
        throw wrongValue("from", from, '"answers", "values" or "column"');
    }
  };
  return [
    post("/api/teach", async (request) => {
      const { notion, taught } = await teach(await askedJson(request));
      return taughtInfo(notion, taught);
    }),
    post("/api/teach/keep", (request) => keep(explored, request, teach)),
  ];
}

function taughtInfo(notion: string, { fit, from }: Provisional): TaughtInfo {
  const { answers, images, contradictions, dimensions, mask, accuracy, chance, known, best } = fit;
  return {
    ...{ notion, from, answers, images, contradictions, dimensions, accuracy, chance },
    of: mask.length,
    known: known.map(({ notion, accuracy }) => ({ notion, accuracy })),
    best: best?.notion ?? null,
    verdict: fit.verdict,
    text: verdictText(fit, from),
  };
}

async function keep(
  explored: Explored,
  request: RouteRequest,
  teach: (
    json: Readonly<Record<string, unknown>>,
  ) => Promise<{ readonly taught: Provisional }>,
): Promise<KeptModel> {
  const json = await askedJson(request);
  const { file, anyway } = json;
  const name = askedNotionName(json.name);
  if (!isText(file) || !/^[\p{L}\p{N}_][\p{L}\p{N}_. -]{0,120}$/u.test(file)) {
    throw new RequestError(
      422,
      `Cannot call a file ${
        JSON.stringify(file)
      }: it goes to the folder of answers, so its name has letters, digits, spaces, "_", "-" and "."`,
    );
  }
  const { answers, shownPath } = explored;
  assertKept(answers);
  // What is kept is what the list says now, also what somebody else has added since.
  const { taught } = await teach(json);
  const path = await explored.taught.keep(taught, { name, file, anyway: anyway === true });
  return { file: shownPath(path), name };
}
