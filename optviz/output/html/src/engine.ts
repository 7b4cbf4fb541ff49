/** Runs the racers: the printed kernels, or what was recorded where there is none. */

import { abs, finite, floats, floor, list, max, min, num } from "./math";
import { float32, float64 } from "./bytes";
import { powers } from "./powers";
import type { Code, KernelCode, KernelData, Payload, Point, RacerData } from "./types";

/** One racer as it stands in the page, whose hyperparameters a reader may have moved. */
export interface Racer {
  entry: RacerData;
  h: Float64Array;
  isOut: boolean;
  added: boolean;
}

export const entrant = (entry: RacerData, added = false): Racer => ({ entry, h: Float64Array.from(entry.h), isOut: false, added });

/** Where a racer went: a row a step, cut at its last finite one. */
export class Track {
  readonly width: number;
  readonly dim: number;
  constructor(
    readonly rows: Float64Array, // x, gradient, effective rate, states; dim numbers each
    readonly f: Float64Array,
    readonly kernel: KernelData,
    readonly kept: number, // steps
    readonly lostAt: number | null,
    dim: number,
  ) {
    this.dim = dim;
    this.width = rowWidth(kernel, dim);
  }
  x(step: number, axis: number): number {
    return this.rows[min(step, this.kept) * this.width + axis];
  }
  point(step: number): Point {
    return list(this.dim, (_, axis) => this.x(step, axis));
  }
  at(name: string, step: number): number[] | null {
    const place = this.place(name);
    if (place < 0 || step < 1 || step > this.kept) return null;
    const from = step * this.width + place * this.dim;
    return Array.from(this.rows.subarray(from, from + this.dim));
  }
  /** Where a quantity begins in a row, in units of dim; -1 where there is none. */
  place(name: string): number {
    if (name === "x") return 0;
    if (name === "g") return 1;
    if (name === "rate") return this.kernel.effective ? 2 : -1;
    const state = this.kernel.states.indexOf(name);
    return state < 0 ? -1 : state + 2 + num(this.kernel.effective);
  }
}

export const rowWidth = (kernel: KernelData, dim: number) =>
  dim * (2 + num(kernel.effective) + kernel.states.length);

export class Engine {
  private readonly noise: Float64Array | null;
  private readonly found = new Map<number, Float64Array[]>();
  private readonly tables = new WeakMap<Racer, { key: string; table: Float64Array }>();

  constructor(readonly payload: Payload, readonly code: Code) {
    this.noise = payload.noise === null ? null : float64(payload.noise);
  }

  /** Every racer's track from a start. */
  race(racers: Racer[], start: Point): Track[] {
    return racers.map(racer => this.track(racer, start));
  }

  track(racer: Racer, start: Point): Track {
    const { payload: page } = this, number = racer.entry.kernel;
    if (number === null) return this.recorded(racer.entry);
    const kernel = page.kernels[number], dim = page.problem.dim, n = page.steps, width = rowWidth(kernel, dim);
    const rows = floats((n + 1) * width);
    rows.set(start);
    this.run(racer, Float64Array.from(start), rows);
    return this.finished(rows, kernel, n);
  }

  /** Take a racer from all the points, one after the other's coordinates, to where it ends; its rows, by step and point. */
  run(racer: Racer, points: Float64Array, rows: Float64Array | null = null, terms: number[] | null = null): void {
    this.code.kernels[racer.entry.kernel!].run(racer.h, this.table(racer), this.payload.steps, points, rows, terms);
  }

  /** What a racer computes on its way, for every step, dim numbers a term. */
  terms(racer: Racer, start: Point): number[] {
    const found: number[] = [];
    this.run(racer, Float64Array.from(start), null, found);
    return found;
  }

  /** All that depends on hyperparameters and the step alone, a row a step. */
  table(racer: Racer): Float64Array {
    const key = racer.h.join(), kept = this.tables.get(racer);
    if (kept?.key === key) return kept.table;
    const table = this.makeTable(racer);
    this.tables.set(racer, { key, table });
    return table;
  }
  private makeTable(racer: Racer): Float64Array {
    const code = this.code.kernels[racer.entry.kernel!], n = this.payload.steps;
    const inputs = this.inputs(racer), columns = this.powers(code, racer, inputs);
    const p = new Array<number>(columns.length);
    let state = code.begin(inputs(1)), table = floats(0), width = 0;
    for (let t = 1; t <= n; t++) {
      for (let k = 0; k < p.length; k++) p[k] = columns[k][t];
      const row = code.table(inputs(t), t, state, p);
      if (t === 1) (width = row.length - state.length), (table = floats((n + 1) * width));
      for (let k = 0; k < width; k++) table[t * width + k] = row[k];
      state = row.slice(width);
    }
    return table;
  }

