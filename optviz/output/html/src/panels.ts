/** Draws the small pictures beside the view: a curve for each racer against the step. */

import { finite, floats, floor, hypot, json, list, max, min, round } from "./math";
import type { App } from "./app";
import { distanceToMinima } from "./judge";
import { clipTo, drawAxes, scaled, type Frame, type Pen } from "./axes";
import { drawMarker } from "./markers";
import { scaleOf, share, stepShare, stepTicks, ticks, type Scale } from "./ticks";
import { el } from "./dom";
import { spread, type Track } from "./engine";
import { float32 } from "./bytes";

interface Curve {
  racer: number;
  values: Float64Array;
  first: number; // the step of the first value
  dashed?: boolean; // beside the racer's own
  heights?: Float64Array; // in pixels, by step
}
interface Plot {
  title: string;
  curves: Curve[];
}
interface Panel {
  log?: boolean;
  note?: string;
  rows: Plot[][];
}

const MOST_STATES = 6, CLIP_PX = 2;

/** The numbers of a track's quantity, by step from 1. */
function column(track: Track, name: string, axis: number): Float64Array | null {
  const place = track.place(name);
  if (place < 0) return null;
  return Float64Array.from({ length: track.kept }, (_, t) => track.rows[(t + 1) * track.width + place * track.dim + axis]);
}

const each = (app: App, name: string, axis: number): Curve[] =>
  app.race.tracks.flatMap((track, racer) => {
    const values = column(track, name, axis);
    return values ? [{ racer, values, first: 1 }] : [];
  });

const byAxis = (app: App, name: string, title: string, summary: string): Plot[] => {
  const { dim, network } = app.payload.problem;
  return list(dim, (_, axis) => ({ title: title + (network ? `, ${summary} all weights` : dim > 1 ? ` of ${"xy"[axis]}` : ""), curves: each(app, name, axis) }));
};

const perRacer = (app: App, values: (track: Track, racer: number) => Float64Array, first: number): Curve[] =>
  app.race.tracks.map((track, racer) => ({ racer, values: values(track, racer), first }));

const PANELS: Record<string, (app: App) => Panel> = {
  loss: app => {
    const { problem } = app.payload;
    if (problem.online) return { log: false, rows: [[{ title: "average loss", curves: perRacer(app, (_, i) => app.race.standings[i].subarray(1), 1) }]] };
    const inPlane = app.field.flatMap(({ entry: { inPlane, recorded } }, racer) =>
      inPlane ? [{ racer, values: spread(float32(inPlane), 1, recorded!), first: 0, dashed: true }] : []);
    const title = inPlane.length ? "loss (dashed: in the plane)" : problem.fMin === null ? "f" : "f − min f";
    return { log: problem.fMin !== null || undefined, rows: [[{ title, curves: [...perRacer(app, (_, i) => app.race.measures[i], 0), ...inPlane] }]] };
  },
  distance: app => {
    const { minima } = app.payload.problem;
    const title = minima.length > 1 ? "distance to the nearest minimum" : minima.length ? "distance to the minimum" : "distance: no minimum found";
    const values = (track: Track) => Float64Array.from({ length: track.kept + 1 }, (_, t) => distanceToMinima(track.point(t), minima));
    return { log: true, rows: [[{ title, curves: minima.length ? perRacer(app, values, 0) : [] }]] };
  },
  gradient: app => {
    const norms = (track: Track) => Float64Array.from({ length: track.kept }, (_, t) => hypot(...track.at("g", t + 1)!));
    return { log: true, rows: [[{ title: "gradient norm" + (app.payload.noise === null ? "" : ", noise included"), curves: perRacer(app, norms, 1) }]] };
  },
  effective_lr: app => {
    const without = app.race.tracks.flatMap((track, i) => (track.place("rate") < 0 ? [app.field[i].entry.label] : []));
    return { log: true, note: without.length ? `no effective lr: ${without.join(", ")}` : "", rows: [byAxis(app, "rate", "effective lr", "median over")] };
  },
  state: app => {
    const names = [...new Set(app.race.tracks.flatMap(track => track.kernel.states))];
    return { note: names.length > MOST_STATES ? `not shown: ${names.slice(MOST_STATES).join(", ")}` : "",
      rows: names.slice(0, MOST_STATES).map(name => byAxis(app, name, name, "rms of")) };
  },
  regret: app => ({ log: false, rows: [[{ title: "average regret against the best fixed point", curves: perRacer(app, (_, i) => app.race.measures[i].subarray(1), 1) }]] }),
};

