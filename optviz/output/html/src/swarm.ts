/** Many starts at once: every racer from each, drawn as a cloud. */

import { cos, floats, floor, json, list, max, min, PI, round } from "./math";
import type { App } from "./app";
import { rowWidth } from "./engine";
import { distanceToMinima } from "./judge";
import type { Point } from "./types";

const BRUSH_POINTS = 6, MOST_POINTS = 400, SPREAD = 0.025; // of the window's side

export class Swarm {
  points: Point[] = [];
  private clouds: (Float32Array | null)[] = []; // by racer: (points, steps + 1, dim)
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
        return value + spread * (high - low) * this.normal();
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
  /** Tell how many of each racer's starts end inside the finish. */
  told(): void {
    this.run();
    const { app } = this, { minima } = app.payload.problem, reach = app.payload.finish.distance, dim = app.payload.problem.dim;
    if (reach === null || !minima.length) return app.announce(`${this.points.length} starts`);
    const row = (app.payload.steps + 1) * dim;
    const shares = this.clouds.flatMap((cloud, racer) => {
      if (!cloud) return [];
      const inside = this.points.filter((_, i) => distanceToMinima(Array.from(cloud.subarray((i + 1) * row - dim, (i + 1) * row)), minima) <= reach);
      return [`${app.field[racer].entry.label} ${round((100 * inside.length) / this.points.length)} %`];
    });
    app.controls.tell(`Of ${this.points.length} starts, inside the finish at the end: ${shares.join(", ")}`);
  }

  /** Run every racer that is seen from every point, where that has changed. */
  private run(): void {
    const { app } = this, { engine, payload: page } = app, { dim } = page.problem, n = page.steps;
    const key = json([this.points.length, this.points.at(-1), app.field.map(one => (this.runs(one) ? [one.entry.label, ...one.h] : 0)), app.focused]);
    if (key === this.of) return;
    this.of = key;
    const end = floats(2);
    this.clouds = app.field.map((racer, index) => {
      if (!this.runs(racer) || app.isGhost(index)) return null;
      const kernel = page.kernels[racer.entry.kernel!], width = rowWidth(kernel, dim), rows = floats((n + 1) * width);
      const table = engine.table(racer), run = app.code.kernels[racer.entry.kernel!].run, cloud = new Float32Array(this.points.length * (n + 1) * dim);
      let at = 0;
      for (const point of this.points) {
        run(racer.h, table, n, point[0], point[1] ?? 0, rows, end, null);
        rows.set(point);
        for (let t = 0; t <= n; t++) for (let k = 0; k < dim; k++) cloud[at++] = rows[t * width + k];
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
    const { app } = this, { dim } = app.payload.problem, steps = app.payload.steps, t = min(floor(step), steps), r = step - t;
    const next = min(t + 1, steps);
    pen.globalAlpha = 0.75;
    this.clouds.forEach((cloud, racer) => {
      if (!cloud) return;
      pen.fillStyle = app.colour(racer);
      for (let i = 0; i < this.points.length; i++) {
        const base = i * (steps + 1) * dim;
        const x = list(dim, (_, k) => cloud[base + t * dim + k] + r * (cloud[base + next * dim + k] - cloud[base + t * dim + k]));
        const [u, v] = app.payload.view === "time" ? [app.scene.frame.leftPx + (app.scene.frame.widthPx * step) / steps, app.scene.placeOf(x)[1]] : app.scene.placeOf(x);
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
