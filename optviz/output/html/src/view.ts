/** The large picture: a map, a curve, or the iterates over time; where racers stand on it. */

import { el } from "./dom";
import { abs, finite, floats, floor, json, max, min, PI, round } from "./math";
import type { App } from "./app";
import { clipTo, disc, drawAxes, haloed, letters, line, scaled, shares, star, stroke, words, type Frame, type Pen } from "./axes";
import { levelsIn, drawLand, ramp, sample, type Height, type Samples } from "./land";
import { short } from "./text";
import { linearTicks, share, stepShare, stepTicks, ticks, type Scale } from "./ticks";
import type { Box, Point } from "./types";
import type { Track } from "./engine";

export abstract class View {
  frame: Frame = { leftPx: 0, topPx: 0, widthPx: 1, heightPx: 1 };
  /** How far beyond the frame's right edge names may stand, in pixels. */
  room = 0;
  box: Box;
  abstract readonly home: Box;
  /** Whether a place on it is a point from which racers can start. */
  abstract readonly touchable: boolean;

  constructor(readonly app: App) {
    this.box = [];
  }
  resize(width: number, height: number): void {
    const left = width < 500 ? 34 : 46;
    this.frame = { leftPx: left, topPx: 22, widthPx: max(1, width - left - 16), heightPx: max(1, height - (this.touchable && this.app.payload.view !== "time" ? 46 : 60)) };
  }
  abstract ground(pen: Pen, scale: number): void;
  /** Places of a track, two numbers a step, in pixels; several lists where a racer has several lines. */
  abstract paths(track: Track): Float64Array[];
  abstract pointAt(x: number, y: number): Point;
  abstract placeOf(point: Point): [number, number];
  /** What belongs over the ground and under the trails, and moves with the start. */
  marks(pen: Pen): void {
    const [x, y] = this.placeOf(this.app.start), { theme } = this.app.look;
    disc(pen, [x, y], 5, theme);
    const right = x < this.frame.leftPx + this.frame.widthPx - 50;
    letters(pen, 12);
    haloed(pen, "start", x + (right ? 8 : -8), y - 11, right ? "left" : "right", theme.ink, theme.page);
  }
  /** Where a step stands on an axis of steps. */
  across(step: number): number {
    return this.frame.leftPx + this.frame.widthPx * stepShare(this.app.payload, step);
  }
  zoom(factor: number, at?: [number, number]): void {
    const { leftPx: left, topPx: top, widthPx: width, heightPx: height } = this.frame, [x, y] = at ?? [left + width / 2, top + height / 2];
    const place = [(x - left) / width, 1 - (y - top) / height];
    const box = this.box.map(([low, high], i) => {
      const middle = low + place[i] * (high - low);
      return [middle + (low - middle) * factor, middle + (high - middle) * factor];
    }) as Box;
    const sound = ([low, high]: [number, number]) => high - low > 1e-12 * max(1, abs(low)) && high - low < 1e12;
    if (box.every(sound)) this.box = box;
  }
  pan(right: number, down: number): void {
    const [[x0, x1], [y0, y1]] = this.box, dx = (right / this.frame.widthPx) * (x1 - x0), dy = (down / this.frame.heightPx) * (y1 - y0);
    this.box = [[x0 - dx, x1 - dx], [y0 + dy, y1 + dy]];
  }
  reset(): void {
    this.box = this.home;
  }

  protected pixel(box: Box, x: number, y: number): [number, number] {
    const { leftPx: left, topPx: top, widthPx: width, heightPx: height } = this.frame, [[x0, x1], [y0, y1]] = box;
    return [left + ((x - x0) / (x1 - x0)) * width, top + ((y1 - y) / (y1 - y0)) * height];
  }
  /** Draw a named line across the frame. */
  protected level(pen: Pen, y: number, text: string, quiet?: boolean, below?: boolean): void {
    const { leftPx: left, widthPx: width } = this.frame, { theme } = this.app.look;
    pen.strokeStyle = pen.fillStyle = quiet ? theme.quiet : theme.ink;
    pen.lineWidth = 1.4, line(pen, left, y, left + width, y, !quiet);
    letters(pen, 12);
    words(pen, text, left + (quiet ? width / 2 : 4), y + (below ? 3 : -3), quiet ? "center" : "left", below ? "top" : "bottom");
  }
  protected axes(pen: Pen, box: Box, names: [string, string], grid: boolean, steps = false): void {
    const { leftPx: left, topPx: top, widthPx: width, heightPx: height } = this.frame;
    const across = steps ? stepTicks(this.app.payload, max(2, floor(width / 80))) : shares(linearTicks(...box[0], max(2, floor(width / 75))), box[0]);
    const up = linearTicks(...box[1], max(2, floor(height / 45)));
    drawAxes(pen, this.frame, this.app.look.theme, across, shares(up, box[1]), 12, grid);
    letters(pen, 12, "italic");
    if (steps) words(pen, names[0], left + width / 2, top + height + 35, "center", "bottom");
    else words(pen, names[0], left + width + 5, top + height + 5, "left", "top");
    words(pen, names[1], left, top - 5, "left", "bottom");
  }
}