export const isPanel = (name: string) => name in PANELS;

interface Drawn {
  canvas: HTMLCanvasElement;
  ground: HTMLCanvasElement;
  lines: HTMLCanvasElement;
  plot: Plot;
  scale: Scale;
  frame: Frame;
  isFirst: boolean; // of its row: numbers stand on its left
  draws: number; // since the curves changed
}

/** One panel: a figure with a row of axes for each quantity. */
export class PanelFigure {
  readonly element = el("figure.panel");
  private drawn: Drawn[] = [];
  private shape = "";

  constructor(readonly app: App, readonly name: string) {}

  /** Compute the curves again, and draw what stays. */
  renew(): void {
    const panel = PANELS[this.name](this.app), shape = json([panel.note, panel.rows.map(row => row.map(plot => plot.title))]);
    if (shape !== this.shape) this.build(panel, shape);
    let index = 0;
    for (const row of panel.rows) {
      const curves = row.flatMap(plot => plot.curves).filter(curve => !this.app.field[curve.racer].isOut);
      const scale = scaleOf(curves.map(({ racer, values }) => ({ values, diverged: this.app.race.judgements[racer].outcome === "diverged" })), panel.log);
      row.forEach((plot, column) => {
        const drawn = this.drawn[index++];
        drawn.plot = plot;
        drawn.scale = scale;
        drawn.isFirst = !column;
        this.measure(drawn);
      });
    }
  }

  private build(panel: Panel, shape: string): void {
    this.shape = shape;
    this.element.replaceChildren();
    this.drawn = [];
    if (panel.note) this.element.append(el("p.note", {}, panel.note));
    for (const row of panel.rows) {
      const line = el("div.plots");
      for (const plot of row) {
        const canvas = el("canvas", { role: "img", named: `${plot.title} of every racer against the step` });
        if (panel.rows.length > 1) canvas.className = "low";
        line.append(el("div.plot", {}, el("figcaption", {}, plot.title), canvas));
        const extra = () => el("canvas");
        this.drawn.push({ canvas, ground: extra(), lines: extra(), plot, scale: { low: 0, high: 1, isLog: false, floor: 0 }, frame: { leftPx: 0, topPx: 0, widthPx: 1, heightPx: 1 }, isFirst: true, draws: 0 });
      }
      this.element.append(line);
    }
  }

