import { CsnError, inLine, messageOf, shown, UsageError } from "../base/errors.ts";
import { appendLine } from "../files/append_line.ts";
import { answersHead } from "../sets/triplet_list.ts";
import { isNotionName } from "../sets/set_file.ts";
import { takenBackLine, takenBackPlaces } from "../sets/taken_back.ts";
import { type Answer, type Question, questionKey } from "./answer.ts";
import { answerLine, headLine, parseAnswer, parseHead, type StoredAnswer } from "./answer_lines.ts";

/** What answers are about. */
export interface AnswersOptions {
  /** The notion by which is answered. */
  readonly notion: string;
  /** The names of the images, by the numbers that answers have: `embeddings.names`. */
  readonly names: readonly string[];
}

/** What an annotator said. */
export interface GivenAnswer extends Question {
  /** Which is more alike; null where the annotator cannot say. */
  readonly chosen: "left" | "right" | null;
  /** Who answered. */
  readonly by: string;
  /** When. @default {now} */
  readonly at?: Date;
}

/**
 * Answers to questions by a notion, in a file that only grows. It is a triplet list: lines
 * `anchor far near` of numbers, each followed by a remark with all that is known, so training, audit
 * and `add-notion` read it as it is. Where an annotator cannot say, the line is a remark alone.
 *
 * An answer counts once `add` has resolved: its line was then written and flushed to the disk. Any
 * number of processes may add to a file at once, and may be killed at any moment: a line that was
 * not finished is taken away by the next answer, and those before it stay.
 *
 * @example Ask, answer and teach
 * ```ts
 * import { embedFolder, Model, start } from "@csn/csn";
 * import { AnswersFile, answerTriplets, fitNotion, nextQuestion } from "@csn/csn/teach";
 *
 * await start();
 * using model = await Model.load("runs/mine/model_best");
 * const images = await embedFolder(model, "photos");
 * const file = await AnswersFile.open("elegance.txt", { notion: "elegance", names: images.names });
 * const question = nextQuestion(images, file.answers, { masks: model.masks, by: "Ann" });
 * await file.add({ ...question, chosen: "left", by: "Ann" });
 * const triplets = answerTriplets(await file.reload());
 * if (triplets.length >= 3 * 60) console.log(fitNotion(images, triplets).verdict);
 * ```
 */
export class AnswersFile {
  /** Where it lies. */
  readonly path: string;
  /** The notion by which is answered. */
  readonly notion: string;
  readonly #names: readonly string[];
  #answers: readonly StoredAnswer[] = [];
  /** What is being added, one after the other. */
  #adding: Promise<unknown> = Promise.resolve();

  private constructor(path: string, { notion, names }: AnswersOptions) {
    this.path = path;
    this.notion = notion;
    this.#names = names;
  }

  /**
   * Opens a file of answers, or begins one with the first answer. Throws a CsnError for a file that
   * is none, or whose answers are by another notion or about other images; a UsageError for a name
   * that no notion can have.
   */
  static async open(path: string, options: AnswersOptions): Promise<AnswersFile> {
    const { notion } = options;
    if (!isNotionName(notion)) {
      throw new UsageError(
        `Cannot collect answers by ${
          shown(notion)
        }: the name of a notion has letters, digits, "_", "-" and "."; choose such a name`,
      );
    }
    const file = new AnswersFile(path, options);
    await file.reload();
    return file;
  }

  /** The answers as they were last read or added to, the oldest first. */
  get answers(): readonly Answer[] {
    return this.#answers;
  }

  /** Reads the file again: others may have added answers. */
  async reload(): Promise<readonly Answer[]> {
    const text = await textOf(this.path);
    this.#answers = text === null ? [] : this.#parse(text);
    return this.#answers;
  }

  /**
   * Writes an answer to the file's end and flushes it to the disk; only then it counts. Throws a
   * UsageError for an image that is not there or stands twice, and a CsnError when it cannot be
   * written; the file is then as it was.
   */
  async add(given: GivenAnswer): Promise<Answer> {
    const answer = this.#stored(given);
    // One after the other, also where the last one failed.
    const done = this.#adding.then(() => this.#append(answer));
    this.#adding = done.catch(() => {});
    await done;
    return answer;
  }

