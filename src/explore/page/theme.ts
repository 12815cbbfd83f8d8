import { effect, type Signal, signal } from "@preact/signals";

/** Light or dark, or as the system has it. */
export type Theme = "system" | "light" | "dark";

const themes: readonly Theme[] = ["system", "light", "dark"];

const key = "csn-explore-theme";

/** What was chosen in this browser. */
export const theme: Signal<Theme> = signal(
  themes.find((each) => each === localStorage.getItem(key)) ?? "system",
);

/** The next of the three. */
export function switchTheme(): void {
  theme.value = themes[(themes.indexOf(theme.value) + 1) % themes.length];
}

/** From now on the page looks as it was chosen; style.css knows `data-theme`. */
export function followTheme(): void {
  effect(() => {
    localStorage.setItem(key, theme.value);
    document.documentElement.dataset.theme = theme.value;
  });
}
