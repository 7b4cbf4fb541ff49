/** The live order, which is the legend too: rows slide when places change. */

import { floor, min, now, round, str } from "./math";
import type { App } from "./app";
import { scaled } from "./axes";
import { aria, button, el, say } from "./dom";
import { drawMarker } from "./markers";

/** Draw the small head that stands before a name. */
export function badge(app: App, canvas: HTMLCanvasElement, racer: number): void {
  canvas.width = canvas.height = round(18 * app.dpr);
  drawMarker(scaled(canvas, app.dpr), app.field[racer].entry.marker, 9, 9, 5.2, app.colour(racer), app.look.theme.page, 0.8);
}

interface Row {
  element: HTMLLIElement;
  place: HTMLElement;
  badge: HTMLCanvasElement;
  rate: HTMLElement;
  since: HTMLElement;
  value: HTMLElement;
  hide: HTMLButtonElement;
  name: HTMLButtonElement;
}

const ROW_PX = 30, REORDER_MS = 200;

export class Ranking {
  readonly element = el("section.ranking", { named: "Ranking" });
  private readonly list = el("ol");
  private readonly head = el("span.value");
  private rows: Row[] = [];
  private ordered = 0;

  constructor(readonly app: App) {
    const { distance, gap } = app.payload.finish, since = (distance ?? gap) === null ? [] : [el("span", {}, "inside "), "since"];
    this.element.append(el("div.head", { ariaHidden: "true" }, el("span.rate", {}, "lr"), el("span.since", {}, ...since), this.head), this.list);
  }

  /** Make a row for each racer. */
  renew(): void {
    const { app } = this, { problem } = app.payload;
    say(this.head, problem.online ? (problem.best ? "average regret" : "average loss") : problem.fMin === null ? "f" : "f − min f");
    this.rows = app.field.map(({ entry: data }, racer) => {
      const row: Row = {
        element: el("li"),
        place: el("span.place"),
        badge: el("canvas"),
        name: button("", data.label, () => app.focus(racer), { class: "name" }),
        rate: el("span.rate"),
        since: el("span.since"),
        value: el("span.value"),
        hide: button("", "", () => app.hide(racer), { class: "hide" }),
      };
      row.name.title = data.why ? `${data.label}: ${data.why}` : data.label;
      row.element.append(row.place, row.badge, row.name, data.why ? el("span.played", { title: data.why }, "recorded") : "", row.rate, row.since, row.value, row.hide);
      return row;
    });
    this.list.style.height = `${ROW_PX * this.rows.length}px`;
    this.ordered = 0;
    this.paint();
    this.draw(floor(app.moment)); // rows that are not there yet do not slide
    this.list.replaceChildren(...this.rows.map(row => row.element));
  }

  /** Draw what changes with the look, the focus and what is hidden. */
  paint(): void {
    const { app } = this;
    this.rows.forEach((row, racer) => {
      const { entry: data, isOut: hidden } = app.field[racer];
      badge(app, row.badge, racer);
      row.element.className = hidden ? "hidden" : app.isGhost(racer) ? "ghost" : "";
      aria(row.name, "pressed", str(app.focused === racer));
      aria(row.name, "label", `${data.label}: single out`);
      say(row.hide, hidden ? "+" : "×");
      row.hide.title = `${hidden ? "Show" : "Hide"} ${data.label}`;
      aria(row.hide, "label", row.hide.title);
    });
    this.renewRates();
  }
  renewRates(): void {
    this.rows.forEach((row, racer) => say(row.rate, this.app.rateOf(racer)));
  }

  draw(step: number): void {
    const { app } = this, at = now(), { order, places, shared } = app.order, last = step >= app.payload.steps;
    const reorders = !app.playing || last || at - this.ordered > REORDER_MS;
    if (reorders) this.ordered = at;
    order.forEach((racer, at) => {
      const row = this.rows[racer];
      if (reorders) {
        row.element.style.transform = `translateY(${at * ROW_PX}px)`;
        row.element.style.background = last && app.payload.podium && at < 3 && app.isInside(racer, step) ? `${app.colour(racer)}22` : "";
        say(row.place, last && shared[racer] ? `${places[racer]}=` : str(last ? places[racer] : at + 1));
      }
      const [since, value, event] = app.standing(racer, step);
      say(row.since, since);
      say(row.value, event || value);
      row.value.classList.toggle("event", !!event);
      row.name.classList.toggle("inside", app.isInside(racer, step));
    });
  }
}

/** What has been spent: steps and gradients, in the racers' order. */
export class Rates {
  readonly element = el("section.rates", { named: "Steps and learning rates" });
  private cells: [HTMLElement, HTMLElement][] = [];
  constructor(readonly app: App) {}
  renew(): void {
    this.cells = this.app.field.map(() => [el("td"), el("td")]);
    const head = el("tr", {}, ...["", "steps", "lr"].map(text => el("th", { scope: "col" }, text || "racer")));
    const rows = this.app.field.map(({ entry: data }, racer) => el("tr", {}, el("th", { scope: "row" }, data.label), ...this.cells[racer]));
    this.element.replaceChildren(el("table", {}, el("thead", {}, head), el("tbody", {}, ...rows)));
  }
  draw(step: number): void {
    this.cells.forEach(([taken, rate], racer) => {
      say(taken, str(min(step, this.app.race.tracks[racer].lostAt ?? step)));
      say(rate, this.app.rateAt(racer, step));
    });
  }
}