export class MapView extends View {
  readonly touchable = true;
  home: Box;
  private sampled: { key: string; samples: Samples } | null = null;
  constructor(app: App, private readonly height: Height) {
    super(app);
    this.home = app.payload.problem.window!;
    this.box = this.home;
  }
  resize(width: number, height: number): void {
    super.resize(width, height);
    const { payload: page } = this.app, { widthPx, heightPx } = this.frame, sides = [widthPx, heightPx], isHome = this.box === this.home;
    const given = page.problem.window!, unit = max(...given.map(([low, high], axis) => (high - low) / sides[axis]));
    if (!page.equal) return;
    this.home = given.map(([low, high], axis) => [-1, 1].map(side => (low + high + side * unit * sides[axis]) / 2)) as Box;
    if (isHome) this.box = this.home;
  }
  ground(pen: Pen, scale: number): void {
    const { leftPx: left, topPx: top, widthPx: width, heightPx: height } = this.frame, { payload: page } = this.app;
    const w = round(width * scale), h = round(height * scale), key = json([this.box, w, h]);
    if (this.sampled?.key !== key) this.sampled = { key, samples: sample(this.height, this.box, w, h) };
    const levels = levelsIn(page.levels, this.sampled.samples.z);
    const land = el("canvas");
    land.width = w, (land.height = h);
    drawLand(scaled(land, 1), this.sampled.samples, levels, page.lines || levels !== page.levels, this.app.look.theme, w, h, scale);
    pen.drawImage(land, left, top, width, height);
    this.axes(pen, this.box, ["x", "y"], false);
    this.key(pen);
    this.finish(pen);
  }
  /** Tell above the map which colour is low and which is high. */
  private key(pen: Pen): void {
    const { theme } = this.app.look, { leftPx: left, topPx: top, widthPx: width } = this.frame, colours = ramp(theme.land, 7);
    if (new Set(theme.land).size < 2) return;
    letters(pen, 11);
    const right = left + width - pen.measureText("high").width - 5;
    words(pen, "high", left + width, top - 5, "right", "bottom"), words(pen, "low", right - 75, top - 5, "right", "bottom");
    colours.forEach((colour, i) => ((pen.fillStyle = `rgb(${colour})`), pen.fillRect(right - 70 + 10 * i, top - 14, 10, 7)));
  }
  private finish(pen: Pen): void {
    const { problem, finish } = this.app.payload, { theme } = this.app.look, { widthPx: width, heightPx: height } = this.frame;
    pen.save();
    clipTo(pen, this.frame);
    pen.strokeStyle = pen.fillStyle = theme.ink;
    for (const minimum of problem.stars) star(pen, this.placeOf(minimum), problem.stars.length > 12 ? 4 : 6, false);
    for (const minimum of problem.minima) {
      const place = this.placeOf(minimum), [across, up] = [width, height].map((size, i) => size / (this.box[i][1] - this.box[i][0]));
      star(pen, place, 7, true);
      if (finish.distance === null) continue;
      pen.beginPath(), pen.ellipse(...place, finish.distance * across, finish.distance * up, 0, 0, 2 * PI);
      pen.setLineDash([5, 4]), (pen.lineWidth = 1.4), pen.stroke(), pen.setLineDash([]);
    }
    pen.restore();
  }
  paths(track: Track): Float64Array[] {
    const found = floats(2 * (track.kept + 1)), { leftPx: left, topPx: top, widthPx: width, heightPx: height } = this.frame;
    const [[x0, x1], [y0, y1]] = this.box, { rows, width: row } = track;
    for (let t = 0; t <= track.kept; t++) {
      found[2 * t] = left + ((rows[t * row] - x0) / (x1 - x0)) * width;
      found[2 * t + 1] = top + ((y1 - rows[t * row + 1]) / (y1 - y0)) * height;
    }
    return [found];
  }
  pointAt(x: number, y: number): Point {
    const { leftPx: left, topPx: top, widthPx: width, heightPx: height } = this.frame, [[x0, x1], [y0, y1]] = this.box;
    return [x0 + ((x - left) / width) * (x1 - x0), y1 - ((y - top) / height) * (y1 - y0)];
  }
  placeOf(point: Point): [number, number] {
    return this.pixel(this.box, point[0], point[1]);
  }
  /** Show the finish, ten times as wide as the line. */
  toFinish(): void {
    const { problem, finish } = this.app.payload, at = problem.minima[0], { widthPx: width, heightPx: height } = this.frame;
    const reach = 6 * (finish.distance ?? 0.01 * (this.home[0][1] - this.home[0][0]));
    const [rx, ry] = width > height ? [reach * width / height, reach] : [reach, reach * height / width];
    this.box = [[at[0] - rx, at[0] + rx], [at[1] - ry, at[1] + ry]];
  }
}

