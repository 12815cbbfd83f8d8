/** Tabs that are remembered: those that were closed go. */
const mostTabs = 64;

/** What each tab of a browser is asked about a notion, so that no two are asked the same at once. */
export class AskedTabs<Question> {
  /** The oldest first. */
  readonly #asked = new Map<string, { readonly notion: string; readonly question: Question }>();

  /** What a tab is asked; undefined where that is nothing. */
  of({ tab, notion }: { readonly tab: string; readonly notion: string }): Question | undefined {
    const open = this.#asked.get(tab);
    return open?.notion === notion ? open.question : undefined;
  }

  /** What the other tabs are asked. */
  others({ tab, notion }: { readonly tab: string; readonly notion: string }): Question[] {
    return [...this.#asked].flatMap(([each, open]) =>
      each === tab || open.notion !== notion ? [] : [open.question]
    );
  }

  /** Asks a tab; returns the question. */
  ask(
    { tab, notion }: { readonly tab: string; readonly notion: string },
    question: Question,
  ): Question {
    this.#asked.delete(tab);
    this.#asked.set(tab, { notion, question });
    const [oldest] = this.#asked.keys();
    if (this.#asked.size > mostTabs) this.#asked.delete(oldest);
    return question;
  }

  /** A tab answered. */
  answered(tab: string): void {
    this.#asked.delete(tab);
  }
}