  /** The table's inputs at a step: hyperparameters, scheduled or not, and the noise. */
  private inputs({ entry: data, h }: Racer): (t: number) => Float64Array {
    const scheduled = Object.entries(data.schedules ?? {}).map(([index, text]) => [num(index), float64(text)] as const);
    const noise = this.payload.kernels[data.kernel!].noise ? this.noise! : [], wide = noise.length / this.payload.steps;
    const all = floats(h.length + wide);
    all.set(h);
    return t => {
      for (const [index, values] of scheduled) all[index] = values[t - 1];
      for (let k = 0; k < wide; k++) all[h.length + k] = noise[(t - 1) * wide + k];
      return all;
    };
  }

  private powers(code: KernelCode, { entry: data, h }: Racer, inputs: (t: number) => Float64Array): Float64Array[] {
    const rows = list(this.payload.steps, (_, i) => code.powers(inputs(i + 1), i + 1)), given = data.h.every((value, i) => Object.is(value, h[i]));
    return list(rows[0].length / 2, (_, k) => {
      const base = rows[0][2 * k], beyond = rows[0][2 * k + 1] - 1, digits = given && data.columns?.[k];
      const whole = abs(beyond) <= 1 && rows.every((row, i) => row[2 * k] === base && row[2 * k + 1] === i + 1 + beyond);
      return !digits && whole && base > 0 && base < 1 ? this.power(base, beyond) : this.general(rows, k, digits || "");
    });
  }

  /** base^(t + beyond) by t; there are three of each base at most. */
  private power(base: number, beyond: number): Float64Array {
    let found = this.found.get(base);
    if (!found) {
      if (this.found.size > 200) this.found.clear(); // a slider was moved for long
      const fixes = this.payload.fixes.find(one => one[0] === base)?.slice(1), all = powers(base, this.payload.steps + 1, fixes);
      this.found.set(base, (found = [-1, 0, 1].map(by => all.map((_, t) => all[t + by] ?? 1))));
    }
    return found[beyond + 1];
  }

  /** The browser's own powers, each moved to the nearest number that ends in the C library's last digit. */
  private general(rows: ArrayLike<number>[], k: number, digits: string): Float64Array {
    const column = floats(rows.length + 1), bits = new BigInt64Array(column.buffer);
    for (let t = 1; t < column.length; t++) {
      column[t] = Math.pow(rows[t - 1][2 * k], rows[t - 1][2 * k + 1]);
      if (digits) bits[t] += BigInt(((parseInt(digits[t - 1], 16) - num(bits[t] & 15n) + 24) % 16) - 8);
    }
    return column;
  }

  private finished(rows: Float64Array, kernel: KernelData, n: number): Track {
    const { payload: page, code } = this, { dim } = page.problem, width = rowWidth(kernel, dim);
    const f = floats(n + 1);
    for (let t = 0; t <= n; t++) {
      const i = t * width;
      f[t] = code.f!(rows[i], dim > 1 ? rows[i + 1] : 0, max(t, 1));
      let sound = finite(f[t]);
      for (let k = 0; k < dim; k++) {
        sound &&= finite(rows[i + k]) && (t === 0 || finite(rows[i + dim + k]));
      }
      if (!sound) return new Track(rows, f.subarray(0, t), kernel, t - 1, t, dim);
    }
    return new Track(rows, f, kernel, n, null, dim);
  }

  private recorded(data: RacerData): Track {
    const kept = data.recorded!, kernel = { states: kept.states, effective: kept.effective, noise: false, terms: [] };
    const { dim } = this.payload.problem, width = rowWidth(kernel, dim);
    const rows = spread(float32(kept.rows), width, kept), f = spread(float32(kept.f), 1, kept);
    return new Track(rows, f, kernel, kept.kept, kept.divergedAt, dim);
  }
}

/** Repeat what was recorded every few steps, so that every step has a row. */
export function spread(rows: Float64Array, width: number, { every, kept }: { every: number; kept: number }): Float64Array {
  if (every === 1) return rows;
  const found = floats((kept + 1) * width), last = rows.length / width - 1;
  for (let t = 0; t <= kept; t++) {
    const from = (t === kept ? last : min(last, floor(t / every))) * width;
    found.set(rows.subarray(from, from + width), t * width);
  }
  return found;
}
