/** Many starts at once: every racer from each, drawn as a cloud. */

import { ceil, cos, floats, floor, hypot, json, list, max, min, num, PI, round } from "./math";
import type { App } from "./app";
import { rowWidth, type Racer } from "./engine";
import { rounded } from "./stage";
import type { Point } from "./types";

const BRUSH_POINTS = 6, MOST_POINTS = 400, SPREAD = 0.025; // of the window's side
const MOST_ROWS = 2e5; // numbers held at once while a swarm runs: a cache has room for them
const MOST_KEPT = 3e7; // numbers of all clouds: of a long race every so many steps
const MANY = 200; // starts of the button
const WARM_ROWS = 1e4, MOST_WARM = 1e6, WARM_ROUNDS = 3, FAR = 1e120; // from there functions overflow

/** Copy points out of a step's rows. It touches nothing of the page's, so that it stays compiled whatever changes there. */
function gather(rows: Float64Array, row: number, end: number, width: number, cloud: Float32Array, to: number, dim: number): void {
  for (; row < end; row += width) {
    cloud[to++] = rows[row];
    if (dim > 1) cloud[to++] = rows[row + 1];
  }
}

export class Swarm {
  points: Point[] = [];
  private clouds: (Float32Array | null)[] = []; // by racer: (moments, points, dim)
  private moments: number[] = []; // steps that are kept
  private of = ""; // racers and points that the clouds were made of
  private dice = 1;
  private rows = floats(0);
  private pool: Float32Array[] = [];

  constructor(readonly app: App) {
    this.points = [...app.payload.swarm];
  }

  /** Add starts around a point. */
  many(): void {
    this.add(this.app.start, MANY, 0.06);
    this.told();
  }
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
    const { points, app } = this;
    return points.length ? this.clouds.map(cloud => cloud && [...cloud.slice(-points.length * app.payload.problem.dim)]) : [];
  }
  /** Tell how many of each racer's starts end inside the finish. */
  told(): void {
    this.run();
    const { app } = this, { minima } = app.payload.problem, reach = app.payload.finish.distance, dim = app.payload.problem.dim;
    if (reach === null || !minima.length) return app.announce(`${this.points.length} starts`);
    const shares = this.clouds.flatMap((cloud, racer) => {
      if (!cloud) return [];
      let inside = 0;
      for (let i = cloud.length - this.points.length * dim; i < cloud.length; i += dim) {
        inside += num(minima.some(minimum => hypot(cloud[i] - minimum[0], dim > 1 ? cloud[i + 1] - minimum[1] : 0) <= reach));
      }
      return [`${app.field[racer].entry.label} ${round((100 * inside) / this.points.length)} %`];
    });
    app.controls.tell(`Of ${this.points.length} starts, inside the finish at the end: ${shares.join(", ")}`);
  }

  /** Run every racer that is seen from every point, where that has changed. */
  private run(): void {
    const { app } = this;
    const key = json([this.points.length, this.points.at(-1), app.field.map(one => (this.runs(one) ? [one.entry.label, ...one.h] : 0)), app.focused]);
    if (key === this.of) return;
    this.of = key;
    this.moments = this.momentsOf(this.points.length);
    this.clouds = app.field.map((racer, index) => (this.runs(racer) && !app.isGhost(index) ? this.cloud(index, this.points, this.moments) : null));
  }
  private momentsOf(count: number): number[] {
    const { steps, problem: { dim } } = this.app.payload, every = ceil(((steps + 1) * count * dim * this.app.field.length) / MOST_KEPT);
    return list(ceil(steps / every) + 1, (_, i) => min(i * every, steps));
  }
  /** Where a racer is from each point at each of the moments, in memory that is there already if it fits. */
  private cloud(index: number, points: Point[], moments: number[]): Float32Array {
    const { engine, field, payload: { kernels, steps, problem: { dim } } } = this.app, count = points.length, racer = field[index];
    const width = rowWidth(kernels[racer.entry.kernel!], dim), a = (steps + 1) * width, most = max(1, floor(MOST_ROWS / a));
    const size = moments.length * count * dim, cloud = this.pool[index]?.length === size ? this.pool[index] : (this.pool[index] = new Float32Array(size));
    for (let from = 0; from < count; from += most) {
      const together = points.slice(from, from + most), m = together.length;
      if (this.rows.length < a * m) this.rows = floats(a * m);
      const { rows } = this;
      together.forEach((point, p) => rows.set(point, p * width));
      engine.run(racer, Float64Array.from(together.flat()), rows);
      moments.forEach((step, i) => gather(rows, step * m * width, (step + 1) * m * width, width, cloud, (i * count + from) * dim, dim));
    }
    return cloud;
  }
  /** Let the browser compile what a swarm runs, a racer whenever it is idle: the first swarm is not to wait for that. */
  warm(): void {
    const { start, field, payload: { steps } } = this.app, racers = field.flatMap((one, i) => (this.runs(one) ? [i] : []));
    const idle = globalThis.requestIdleCallback ?? setTimeout;
    let runs = 0;
    const next = () => {
      if (this.points.length || runs >= WARM_ROUNDS * racers.length) return;
      const count = min(MANY, (runs < racers.length ? WARM_ROWS : MOST_WARM / racers.length) / steps);
      this.cloud(racers[runs++ % racers.length], list(count, (_, i) => (i ? start : start.map(() => FAR))), this.momentsOf(count));
      idle(next);
    };
    idle(next);
  }
  private runs(racer: Racer): boolean {
    return !racer.isOut && racer.entry.kernel !== null;
  }

  draw(pen: CanvasRenderingContext2D, step: number): void {
    if (!this.points.length) return;
    this.run();
    const { app, moments } = this, { problem: { dim }, view } = app.payload, count = this.points.length;
    const next = max(1, moments.findIndex(t => t >= step)), before = moments[next - 1], r = (step - before) / (moments[next] - before);
    pen.globalAlpha = 0.75;
    this.clouds.forEach((cloud, racer) => {
      if (!cloud) return;
      pen.fillStyle = app.colour(racer);
      for (let i = 0; i < count; i++) {
        const base = ((next - 1) * count + i) * dim, x: Point = [];
        for (let k = 0; k < dim; k++) x.push(cloud[base + k] + r * (cloud[base + count * dim + k] - cloud[base + k]));
        const [u, v] = view === "time" ? [app.scene.across(step), app.scene.placeOf(x)[1]] : app.scene.placeOf(x);
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
