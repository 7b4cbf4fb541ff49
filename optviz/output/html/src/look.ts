/** The colours in use: those of the scheme that the reader or the scenario chose. */

import type { Payload, Theme } from "./types";

export class Look {
  private chosen: string | null;
  private readonly prefersDark = matchMedia("(prefers-color-scheme: dark)");
  readonly still = matchMedia("(prefers-reduced-motion: reduce)");

  constructor(readonly payload: Payload, changed: () => void) {
    this.chosen = payload.scheme;
    this.prefersDark.addEventListener("change", () => (this.apply(), changed()));
    this.apply();
  }
  get tone(): string {
    return this.chosen ?? (this.prefersDark.matches ? "dark" : "light");
  }
  get theme(): Theme {
    return this.payload.themes[this.tone];
  }
  toggle(): void {
    this.chosen = this.tone === "dark" ? (this.payload.scheme === "paper" ? "paper" : "light") : "dark";
    this.apply();
  }
  private apply(): void {
    const { theme } = this, root = document.documentElement;
    root.style.colorScheme = this.tone === "dark" ? "dark" : "light";
    for (const name of ["page", "ink", "quiet", "faint", "curve"] as const) root.style.setProperty(`--${name}`, theme[name]);
    root.style.setProperty("--soft", theme.land[1] === theme.page ? theme.faint : theme.land[theme === this.payload.themes.dark ? 3 : 0]);
  }
}

export const FONT = '"DejaVu Sans", Verdana, system-ui, sans-serif';
