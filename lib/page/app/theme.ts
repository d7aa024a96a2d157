// Light or dark: as the system says, until somebody chooses.

import { effect, signal } from "@preact/signals";

const KEY = "theme";
export type Theme = "light" | "dark";

/** Storage may be forbidden, as in a notebook's frame. */
function stored(): Theme | undefined {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === "light" || kept === "dark" ? kept : undefined;
  } catch {
    return undefined;
  }
}

const system = matchMedia("(prefers-color-scheme: dark)");
const systemTheme = signal<Theme>(system.matches ? "dark" : "light");
system.addEventListener("change", () => {
  systemTheme.value = system.matches ? "dark" : "light";
});
const chosen = signal<Theme | undefined>(stored());

export function themeNow(): Theme {
  return chosen.value ?? systemTheme.value;
}

export function chooseTheme(theme: Theme): void {
  chosen.value = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // it holds for this visit
  }
}

/** Keeps the page in the theme. */
export function followTheme(): void {
  effect(() => {
    document.documentElement.dataset.theme = themeNow();
  });
}
