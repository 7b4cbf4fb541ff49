/** Many starts at once: every racer from each, drawn as a cloud. */

import { ceil, cos, floats, floor, json, list, max, min, PI, round } from "./math";
import type { App } from "./app";
import { rowWidth } from "./engine";
import { distanceToMinima } from "./judge";
import { rounded } from "./stage";
import type { Point } from "./types";

const BRUSH_POINTS = 6, MOST_POINTS = 400, SPREAD = 0.025; // of the window's side
const MOST_ROWS = 2e5; // numbers held at once while a swarm runs: a cache has room for them
const MOST_KEPT = 3e7; // numbers of all clouds: of a long race every so many steps

export class Swarm {
  points: Point[] = [];
  private clouds: (Float32Array | null)[] = []; // by racer: (moments, points, dim)
  private moments: number[] = []; // steps that are kept
  private of = ""; // racers and points that the clouds were made of
  private dice = 1;

  constructor(readonly app: App) {
    this.points = [...app.payload.swarm];
  }

  /** Add starts around a point. */
  brush(point: Point, rests: boolean): void {
    if (rests && this.points.length) return this.told();
    this.add(point, BRUSH_POINTS, SPREAD);
  }
  add(point: Point, count: number, spread: number): void {
    const { scene: view, payload: page } = this.app;
    for (let i = 0; i < count && this.points.length < MOST_POINTS; i++) {
      const moved = point.map((value, axis) => {
        const [low, high] = page.view === "time" ? view.box[1] : view.box[axis];
        return rounded(value + spread * (high - low) * this.normal(), [low, high]);
      });
      this.points.push(page.problem.domain ? moved.map((v, k) => min(max(v, page.problem.domain![k][0]), page.problem.domain![k][1])) : moved);
    }
    this.app.draw();
  }
  clear(): void {
    this.points = [];
    this.app.controls.tell("");
    this.app.draw();
  }
  /** By racer: where the points are at the end, one after the other. */
  get ends(): (number[] | null)[] {
    return this.clouds.map(cloud => cloud && [...cloud.slice(-this.points.length * this.app.payload.problem.dim)]);
  }
  /** Tell how many of each racer's starts end inside the finish. */
  told(): void {
    this.run();
    const { app } = this, { minima } = app.payload.problem, reach = app.payload.finish.distance, dim = app.payload.problem.dim;
    if (reach === null || !minima.length) return app.announce(`${this.points.length} starts`);
    const shares = this.ends.flatMap((ends, racer) => {
      if (!ends) return [];
      const inside = this.points.filter((_, i) => distanceToMinima(ends.slice(i * dim, (i + 1) * dim), minima) <= reach);
      return [`${app.field[racer].entry.label} ${round((100 * inside.length) / this.points.length)} %`];
    });
    app.controls.tell(`Of ${this.points.length} starts, inside the finish at the end: ${shares.join(", ")}`);
  }

  /** Run every racer that is seen from every point, where that has changed. */
  private run(): void {
    const { app } = this, { payload: page } = app, { dim } = page.problem, n = page.steps;
    const key = json([this.points.length, this.points.at(-1), app.field.map(one => (this.runs(one) ? [one.entry.label, ...one.h] : 0)), app.focused]);
    if (key === this.of) return;
    this.of = key;
    const count = this.points.length, every = ceil(((n + 1) * count * dim * app.field.length) / MOST_KEPT);
    const moments = (this.moments = list(ceil(n / every) + 1, (_, i) => min(i * every, n)));
    let rows = floats(0);
    this.clouds = app.field.map((racer, index) => {
      if (!this.runs(racer) || app.isGhost(index)) return null;
      const width = rowWidth(page.kernels[racer.entry.kernel!], dim), cloud = new Float32Array(moments.length * count * dim);
      const most = max(1, floor(MOST_ROWS / ((n + 1) * width)));
      for (let from = 0; from < count; from += most) {
        const together = this.points.slice(from, from + most), m = together.length, size = (n + 1) * m * width;
        if (rows.length < size) rows = floats(size);
        together.forEach((point, p) => rows.set(point, p * width));
        app.engine.run(racer, Float64Array.from(together.flat()), rows);
        moments.forEach((t, i) => {
          for (let p = 0; p < m; p++) for (let k = 0; k < dim; k++) cloud[(i * count + from + p) * dim + k] = rows[(t * m + p) * width + k];
        });
      }
      return cloud;
    });
  }
  private runs(racer: { isOut: boolean; entry: { kernel: number | null } }): boolean {
    return !racer.isOut && racer.entry.kernel !== null;
  }

  draw(pen: CanvasRenderingContext2D, step: number): void {
    if (!this.points.length) return;
    this.run();
    const { app, moments } = this, { problem: { dim }, steps, view } = app.payload, count = this.points.length;
    const next = max(1, moments.findIndex(t => t >= step)), before = moments[next - 1], r = (step - before) / (moments[next] - before);
    pen.globalAlpha = 0.75;
    this.clouds.forEach((cloud, racer) => {
      if (!cloud) return;
      pen.fillStyle = app.colour(racer);
      for (let i = 0; i < count; i++) {
        const base = ((next - 1) * count + i) * dim, x = list(dim, (_, k) => cloud[base + k] + r * (cloud[base + count * dim + k] - cloud[base + k]));
        const [u, v] = view === "time" ? [app.scene.frame.leftPx + (app.scene.frame.widthPx * step) / steps, app.scene.placeOf(x)[1]] : app.scene.placeOf(x);
        pen.fillRect(u - 1.5, v - 1.5, 3, 3);
      }
    });
    pen.globalAlpha = 1;
  }

  /** Normal numbers, the same in every visit. */
  private normal(): number {
    const even = () => ((this.dice = (Math.imul(this.dice, 1664525) + 1013904223) >>> 0) + 0.5) / 4294967296;
    return Math.sqrt(-2 * Math.log(even())) * cos(2 * PI * even());
  }
}
