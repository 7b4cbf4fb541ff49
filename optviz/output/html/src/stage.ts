/** The large picture's canvases, and what a pointer does on them. */

import { abs, finite, floor, hypot, json, log10, max, min, num, PI, round } from "./math";
import type { App } from "./app";
import { clipTo, letters, scaled, stroke, words } from "./axes";
import { aria, el, say } from "./dom";
import { drawArrow, drawMarker } from "./markers";
import { Names } from "./names";
import { pointText, short } from "./text";
import { inTurns, SHARED, SOLID, solid } from "./turns";
import type { Point } from "./types";

export type Mode = "start" | "swarm" | "pan";

const HEAD_PX = 5.6, HOVER_PX = 14, INSET_PX = 8, TAP_PX = 5, BEAD_WIDTHS = 2.6, REST_MS = 120;

export class Stage {
  readonly element = el("div.view");
  mode: Mode = "start";
  private readonly land = el("canvas");
  private readonly over = el("canvas.touch", { role: "img" });
  private readonly caption = el("p.caption");
  private readonly tip = el("dl.tip", { hidden: true });
  private readonly names: Names;
  private paths: Float64Array[][] = [];
  private kept: Int32Array[][] = []; // the steps of a path that are drawn: those a pixel apart
  private trails: number[][][] = []; // of each racer, of each line: see turns.ts
  private rest = 0;
  private beads: number[][] = []; // of each racer: the steps that have one
  private readonly pointers = new Map<number, [number, number]>();
  private pinch = 0;
  private moved = false;
  private pressed: [number, number] | null = null; // the head on which a pointer came down
  private width = 1;
  private height = 1;

  constructor(readonly app: App) {
    this.names = new Names(app);
    this.element.append(this.land, this.over, this.tip, this.caption);
    aria(this.over, "label", `${app.payload.problem.title}: where every racer is`);
    this.over.onpointerdown = event => this.down(event);
    this.over.onpointermove = event => this.move(event);
    this.over.onpointerup = this.over.onpointercancel = event => this.up(event);
    this.over.onpointerleave = () => this.hover(null);
    this.over.addEventListener("wheel", event => this.wheel(event), { passive: false });
  }

  get isResized(): boolean {
    return this.over.clientWidth !== this.width || this.over.clientHeight !== this.height;
  }
  resize(): void {
    const { app, land, over } = this;
    this.width = this.over.clientWidth, (this.height = this.over.clientHeight);
    for (const canvas of [land, over]) {
      canvas.width = round(this.width * app.dpr);
      canvas.height = round(this.height * app.dpr);
    }
    app.scene.resize(this.width, this.height);
    this.ground();
  }
  ground(): void {
    const { dpr, scene: view } = this.app, pen = scaled(this.land, dpr);
    pen.clearRect(0, 0, this.width, this.height);
    view.ground(pen, dpr);
  }
  /** The window changed: draw the land again, and all paths. */
  reframe(): void {
    this.ground();
    this.app.basins.stale(0, true, true);
    this.renewPaths();
    this.app.draw();
  }

  renewPaths(): void {
    const { app } = this;
    this.paths = app.race.tracks.map(track => app.scene.paths(track));
    this.kept = this.paths.map(lines => lines.map(significant));
    this.beads = this.paths.map(([path]) => strung(path, app.payload.beads, BEAD_WIDTHS * app.look.theme.line));
    this.trails = this.paths.map((lines, racer) => lines.map((path, line) => solid(path, this.kept[racer][line])));
    clearTimeout(this.rest);
    this.rest = setTimeout(() => this.takeTurns(), REST_MS);
    this.names.renew();
  }
  /** Once nothing moves: let trails that lie on one another be seen in turns. */
  private takeTurns(): void {
    const { app, trails } = this, who = app.field.flatMap((one, racer) => (one.isOut || app.isGhost(racer) ? [] : [racer]));
    trails[0]?.forEach((_, line) => inTurns(who.map(racer => trails[racer][line])).forEach((trail, at) => (trails[who[at]][line] = trail)));
    app.draw();
  }

