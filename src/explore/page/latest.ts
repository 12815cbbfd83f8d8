/** How answers are asked for while the question changes. */
interface LatestOptions<Question, Answer> {
  readonly ask: (question: Question) => Promise<Answer>;
  /** Called with each answer, and the question it answers. */
  readonly take: (answer: Answer, question: Question) => void;
  readonly fail: (error: unknown, question: Question) => void;
}

/**
 * Asks one question at a time, always the newest: those that came between are left out, so that
 * answers follow a slider as fast as they come, and an old answer never replaces a newer one.
 */
export function latest<Question, Answer>(
  { ask, take, fail }: LatestOptions<Question, Answer>,
): (question: Question) => void {
  let next: { readonly question: Question } | null = null;
  let isAsking = false;
  const run = async () => {
    isAsking = true;
    while (next !== null) {
      const { question } = next;
      next = null;
      try {
        take(await ask(question), question);
      } catch (error) {
        fail(error, question);
      }
    }
    isAsking = false;
  };
  return (question) => {
    next = { question };
    if (!isAsking) run();
  };
}
