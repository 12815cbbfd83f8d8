/** Focus that arrow keys move from card to card, and from row to row. */

function lines(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(".cards")]
    .filter((line) => line.querySelector("[data-card]") !== null);
}

function cardsOf(line: HTMLElement): HTMLElement[] {
  return [...line.querySelectorAll<HTMLElement>("[data-card]")];
}

/** Moves the focus by an arrow key; from elsewhere it goes to the first card. */
export function moveFocus(key: string): void {
  const all = lines();
  const row = all.findIndex((line) => line.contains(document.activeElement));
  if (row === -1) return focus(all[0] && cardsOf(all[0])[0]);
  const cards = cardsOf(all[row]);
  const at = cards.indexOf(document.activeElement as HTMLElement);
  if (key === "ArrowLeft" || key === "ArrowRight") {
    return focus(cards[at + (key === "ArrowRight" ? 1 : -1)]);
  }
  const by = key === "ArrowDown" ? 1 : -1;
  // Of a line that is wrapped, the next card below; then the next line.
  const columns = all[row].classList.contains("wrapped") ? columnsOf(cards) : cards.length;
  const within = cards[at + by * columns];
  if (within !== undefined && columns < cards.length) return focus(within);
  const next = all[row + by];
  if (next === undefined) return;
  const others = cardsOf(next);
  focus(others[Math.min(at, others.length - 1)]);
}

function columnsOf(cards: readonly HTMLElement[]): number {
  const top = cards[0].getBoundingClientRect().top;
  const below = cards.findIndex((card) => card.getBoundingClientRect().top > top);
  return below === -1 ? cards.length : below;
}

/** Gives the focus to the first card of the row of that number. */
export function focusRow(number: number): void {
  const line = lines().find(({ dataset }) => dataset.row === String(number));
  if (line !== undefined) focus(cardsOf(line)[0]);
}

function focus(card: HTMLElement | undefined): void {
  card?.focus();
  card?.scrollIntoView({ block: "nearest", inline: "nearest" });
}