  /** Where a racer stands at a step that may lie between two; one place a line. */
  place(racer: number, line: number, step: number): [number, number] {
    const path = this.paths[racer][line], last = path.length / 2 - 1, at = min(step, last), t = floor(at), r = at - t;
    const next = min(t + 1, last);
    return [path[2 * t] + r * (path[2 * next] - path[2 * t]), path[2 * t + 1] + r * (path[2 * next + 1] - path[2 * t + 1])];
  }

  draw(step: number): void {
    const { app } = this, pen = scaled(this.over, app.dpr), { frame } = app.scene;
    pen.clearRect(0, 0, this.width, this.height);
    pen.save();
    clipTo(pen, frame);
    app.basins.draw(pen);
    app.swarm.draw(pen, step);
    const order = [...app.order.order].reverse().filter(racer => !app.field[racer].isOut);
    const ordered = [...order.filter(racer => app.isGhost(racer)), ...order.filter(racer => !app.isGhost(racer))];
    const bare = app.payload.view !== "map", trails = app.payload.view !== "curve" || order.length === 1;
    if (trails) for (const kind of [SOLID, SHARED]) for (const racer of ordered) this.trail(pen, racer, step, bare, kind);
    app.scene.marks(pen);
    pen.restore();
    for (const racer of ordered) this.head(pen, racer, step);
    this.words(floor(step));
    const named = ordered.filter(racer => !app.isGhost(racer) && this.isInside(this.place(racer, 0, step))).sort((a, b) => a - b);
    if (this.names.draw(pen, named, named.map(racer => this.place(racer, 0, step)))) app.draw();
  }

  private trail(pen: CanvasRenderingContext2D, racer: number, step: number, bare: boolean, kind: number): void {
    const { app } = this, { theme } = app.look, memory = app.payload.trail, ghost = app.isGhost(racer);
    this.paths[racer].forEach((path, line) => {
      const trail = this.trails[racer][line], until = min(step, path.length / 2 - 1), first = memory === null ? 0 : max(0, step - memory);
      pen.beginPath();
      let begun = false, i = 0;
      for (; trail[i + 2] <= until; i += 4) {
        if (trail[i + 2] < first) continue;
        pen[begun && trail[i + 3] === kind ? "lineTo" : "moveTo"](trail[i], trail[i + 1]);
        begun = true;
      }
      const [x, y] = this.place(racer, line, step);
      if (begun && (trail[i + 3] ?? SOLID) === kind) pen.lineTo(x, y);
      pen.lineJoin = "round", (pen.lineCap = kind === SOLID ? "round" : "butt");
      pen.globalAlpha = ghost ? 0.22 : 1;
      const width = 1.25 * theme.line;
      if (!bare && !ghost && kind === SOLID) stroke(pen, theme.page, width + 2.4);
      if (racer >= 10) pen.setLineDash([racer >= 20 ? 5 : 11, 6]);
      stroke(pen, app.colour(racer), width);
      pen.setLineDash([]);
      pen.beginPath();
      if (kind === SHARED) for (const t of this.beads[racer]) {
        if (t > until) break;
        const u = path[2 * t], v = path[2 * t + 1], radius = (BEAD_WIDTHS / 2) * width;
        if (t < first || hypot(u - x, v - y) < 2 * width) continue; // its halo would cut it
        pen.moveTo(u + radius, v), pen.arc(u, v, radius, 0, 2 * PI);
      }
      pen.fillStyle = app.colour(racer), pen.fill();
      pen.globalAlpha = 1;
    });
  }

  private head(pen: CanvasRenderingContext2D, racer: number, step: number): void {
    const { app } = this, { frame } = app.scene, { theme } = app.look;
    pen.globalAlpha = app.isGhost(racer) ? 0.35 : 1;
    this.paths[racer].forEach((_, line) => {
      const [x, y] = this.place(racer, line, step);
      const right = min(max(x, frame.leftPx + INSET_PX), frame.leftPx + frame.widthPx - INSET_PX);
      const down = min(max(y, frame.topPx + INSET_PX), frame.topPx + frame.heightPx - INSET_PX);
      if (!finite(right + down)) return;
      const look = [HEAD_PX * (app.focused === racer ? 1.35 : 1), app.colour(racer), theme.page] as const;
      if (!this.isInside([x, y])) drawArrow(pen, right, down, x - right, y - down, ...look);
      else drawMarker(pen, app.markerAt(racer, step), x, y, ...look);
    });
    pen.globalAlpha = 1;
  }