export class CurveView extends View {
  readonly touchable = true;
  readonly home: Box;
  constructor(app: App, private readonly f: (x: number) => number) {
    super(app);
    this.home = [app.payload.problem.window![0], app.payload.values!];
    this.box = this.home;
  }
  ground(pen: Pen): void {
    const { leftPx: left, widthPx: width } = this.frame, { theme } = this.app.look, { problem, finish } = this.app.payload, [[x0, x1]] = this.box;
    this.axes(pen, this.box, ["x", "f(x)"], true);
    pen.save();
    clipTo(pen, this.frame);
    pen.fillStyle = theme.faint, pen.strokeStyle = theme.quiet;
    for (const [x] of problem.minima) {
      const [u, v] = this.placeOf([x]), reach = ((finish.distance ?? 0) / (x1 - x0)) * width;
      pen.globalAlpha = 0.6, pen.fillRect(u - reach, 0, 2 * reach, 1e4), (pen.globalAlpha = 1);
      line(pen, u, v, u, 0, true), line(pen, left, v, left + width, v, true);
    }
    pen.beginPath();
    let down = false;
    for (let i = 0; i <= width; i++) {
      const x = x0 + (i / width) * (x1 - x0), y = this.f(x), place = this.pixel(this.box, x, y);
      if (finite(y)) pen[down ? "lineTo" : "moveTo"](place[0], max(-1e4, min(1e4, place[1])));
      down = finite(y);
    }
    pen.lineCap = pen.lineJoin = "round", stroke(pen, theme.curve, 3);
    pen.fillStyle = pen.strokeStyle = theme.ink;
    for (const minimum of problem.stars) star(pen, this.placeOf(minimum), 6, false);
    for (const minimum of problem.minima) star(pen, this.placeOf(minimum), 7, true);
    const named = [...problem.minima, ...problem.stars];
    letters(pen, 13);
    if (named.length < 7) for (const [x] of named) words(pen, `x = ${short(x, 4)}`, ...this.placeOf([x]), "center", "top", 9);
    pen.restore();
  }
  paths(track: Track): Float64Array[] {
    const found = floats(2 * (track.kept + 1));
    for (let t = 0; t <= track.kept; t++) found.set(this.pixel(this.box, track.x(t, 0), track.f[t]), 2 * t);
    return [found];
  }
  pointAt(x: number): Point {
    const [[x0, x1]] = this.box;
    return [x0 + ((x - this.frame.leftPx) / this.frame.widthPx) * (x1 - x0)];
  }
  placeOf(point: Point): [number, number] {
    return this.pixel(this.box, point[0], this.f(point[0]));
  }
}

