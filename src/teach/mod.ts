/**
 * The door to teaching a model a notion without training it: ask questions, keep the answers, fit a
 * mask on the embedding as it is, and add it to a copy of the model.
 *
 * @example Ask, answer and teach
 * ```ts
 * import { embedFolder, Model, start } from "@csn/csn";
 * import { AnswersFile, answerTriplets, fitNotion, nextQuestion } from "@csn/csn/teach";
 *
 * await start();
 * using model = await Model.load("runs/mine/model_best");
 * const images = await embedFolder(model, "photos");
 * const file = await AnswersFile.open("beauty.txt", { notion: "beauty", names: images.names });
 * const question = nextQuestion(images, file.answers, { masks: model.masks, by: "Ann" });
 * await file.add({ ...question, chosen: "left", by: "Ann" });
 * const triplets = answerTriplets(file.answers);
 * if (triplets.length >= 3 * 60) console.log(fitNotion(images, triplets).verdict);
 * ```
 *
 * @module
 */
// Ask
export { type NextQuestion, nextQuestion, type NextQuestionOptions } from "./next_question.ts";
export { type Answer, answerTriplets, type Question } from "./answer.ts";
export { nextImage, type NextImageOptions } from "./next_image.ts";
export { AnswersFile, type AnswersOptions, type GivenAnswer } from "./answers_file.ts";
export {
  type GivenValue,
  type GiveOptions,
  ValuesFile,
  type ValuesOptions,
} from "./values_file.ts";
export {
  type Agreement,
  type AnnotatorSummary,
  type AnswersSummary,
  summariseAnswers,
} from "./agreement.ts";

// Teach
export {
  fitNotion,
  type FitNotionOptions,
  type FittedNotion,
  type KnownNotion,
  type NamedTriplet,
  type Verdict,
} from "./fit_notion.ts";
export { fitValues, type FitValuesOptions } from "./fit_values.ts";
export { valuesAttribute } from "./values_attribute.ts";
export { readTableValues, type TableValues, type ValuesPlan } from "./table_values.ts";
export { readUsableTriplets } from "./usable_triplets.ts";
export { verdictText } from "./verdict_text.ts";

// Keep
export { type AddedNotion, addNotion, type AddNotionOptions } from "./add_notion.ts";
