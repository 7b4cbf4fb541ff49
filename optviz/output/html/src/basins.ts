/** Under the map: where each start ends, for one racer; coarse while something is dragged, fine at rest. */

import { el } from "./dom";
import { finite, floats, hypot, json, list, now } from "./math";
import type { App } from "./app";
import { rgb } from "./land";
import type { Racer } from "./engine";

const COARSE = 100, FINE = 400, SLICE_MS = 24, REST_MS = 160;
// of the minima, the lowest first; then where it ends elsewhere, and where it leaves the finite numbers
const COLOURS = ["#4d9de0", "#e8a33d", "#5fb49c", "#c879c0", "#9a8c4f", "#e07a5f", "#6a7fdb", "#8ab17d"];
const ELSEWHERE = "#8b929c", DIVERGED = "#1d2127";
const ALPHA = 150;

interface Work {
  racer: Racer;
  side: number;
  row: number;
  image: ImageData;
  counts: number[];
}

export class Basins {
  on = false;
  private readonly canvas = el("canvas");
  private work: Work | null = null;
  private timer = 0;
  private box = "";
  /** For tests and the curious: milliseconds that the last fine picture took. */
  took = 0;
  private began = 0;

  constructor(readonly app: App) {}

  get possible(): boolean {
    return this.app.payload.view === "map" && this.app.field.some(({ entry: data }) => data.kernel !== null);
  }
  /** Whose basins are drawn: the one singled out, else the first that is seen. */
  private get racer(): number {
    const { app } = this, live = (i: number) => app.field[i].entry.kernel !== null && !app.field[i].isOut;
    return app.focused !== null && live(app.focused) ? app.focused : app.field.findIndex((_, i) => live(i));
  }
  toggle(): void {
    this.on = !this.on;
    clearTimeout(this.timer);
    this.work = null;
    if (this.on) this.stale(this.racer, true);
    else this.app.controls.tell("");
    this.app.draw();
  }
  /** Something changed: draw coarsely now, finely once the reader rests. */
  stale(racer: number, rests: boolean, moved = false): void {
    if (!this.on || (racer !== this.racer && !moved && this.app.focused !== null)) return;
    this.begin(COARSE);
    this.finish();
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.began = now();
      this.begin(FINE);
      this.slice();
    }, rests ? 30 : REST_MS);
  }

  private begin(size: number): void {
    const index = this.racer;
    if (index < 0) return;
    const racer = this.app.field[index];
    this.work = { racer, side: size, row: 0, image: new ImageData(size, size), counts: [] };
  }
  private slice(): void {
    const { work } = this, until = now() + SLICE_MS;
    if (!work || work.side !== FINE) return;
    while (work.row < work.side && now() < until) this.line(work);
    if (work.row < work.side) {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => this.slice();
      channel.port2.postMessage(0);
    } else {
      this.took = now() - this.began;
      this.show(work);
    }
  }
  private finish(): void {
    const { work } = this;
    if (!work) return;
    while (work.row < work.side) this.line(work);
    this.show(work);
  }

  private line(work: Work): void {
    const { app } = this, { side: size, image } = work, [[x0, x1], [y0, y1]] = app.scene.box, { problem, finish } = app.payload;
    const known = [...problem.minima, ...problem.stars], pixels = new Uint32Array(image.data.buffer);
    const wide = (4 * (finish.distance ?? 0.01 * hypot(x1 - x0, y1 - y0))) ** 2, colours = this.colours, y = y1 + ((y0 - y1) * (work.row + 0.5)) / size;
    const ends = floats(2 * size);
    for (let i = 0; i < size; i++) (ends[2 * i] = x0 + ((x1 - x0) * (i + 0.5)) / size), (ends[2 * i + 1] = y);
    app.engine.run(work.racer, ends);
    for (let i = 0, k = work.row * size; i < size; i++, k++) {
      const u = ends[2 * i], v = ends[2 * i + 1];
      let found = known.length, nearest = wide;
      if (!finite(u + v)) found = known.length + 1;
      else {
        for (let m = 0; m < known.length; m++) {
          const away = (u - known[m][0]) ** 2 + (v - known[m][1]) ** 2;
          if (away < nearest) (nearest = away), (found = m);
        }
      }
      work.counts[found] = (work.counts[found] ?? 0) + 1;
      pixels[k] = colours[found];
    }
    work.row++;
  }
  private get colours(): number[] {
    const { problem } = this.app.payload, count = problem.minima.length + problem.stars.length;
    const colour = (hex: string, alpha: number) => {
      const [r, g, b] = rgb(hex);
      return ((alpha << 24) | (b << 16) | (g << 8) | r) >>> 0;
    };
    return (this.cache ??= [
      ...list(count, (_, m) => colour(COLOURS[m % COLOURS.length], ALPHA)),
      colour(ELSEWHERE, ALPHA), colour(DIVERGED, ALPHA),
    ]);
  }
  private cache: number[] | null = null;

  private show(work: Work): void {
    this.canvas.width = this.canvas.height = work.side;
    this.canvas.getContext("2d")!.putImageData(work.image, 0, 0);
    this.box = json(this.app.scene.box);
    const { problem } = this.app.payload, all = work.side * work.side, known = problem.minima.length + problem.stars.length;
    const share = (n: number) => `${((100 * n) / all).toFixed(n > 0.1 * all ? 0 : 1)} %`;
    const sum = (from: number, to: number) => work.counts.slice(from, to).reduce((a, b) => a + (b ?? 0), 0);
    const parts = [`${share(sum(0, problem.minima.length))} of the starts end at the lowest minimum`];
    if (problem.stars.length) parts.push(`${share(sum(problem.minima.length, known))} at a local one`);
    parts.push(`${share(work.counts[known] ?? 0)} elsewhere`, `${share(work.counts[known + 1] ?? 0)} diverge`);
    this.app.controls.tell(`Basins of ${work.racer.entry.label}: ${parts.join(", ")}`);
    this.app.draw();
  }

  draw(pen: CanvasRenderingContext2D): void {
    const { app } = this, { frame } = app.scene;
    if (!this.on || this.box !== json(app.scene.box)) return;
    pen.imageSmoothingEnabled = this.canvas.width < frame.widthPx;
    pen.drawImage(this.canvas, frame.leftPx, frame.topPx, frame.widthPx, frame.heightPx);
  }
}