/** Every coordinate against the step. A place on it is a start by its height. */
export class TimeView extends View {
  readonly touchable: boolean;
  readonly home: Box;
  constructor(app: App, private readonly ranges: [number, number][]) {
    super(app);
    this.home = [[0, app.payload.steps], ranges[0]];
    this.box = this.home;
    this.touchable = ranges.length === 1;
  }
  private part(axis: number): Frame {
    const { leftPx: left, topPx: top, widthPx: width, heightPx: height } = this.frame, count = this.ranges.length, each = (height - 22 * (count - 1)) / count;
    return { leftPx: left, topPx: top + axis * (each + 22), widthPx: width, heightPx: each };
  }
  private within<T>(axis: number, work: (box: Box) => T): T {
    const whole = this.frame;
    this.frame = this.part(axis);
    const done = work([this.box[0], axis === 0 ? this.box[1] : this.ranges[axis]]);
    this.frame = whole;
    return done;
  }
  ground(pen: Pen): void {
    this.ranges.forEach((_, axis) => this.within(axis, box => {
      const { problem } = this.app.payload;
      this.axes(pen, box, ["step", ["xₜ", "yₜ"][axis]], true, true);
      const level = (value: number, text: string, quiet?: boolean) =>
        this.level(pen, this.pixel(box, 0, value)[1], text, quiet, value < (box[1][0] + box[1][1]) / 2);
      const place = (point: Point, name: string) => level(point[axis], `${name}  ${"xy"[axis]} = ${short(point[axis], 4)}`);
      problem.domain?.[axis].forEach(edge => level(edge, "edge of the domain", true));
      if (problem.best) place(problem.best, "best fixed point");
      else for (const minimum of problem.minima) place(minimum, "minimum");
    }));
  }
  paths(track: Track): Float64Array[] {
    return this.ranges.map((_, axis) => this.within(axis, box => {
      const found = floats(2 * (track.kept + 1));
      for (let t = 0; t <= track.kept; t++) found.set([this.across(t), this.pixel(box, 0, track.x(t, axis))[1]], 2 * t);
      return found;
    }));
  }
  /** Heights alone: all steps stay in sight. */
  zoom(factor: number, at?: [number, number]): void {
    super.zoom(factor, at);
    this.box[0] = this.home[0];
  }
  pan(_right: number, down: number): void {
    super.pan(0, down);
  }
  pointAt(_x: number, y: number): Point {
    const { topPx: top, heightPx: height } = this.part(0), [low, high] = this.box[1];
    return [high - ((y - top) / height) * (high - low), ...this.app.start.slice(1)];
  }
  placeOf(point: Point): [number, number] {
    return this.within(0, box => this.pixel(box, 0, point[0]));
  }
}

/** The loss against the step, where x has more coordinates than a picture. */
export class LossView extends View {
  readonly touchable = false;
  readonly home: Box;
  scale: Scale = { low: 0, high: 1, isLog: false, floor: 0 };
  constructor(app: App) {
    super(app);
    this.home = [[0, app.payload.steps], [0, 1]];
    this.box = this.home;
  }
  resize(width: number, height: number): void {
    super.resize(width, height);
    this.room = min(0.3 * width, 20 + 7 * max(...this.app.field.map(({ entry }) => entry.label.length)));
    this.frame.widthPx -= this.room;
  }
  ground(pen: Pen): void {
    const { leftPx: left, topPx: top, widthPx: width, heightPx: height } = this.frame, { gap } = this.app.payload.finish;
    const up = ticks(this.scale, height / 30).map(({ at, label }) => ({ at: share(this.scale, at), label }));
    drawAxes(pen, this.frame, this.app.look.theme, stepTicks(this.app.payload, max(2, floor(width / 80))), up, 12);
    words(pen, "step", left + width / 2, top + height + 20, "center", "top");
    words(pen, "loss", left, top - 5, "left", "bottom");
    const y = top + height * (1 - share(this.scale, gap!));
    if (gap !== null && y > top) this.level(pen, y, "finish");
  }
  paths(track: Track): Float64Array[] {
    const found = floats(2 * (track.kept + 1)), { topPx: top, heightPx: height } = this.frame;
    for (let t = 0; t <= track.kept; t++) {
      found[2 * t] = this.across(t);
      found[2 * t + 1] = top + height * (1 - share(this.scale, track.f[t]));
    }
    return [found];
  }
  pointAt(): Point {
    return this.app.start;
  }
  placeOf(): [number, number] {
    return [-99, -99];
  }
}