  private words(step: number): void {
    const { captions, pauses, lesson, steps } = this.app.payload, ends = step >= steps && this.app.isFiles;
    const pause = pauses.find(({ at, text }) => text && at === step);
    const due = captions.filter(({ at, until }) => at <= step && (until === null || step <= until)).sort((a, b) => b.at - a.at)[0];
    say(this.caption, ends ? lesson : this.app.isFiles ? (pause?.text ?? due?.text ?? "") : "");
  }

  private isInside([x, y]: [number, number]): boolean {
    const { leftPx: left, topPx: top, widthPx: width, heightPx: height } = this.app.scene.frame;
    return x >= left && x <= left + width && y >= top && y <= top + height;
  }

  // --- pointers

  private at(event: PointerEvent | WheelEvent): [number, number] {
    const box = this.over.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }
  private down(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.over.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, this.at(event));
    this.moved = false;
    this.pinch = 0;
    this.pressed = this.headAt(this.at(event));
    if (this.pointers.size === 1 && !this.pressed) this.touch(this.at(event), false);
  }
  private move(event: PointerEvent): void {
    const place = this.at(event), before = this.pointers.get(event.pointerId);
    if (!before) return this.hover(place);
    if (!this.moved && hypot(place[0] - before[0], place[1] - before[1]) < TAP_PX && this.pressed) return;
    this.moved = true;
    this.pointers.set(event.pointerId, place);
    if (this.pointers.size > 1) return this.spread();
    if (this.mode === "pan") {
      this.app.scene.pan(place[0] - before[0], place[1] - before[1]);
      this.reframe();
    } else this.touch(place, false);
  }
  private up(event: PointerEvent): void {
    const place = this.pointers.get(event.pointerId);
    this.pointers.delete(event.pointerId);
    if (!place) return;
    if (this.pressed && !this.moved) this.app.focus(this.pressed[0]);
    else if (!this.pinch) this.touch(place, true);
  }
  /** Two fingers zoom. */
  private spread(): void {
    const [a, b] = [...this.pointers.values()], apart = hypot(a[0] - b[0], a[1] - b[1]);
    if (this.pinch > 0 && apart > 0) {
      this.app.scene.zoom(this.pinch / apart, [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]);
      this.reframe();
    }
    this.pinch = apart;
  }
  private wheel(event: WheelEvent): void {
    if (!this.app.scene.touchable || !(event.ctrlKey || event.metaKey || document.fullscreenElement || event.altKey)) return;
    event.preventDefault();
    this.app.scene.zoom(Math.exp(event.deltaY * 0.002), this.at(event));
    this.reframe();
  }
  private touch([x, y]: [number, number], rests: boolean): void {
    const { app } = this, { frame } = app.scene;
    if (!app.scene.touchable || this.mode === "pan") return;
    const inside = x >= frame.leftPx - 12 && x <= frame.leftPx + frame.widthPx + 12 && y >= frame.topPx - 12 && y <= frame.topPx + frame.heightPx + 12;
    if (!inside) return;
    const point = app.scene.pointAt(x, y);
    if (this.mode === "swarm") app.swarm.brush(point, rests);
    else app.setStart(point.map((value, axis) => rounded(value, app.scene.box[axis])), rests);
  }

  private headAt([x, y]: [number, number]): [number, number] | null {
    const { app } = this;
    let best: [number, number] | null = null, nearest = HOVER_PX;
    for (const racer of app.order.order) {
      if (app.field[racer].isOut) continue;
      this.paths[racer].forEach((_, line) => {
        const [u, v] = this.place(racer, line, app.moment), away = hypot(u - x, v - y);
        if (away < nearest && app.moment > 0) (nearest = away), (best = [racer, min(floor(app.moment), app.race.tracks[racer].kept)]);
      });
    }
    return best;
  }
  /** The racer and the step whose head or trail is under the pointer. */
  private under(place: [number, number]): [number, number] | null {
    const head = this.headAt(place);
    if (head || this.app.payload.view === "curve") return head;
    let best: [number, number] | null = null, nearest = 8;
    for (const racer of this.app.order.order) {
      if (this.app.field[racer].isOut || this.app.isGhost(racer)) continue;
      this.paths[racer].forEach((path, line) => {
        for (const t of this.kept[racer][line]) {
          if (t > this.app.moment) break;
          const away = hypot(path[2 * t] - place[0], path[2 * t + 1] - place[1]);
          if (away < nearest) (nearest = away), (best = [racer, t]);
        }
      });
    }
    return best;
  }
  private hover(place: [number, number] | null): void {
    const found = place && this.under(place), { tip, app } = this;
    tip.hidden = !found;
    if (!found || !place) return;
    fill(tip, app, ...found);
    const left = place[0] > this.width / 2, up = place[1] > this.height / 2;
    tip.style.left = left ? "" : `${place[0] + 16}px`;
    tip.style.right = left ? `${this.width - place[0] + 16}px` : "";
    tip.style.top = up ? "" : `${place[1] + 12}px`;
    tip.style.bottom = up ? `${this.height - place[1] + 12}px` : "";
  }

  /** What is on the screen as a picture, its title above. */
  picture(): HTMLCanvasElement {
    const { app } = this, { dpr } = app, canvas = el("canvas"), head = 46;
    canvas.width = this.over.width, (canvas.height = this.over.height + head * dpr);
    const pen = canvas.getContext("2d")!;
    pen.fillStyle = app.look.theme.page, pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(this.land, 0, head * dpr), pen.drawImage(this.over, 0, head * dpr);
    scaled(canvas, dpr);
    pen.fillStyle = app.look.theme.ink, letters(pen, 19, "bold"), pen.fillText(app.payload.title, 14, 30, this.width - 120);
    letters(pen, 15), words(pen, `step ${floor(app.moment)}`, this.width - 14, 30, "right", "alphabetic");
    return canvas;
  }
}