  /**
   * Takes an answer back, by a further line: nothing is ever removed. Throws a CsnError when that
   * cannot be written; the answer then still counts.
   */
  async takeBack(answer: Answer, at: Date = new Date()): Promise<void> {
    const meant = this.#answers.findLast((each) =>
      questionKey(each) === questionKey(answer) && each.by === answer.by && each.at === answer.at
    );
    if (meant === undefined) {
      throw new UsageError(
        `Cannot take back an answer in ${this.path}: ${answer.by} gave none at ${answer.at} to this question; read the file again`,
      );
    }
    const done = this.#adding.then(async () => {
      await this.#write(takenBackLine(meant, at.toISOString()));
      this.#answers = this.#answers.filter((each) => each !== meant);
    });
    this.#adding = done.catch(() => {});
    await done;
  }

  #stored({ anchor, left, right, chosen, by, at = new Date() }: GivenAnswer): StoredAnswer {
    const failing = "Cannot take the answer";
    const nameOf = (image: number) => {
      const name = this.#names[image];
      if (name !== undefined) return name;
      throw new UsageError(
        `${failing}: it is about image ${image}, and there are ${this.#names.length}; ask by rows of the embeddings`,
      );
    };
    if (new Set([anchor, left, right]).size < 3) {
      throw new UsageError(
        `${failing}: ${
          inLine([anchor, left, right].map(nameOf).join(", "))
        } are not three images; ask about different ones`,
      );
    }
    if (chosen !== "left" && chosen !== "right" && chosen !== null) {
      throw new UsageError(
        `${failing}: ${shown(chosen)} was chosen; it must be "left", "right" or null`,
      );
    }
    if (by.trim() === "") {
      throw new UsageError(`${failing}: it has no annotator; name one with \`by\``);
    }
    const names = [nameOf(anchor), nameOf(left), nameOf(right)] as const;
    return { anchor, left, right, chosen, by, at: at.toISOString(), names };
  }

  async #append(answer: StoredAnswer): Promise<void> {
    await this.#write(answerLine(answer));
    this.#answers = [...this.#answers, answer];
  }

  /** Adds a line to the file's end. */
  async #write(line: string): Promise<void> {
    await appendLine(this.path, line, {
      head: headLine(this.notion),
      mark: answersHead,
      what: "an answer",
      isWhole: (last) => parseAnswer(last) !== null,
    });
  }

  #parse(text: string): StoredAnswer[] {
    const { head, answers } = parseAnswers(this.path, text);
    if (head === null) return [];
    if (head.notion !== this.notion) {
      throw new CsnError(
        `Cannot add answers by "${this.notion}" to ${this.path}: its answers are by "${head.notion}"; choose another file`,
      );
    }
    const others = answers.filter(({ anchor, left, right, names }) =>
      [anchor, left, right].some((image, i) => this.#names[image] !== names[i])
    );
    if (others.length > 0) {
      const [{ anchor, names }] = others;
      throw new CsnError(
        `Cannot add answers to ${this.path}: ${others.length} of its ${answers.length} are about other images (image ${anchor} was ${
          names[0]
        }, and is ${
          this.#names[anchor] ?? "not there"
        }); use the images that they are about, or another file`,
      );
    }
    return answers;
  }
}

/** The answers of a file's text. A last line that is not finished does not count. */
export function parseAnswers(
  path: string,
  text: string,
): { readonly head: ReturnType<typeof parseHead>; readonly answers: StoredAnswer[] } {
  const lines = text.split("\n");
  // What follows the last line end: nothing, or a line that was not finished.
  lines.pop();
  if (lines.length === 0 && answersHead.startsWith(text.slice(0, answersHead.length))) {
    return { head: null, answers: [] };
  }
  const head = parseHead(lines[0] ?? "");
  if (head === null) {
    throw new CsnError(
      `Cannot use ${path} as a list of answers: its first line does not say that it is one; choose another file, or begin a new one`,
    );
  }
  const left = takenBackPlaces(lines);
  const answers = lines.slice(1).flatMap((line, at) => {
    if (left.has(at + 1)) return [];
    const answer = parseAnswer(line);
    if (answer !== null) return [answer];
    throw new CsnError(
      `${path}:${at + 2}: ${shown(line)} is no answer; bring the line back, or remove it`,
    );
  });
  return { head, answers };
}

/** The text of a file; null where there is none. */
export async function textOf(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw new CsnError(`Cannot read the answers in ${path}: ${messageOf(error)}`, { cause: error });
  }
}
