import { join } from "../files/paths.ts";
import { RequestError } from "../service/request_error.ts";
import { type Answer, type Question, questionKey } from "../teach/answer.ts";
import { AnswersFile } from "../teach/answers_file.ts";
import { nextQuestion } from "../teach/next_question.ts";
import { AskedTabs } from "./asked_tabs.ts";
import { assertKept } from "./answers_place.ts";
import type { Explored } from "./explored.ts";
import { ListsByNotion } from "./lists_by_notion.ts";

/** Who is asked, in which tab of a browser: no two tabs are asked the same at once. */
export interface Asked {
  readonly notion: string;
  readonly by: string;
  readonly tab: string;
}

/** The answers about what is explored: a file for each notion. */
export class Labelling {
  readonly #explored: Explored;
  readonly #files: ListsByNotion<AnswersFile>;
  readonly #tabs = new AskedTabs<Question>();

  /** Of a page. */
  constructor(explored: Explored) {
    this.#explored = explored;
    const { names } = explored.embeddings;
    this.#files = new ListsByNotion((notion) =>
      AnswersFile.open(this.pathOf(notion), { notion, names })
    );
  }

  /** Where the answers by a notion are. */
  pathOf(notion: string): string {
    return join(this.#explored.answers.folder, `answers_${notion}.txt`);
  }

  /** The answers by a notion, as they are now. Throws as `AnswersFile.open`. */
  answers(notion: string): Promise<AnswersFile> {
    return this.#files.of(notion);
  }

  /** What a tab is asked: what it was asked before, until that is answered. */
  async question(asked: Asked): Promise<Question> {
    const file = await this.answers(asked.notion);
    const open = this.#tabs.of(asked);
    if (open !== undefined) return open;
    const { embeddings, model } = this.#explored;
    const { anchor, left, right } = nextQuestion(embeddings, file.answers, {
      masks: model.masks,
      by: asked.by,
      pending: this.#tabs.others(asked),
    });
    return this.#tabs.ask(asked, { anchor, left, right });
  }

  /**
   * Keeps an answer. The same one sent twice, because the first time the reply was lost, is kept
   * once.
   */
  async add(asked: Asked, given: Question & Pick<Answer, "chosen" | "at">): Promise<void> {
    assertKept(this.#explored.answers);
    const file = await this.answers(asked.notion);
    const isThere = file.answers.some((answer) => isSame(answer, given) && answer.by === asked.by);
    if (!isThere) await file.add({ ...given, by: asked.by, at: new Date(given.at) });
    this.#tabs.answered(asked.tab);
  }

  /**
   * Takes back an answer, or without one the last that the annotator gave, and asks its question
   * again. Throws a RequestError where there is none.
   */
  async takeBack(asked: Asked, given: (Question & Pick<Answer, "at">) | null): Promise<Question> {
    assertKept(this.#explored.answers);
    const file = await this.answers(asked.notion);
    const own = file.answers.filter(({ by }) => by === asked.by);
    const meant = given === null ? own.at(-1) : own.findLast((answer) => isSame(answer, given));
    if (meant === undefined && given === null) {
      throw new RequestError(
        409,
        `There is nothing to take back: ${asked.by} has given no answer by ${asked.notion}`,
      );
    }
    // Where it is gone already, the reply to the first request was lost.
    if (meant !== undefined) await file.takeBack(meant);
    const { anchor, left, right } = meant ?? given!;
    return this.#tabs.ask(asked, { anchor, left, right });
  }
}

/** Whether they are one answer: to one question, at one time. */
function isSame(
  answer: Question & Pick<Answer, "at">,
  other: Question & Pick<Answer, "at">,
): boolean {
  return answer.at === other.at && questionKey(answer) === questionKey(other);
}