/** A coordinate with no more digits than the picture shows. */
export function rounded(value: number, [low, high]: [number, number]): number {
  const digits = max(0, 3 - floor(log10(high - low)));
  return num(value.toFixed(min(15, digits)));
}

/** Write the numbers of a racer at a step. */
function fill(list: HTMLElement, app: App, racer: number, step: number): void {
  const rows = factsAt(app, racer, step), key = json(rows);
  if (list.dataset.key === key) return;
  list.dataset.key = key;
  list.replaceChildren(...rows.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
}

function factsAt(app: App, racer: number, step: number): [string, string][] {
  const track = app.race.tracks[racer], t = min(step, track.kept);
  const rows: [string, string][] = [[app.field[racer].entry.label, `step ${t}`]];
  if (!app.payload.problem.network) rows.push([track.dim > 1 ? "x, y" : "x", pointText(track.point(t).map(value => num(value.toPrecision(5))))]);
  rows.push(["f", short(track.f[t], 5)]);
  const say = (name: string, values: number[] | null) => values && rows.push([name, pointText(values)]);
  const g = track.at("g", t);
  if (g) rows.push(["|g|", short(hypot(...g))]);
  say("effective lr", track.at("rate", t));
  for (const state of track.kernel.states) say(state, track.at(state, t));
  if (g && t > 0) say("Δ", track.point(t).map((value, i) => value - track.x(t - 1, i)) as Point);
  return rows;
}

/** The steps of a path that have a bead, none on the one before. */
function strung(path: Float64Array, every: number, apart: number): number[] {
  const found: number[] = [];
  let x = path[0], y = path[1];
  for (let t = every; t && 2 * t < path.length; t += every) {
    if (hypot(path[2 * t] - x, path[2 * t + 1] - y) < apart) continue;
    found.push(t);
    (x = path[2 * t]), (y = path[2 * t + 1]);
  }
  return found;
}

/** The steps of a path that are at least a pixel from the one drawn before; the last among them. */
function significant(path: Float64Array): Int32Array {
  const found: number[] = [], last = path.length / 2 - 1;
  let x = NaN, y = NaN;
  for (let t = 0; t <= last; t++) {
    const u = path[2 * t], v = path[2 * t + 1];
    if (abs(u - x) < 0.8 && abs(v - y) < 0.8 && t < last) continue;
    if (!finite(u + v)) continue;
    found.push(t);
    (x = u), (y = v);
  }
  return Int32Array.from(found);
}
