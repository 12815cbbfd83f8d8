import { isObject, isText } from "../../base/json_values.ts";
import { isNotionName } from "../../sets/set_file.ts";
import { RequestError } from "../../service/request_error.ts";
import { type Agreement, summariseAnswers } from "../../teach/agreement.ts";
import type { Question } from "../../teach/answer.ts";
import { askedJson, askedWhole, wrongValue } from "../asked_values.ts";
import type { Explored } from "../explored.ts";
import { imageInfo } from "../image_values.ts";
import type { Asked, Labelling } from "../labelling.ts";
import { notionsOfFiles } from "../answers_place.ts";
import { teachableColumns } from "../teachable_columns.ts";
import type { Valuing } from "../valuing.ts";
import type { AgreementInfo, AnswersInfo, LabelInfo, QuestionAnswer } from "../protocol.ts";
import type { Route, RouteRequest } from "../route.ts";

/** Letters of a name at most. */
const mostLetters = 80;

/** `GET /api/label`, and `POST /api/label/question`, `answer` and `undo`. */
export function labelRoutes(
  explored: Explored,
  labelling: Labelling,
  valuing: Valuing,
): Route[] {
  const post = (path: string, answer: Route["answer"]): Route => ({
    ...{ method: "POST", path: `/api/label/${path}`, writes: true, answer },
  });
  return [
    { method: "GET", path: "/api/label", answer: () => labelInfo(explored, labelling, valuing) },
    post("question", async (request) => {
      const asked = askedBy(await askedJson(request));
      return await answerTo(explored, labelling, asked, await labelling.question(asked));
    }),
    post("answer", (request) => answer(explored, labelling, request)),
    post("undo", (request) => undo(explored, labelling, request)),
  ];
}

async function labelInfo(
  explored: Explored,
  labelling: Labelling,
  valuing: Valuing,
): Promise<LabelInfo> {
  const { answers, shownPath } = explored;
  const [answered, valued] = await Promise.all([
    notionsOfFiles(answers, "answers_", ".txt"),
    notionsOfFiles(answers, "values_", ".csv"),
  ]);
  const names = [...new Set([...answered, ...valued])].sort();
  // Those about other images are said when somebody goes on with them.
  const notions = await Promise.all(names.map(async (name) => ({
    name,
    answers: await labelling.answers(name).then((file) => file.answers.length, () => null),
    values: await valuing.values(name).then((file) => file.values.length, () => null),
  })));
  const columns = [...teachableColumns(explored)].map(([name, { images }]) => ({ name, images }));
  return { folder: shownPath(answers.folder), refusal: answers.refusal, notions, columns };
}

async function answer(
  explored: Explored,
  labelling: Labelling,
  request: RouteRequest,
): Promise<QuestionAnswer> {
  const json = await askedJson(request);
  const asked = askedBy(json);
  const { chosen } = json;
  if (chosen !== "left" && chosen !== "right" && chosen !== null) {
    throw wrongValue("chosen", chosen, '"left", "right" or null');
  }
  await labelling.add(asked, { ...questionOf(explored, json), chosen, at: timeOf(json.at) });
  return await answerTo(explored, labelling, asked, await labelling.question(asked));
}

async function undo(
  explored: Explored,
  labelling: Labelling,
  request: RouteRequest,
): Promise<QuestionAnswer> {
  const json = await askedJson(request);
  const asked = askedBy(json);
  const { answer } = json;
  const given = isObject(answer)
    ? { ...questionOf(explored, answer), at: timeOf(answer.at) }
    : null;
  return await answerTo(explored, labelling, asked, await labelling.takeBack(asked, given));
}

async function answerTo(
  explored: Explored,
  labelling: Labelling,
  { notion, by }: Asked,
  { anchor, left, right }: Question,
): Promise<QuestionAnswer> {
  const { answers } = await labelling.answers(notion);
  const info = (image: number) => imageInfo(explored, image);
  const summary = summariseAnswers(answers);
  const own = summary.annotators.find((annotator) => annotator.by === by);
  const told: AnswersInfo = {
    file: explored.shownPath(labelling.pathOf(notion)),
    answers: summary.answers,
    cannotSay: summary.cannotSay,
    contradictions: summary.contradictions,
    annotators: summary.annotators.length,
    own: own?.answers ?? 0,
    self: agreementInfo(own?.agreement),
    others: agreementInfo(summary.others),
  };
  return { anchor: info(anchor), left: info(left), right: info(right), answers: told };
}

function agreementInfo(agreement: Agreement | undefined): AgreementInfo {
  return { questions: agreement?.questions ?? 0, share: agreement?.share ?? null };
}

/** Who asks. Throws a RequestError for what makes no sense. */
export function askedBy({ notion, by, tab }: Readonly<Record<string, unknown>>): Asked {
  const name = askedNotionName(notion);
  if (!isText(by) || by.trim() === "" || by.length > mostLetters) {
    throw wrongValue("by", by, `a name of at most ${mostLetters} letters`);
  }
  if (!isText(tab) || tab.length > mostLetters) throw wrongValue("tab", tab, "a short text");
  return { notion: name, by: by.trim(), tab };
}

/** The name of a notion that may be new. Throws a RequestError for what is no such name. */
export function askedNotionName(notion: unknown): string {
  if (typeof notion === "string" && notion.length <= mostLetters && isNotionName(notion)) {
    return notion;
  }
  throw new RequestError(
    422,
    `Cannot call a notion ${
      JSON.stringify(notion)
    }: a name has letters, digits, "_", "-" and ".", no spaces, and begins with a letter or digit`,
  );
}

function questionOf(
  { count }: Explored,
  { anchor, left, right }: Readonly<Record<string, unknown>>,
): Question {
  return {
    anchor: askedWhole("anchor", anchor, 0, count - 1),
    left: askedWhole("left", left, 0, count - 1),
    right: askedWhole("right", right, 0, count - 1),
  };
}

/** An ISO text, as lists of answers have it. */
export function timeOf(at: unknown): string {
  const time = new Date(typeof at === "string" ? at : NaN);
  if (Number.isNaN(time.getTime())) throw wrongValue("at", at, "a time");
  return time.toISOString();
}
