/** Finds where trails lie on others, there to be seen in turns with them, as in the film (picture/machine/strokes.py). */

import { ceil, floor, hypot, max, min } from "./math";

export const HIDDEN = 0, SOLID = 1, SHARED = 2; // how the way to a point is drawn

const NEAR_PX = 1.5, LEAST_SHARED = 9, SLOT_PX = 4 * NEAR_PX, MOST_PX = 6000; // of a trail, compared with others

/** A trail through those of a path's points: x, y, step and SOLID for each. */
export const solid = (path: Float64Array, steps: Iterable<number>): number[] =>
  [...steps].flatMap(t => [path[2 * t], path[2 * t + 1], t, SOLID]);

/** Cut trails where they lie on others that came there before: of every four slots some belong to each. */
export function inTurns(trails: number[][]): number[][] {
  const cells = new Map<number, Map<number, number>>(), samples = trails.map(sampled); // by cell: trails, and the steps at which they come
  const cell = (x: number, y: number) => floor(x / NEAR_PX) * 65536 + floor(y / NEAR_PX);
  samples.forEach((all, trail) => {
    for (const [x, y, t] of all) {
      const at = cell(x, y), here = cells.get(at) ?? new Map<number, number>();
      cells.set(at, here.set(trail, min(here.get(trail) ?? Infinity, t)));
    }
  });
  return samples.map((all, trail) => {
    const ranks = all.map(([x, y]) => {
      const around: number[] = [], at = cell(x, y); // by trail: the step at which it comes near
      for (const by of [-65536, 0, 65536]) for (const down of [-1, 0, 1]) {
        cells.get(at + by + down)?.forEach((when, other) => (around[other] = min(around[other] ?? Infinity, when)));
      }
      return around.filter((when, other) => when < around[trail] || (when === around[trail] && other < trail)).length;
    });
    for (let i = 0, from = 0; i <= ranks.length; i++) {
      if (ranks[i]) continue;
      if (i - from < LEAST_SHARED) ranks.fill(0, from, i); // they only cross
      from = i + 1;
    }
    const found: number[] = [];
    let kind = SOLID;
    all.forEach(([x, y, t, along, isPoint], i) => {
      const slot = floor(along / SLOT_PX) % 4, rank = min(ranks[i], 3), before = all[i - 1] ?? all[i];
      const next = !rank ? SOLID : (rank < 2 ? slot % 2 : slot === rank) ? SHARED : HIDDEN;
      if (next !== kind) found.push(before[0], before[1], before[2], kind);
      kind = next;
      if (isPoint) found.push(x, y, t, kind);
    });
    return found;
  });
}

/** Places along a trail: x, y, step, the way there, whether it is one of its points. */
function sampled(trail: number[]): [number, number, number, number, boolean][] {
  const found: [number, number, number, number, boolean][] = [];
  let along = 0;
  for (let i = 0; i < trail.length; i += 4) {
    const from = max(0, i - 4), [x, y, t] = trail.slice(from, from + 3), [dx, dy, dt] = [trail[i] - x, trail[i + 1] - y, trail[i + 2] - t], way = hypot(dx, dy);
    const count = along + way < MOST_PX ? max(1, ceil(way / NEAR_PX)) : 1;
    for (let k = 1; k <= count; k++) found.push([x + (dx * k) / count, y + (dy * k) / count, t + (dt * k) / count, along + (way * k) / count, k === count]);
    along += way;
  }
  return found;
}