  /** Where everything stands. */
  private measure(drawn: Drawn): void {
    const { canvas, ground, lines, scale, isFirst } = drawn, { dpr } = this.app, width = canvas.clientWidth, height = canvas.clientHeight;
    const frame = (drawn.frame = { leftPx: isFirst ? 44 : 8, topPx: 6, widthPx: max(1, width - (isFirst ? 50 : 14)), heightPx: max(1, height - 26) });
    for (const one of [canvas, ground, lines]) {
      if (one.width !== round(width * dpr)) one.width = round(width * dpr);
      if (one.height !== round(height * dpr)) one.height = round(height * dpr);
    }
    drawn.draws = 0;
    for (const curve of drawn.plot.curves) {
      const { values, first } = curve, heights = (curve.heights = floats(values.length + first));
      for (let t = 0; t < heights.length; t++) {
        const value = values[max(0, t - first)];
        heights[t] = finite(value) ? frame.topPx + frame.heightPx * (1 - share(scale, value)) : NaN;
      }
    }
  }
  private axes(canvas: HTMLCanvasElement, { frame, scale, isFirst }: Drawn): Pen {
    const { app } = this, pen = scaled(canvas, app.dpr);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    const up = ticks(scale, min(8, frame.heightPx / 21)).map(({ at, label }) => ({ at: share(scale, at), label }));
    const across = stepTicks(app.payload, max(2, floor(frame.widthPx / 56)));
    drawAxes(pen, frame, app.look.theme, across, up, 11, true, isFirst);
    return pen;
  }
  private curves(pen: Pen, { frame, plot }: Drawn, until: number): void {
    const { app } = this;
    pen.save();
    clipTo(pen, { ...frame, widthPx: until - frame.leftPx }, CLIP_PX);
    pen.lineJoin = "bevel";
    for (const { racer, first, dashed, heights } of plot.curves) {
      if (app.field[racer].isOut) continue;
      pen.globalAlpha = app.isGhost(racer) ? 0.18 : 1;
      pen.lineWidth = (dashed ? 0.5 : 0.75) * app.look.theme.line;
      pen.setLineDash(dashed ? [4, 3] : []);
      pen.strokeStyle = app.colour(racer);
      pen.beginPath();
      // many steps on one pixel are drawn as far as they reach up and down: to leave some out would show a beat
      let down = false, last!: number, low!: number, high!: number;
      for (let t = first; t <= heights!.length; t++) {
        const x = this.across(frame, t), y = max(-1e4, min(1e4, heights![t])); // NaN, which pens pass over, after the last
        if (down && y === y && x - last < 0.5 / app.dpr) (low = min(low, y)), (high = max(high, y));
        else {
          pen.lineTo(last, low), pen.lineTo(last, high), pen[down ? "lineTo" : "moveTo"](x, y);
          down = y === y, (last = x), (low = high = y);
        }
      }
      pen.stroke();
    }
    pen.restore();
  }

  private across({ leftPx, widthPx }: Frame, step: number): number {
    return leftPx + widthPx * stepShare(this.app.payload, step);
  }

  /** Draw the curves up to a step, which may lie between two. */
  draw(step: number): void {
    const { app } = this, order = app.order.order;
    for (const drawn of this.drawn) {
      const { canvas, ground, lines, frame, plot } = drawn;
      if (!canvas.width || !canvas.height) continue;
      const right = this.across(frame, step), pen = drawn.draws ? scaled(canvas, 1) : this.axes(canvas, drawn);
      // curves that move are drawn as they are; those that stay, from pictures of them
      if (!drawn.draws) this.curves(pen, drawn, right);
      else {
        if (drawn.draws === 1) this.axes(ground, drawn), scaled(lines, 1).clearRect(0, 0, lines.width, lines.height), this.curves(scaled(lines, app.dpr), drawn, frame.leftPx + frame.widthPx);
        const until = round((right + CLIP_PX) * app.dpr);
        pen.clearRect(0, 0, canvas.width, canvas.height);
        pen.drawImage(ground, 0, 0);
        pen.drawImage(lines, 0, 0, until, lines.height, 0, 0, until, lines.height);
      }
      drawn.draws++;
      scaled(canvas, app.dpr);
      for (const racer of [...order].reverse()) {
        const heights = plot.curves.find(curve => curve.racer === racer && !curve.dashed)?.heights;
        if (!heights?.length || app.field[racer].isOut || app.isGhost(racer)) continue;
        const at = min(step, heights.length - 1), t = floor(at), y = heights[t] + (at - t) * ((heights[t + 1] ?? heights[t]) - heights[t]);
        if (y === y) drawMarker(pen, app.markerAt(racer, step), this.across(frame, at), max(frame.topPx, min(frame.topPx + frame.heightPx, y)), 3.6, app.colour(racer), app.look.theme.page, 0.9);
      }
    }
  }
}
