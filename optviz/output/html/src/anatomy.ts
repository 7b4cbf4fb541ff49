/** Takes a racer's step apart, term by term: numbers and bars of what its kernel computes on the way. */

import { abs, finite, json, max, min, round } from "./math";
import type { App } from "./app";
import { el } from "./dom";
import type { Track } from "./engine";
import { short } from "./text";

type Row = [symbol: string, values: number[] | null, words: string, scale: string];

export class Anatomy {
  readonly element = el("div.anatomy");
  private readonly known = new WeakMap<Track, number[]>();
  private key = "";

  /** Show the racer that is singled out; on a panel, else the first. */
  constructor(readonly app: App, readonly isPanel: boolean) {}

  draw(step: number): void {
    const { app } = this, racer = app.focused ?? (this.isPanel ? 0 : null);
    this.element.hidden = racer === null;
    if (racer === null) return;
    const track = app.race.tracks[racer], t = min(step, track.kept), { entry: data } = app.field[racer], rows = this.rows(racer, t);
    const key = json([data.label, t, rows, app.look.tone]);
    if (key === this.key) return;
    this.key = key;
    const longest: Record<string, number> = {};
    for (const [, values, , scale] of rows) for (const value of values!) if (finite(value)) longest[scale] = max(longest[scale] ?? 0, abs(value));
    const point = track.point(t).map((value, axis) => `${"xy"[axis]} = ${short(value, 5)}`);
    this.element.replaceChildren(el("table", {},
      el("caption", {}, el("b", {}, data.label), ` step ${t}: ${[...point, `f = ${short(track.f[t], 5)}`].join(", ")}`),
      ...rows.map(([symbol, values, words, scale]) => el("tr", {}, el("th", { scope: "row", title: words }, symbol),
        ...values!.map(value => el("td", {}, this.bar(value / longest[scale], app.colour(racer)), short(value))), el("td", {}, words)))));
  }
  private bar(share: number, colour: string): HTMLElement {
    const made = el("i");
    made.style.transform = `scaleX(${finite(share) ? share : 0})`;
    made.style.background = colour;
    return made;
  }

  /** The slope first, then what the rule makes of it, the step last; what is recorded where there is no more. */
  private rows(racer: number, t: number): Row[] {
    const { app } = this, track = app.race.tracks[racer], { entry: data, h } = app.field[racer], { dim, kernel } = track;
    const clipped = "clip" in (Object.values(data.written as Record<string, object>)[0] ?? {});
    const lasts = (at: number) => (h[at] < 1 ? `${round(1 / (1 - h[at]))} steps` : "for good");
    const middle: Row[] = data.kernel === null
      ? kernel.states.map(name => [name, track.at(name, t), "", name])
      : kernel.terms.map((number, place) => {
        const [symbol, words, isMemory] = app.payload.terms[number], from = ((t - 1) * kernel.terms.length + place) * dim;
        return [symbol, this.terms(racer).slice(from, from + dim), words.replace(/\{(\d+)\}/g, (_, at) => lasts(at)), isMemory ? "g" : symbol.replace("max", "")];
      });
    return t < 1 ? [] : ([
      ["g", track.at("g", t), clipped ? "slope now, clipped" : "slope now", "g"], ...middle,
      ["rate", track.at("rate", t), "effective learning rate", "rate"],
      ["Δ", track.point(t).map((value, axis) => value - track.x(t - 1, axis)), "the step", "Δ"],
    ] as Row[]).filter(([, values]) => values?.length);
  }
  private terms(racer: number): number[] {
    const { app } = this, track = app.race.tracks[racer];
    let found = this.known.get(track);
    if (!found) this.known.set(track, (found = app.engine.terms(app.field[racer], app.start)));
    return found;
  }
}
