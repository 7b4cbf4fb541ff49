/** Judges a track as the Python side does (engine/judge.py): arrived, stopped, moving or diverged. */

import { abs, ceil, cos, finite, hypot, list, max, min, num, PI, sin } from "./math";
import type { Track } from "./engine";
import type { Code, Payload, Point, RacerData } from "./types";

const LATE_SHARE = 0.05, MOST_LATE_STEPS = 10;
const REST_SHARE = 0.1, LEAST_REST_STEPS = 10;
const RADIUS_SHARE = 0.01, FLAT = 1e-9, CURVATURE_SHARE = 1e-3, PROBE_SHARE = 0.1, PROBES = 16, SAME_VALUE = 1e-9;

export type Outcome = "arrived" | "stopped" | "moving" | "diverged";

const RESTS: Record<string, string> = {
  "local minimum": "at a ",
  saddle: "at a ",
  plateau: "on a ",
  edge: "at an ",
};

export class Judgement {
  constructor(
    readonly steps: number,
    readonly stays: [number, number][], // first step of each stay inside the finish, and the step after its last
    readonly stoppedAt: string | null,
    readonly lostAt: number | null,
  ) {}
  get enteredAt(): number | null {
    return this.stays.length ? this.stays[0][0] : null;
  }
  get arrivedAt(): number | null {
    const since = this.insideSince(this.steps), late = min(LATE_SHARE * this.steps, MOST_LATE_STEPS);
    return since !== null && (since === 0 || since <= this.steps - late) ? since : null;
  }
  get outcome(): Outcome {
    if (this.lostAt !== null) return "diverged";
    if (this.arrivedAt !== null) return "arrived";
    return this.stoppedAt === null ? "moving" : "stopped";
  }
  insideSince(step: number): number | null {
    if (this.lostAt !== null && this.lostAt <= step) return null;
    let since: number | null = null;
    for (const [first, end] of this.stays) if (first <= step && step < end) since = first;
    return since;
  }
  words(): string {
    if (this.lostAt !== null) return `diverged at step ${this.lostAt}`;
    const arrived = this.arrivedAt, inside = this.insideSince(this.steps), entered = this.enteredAt;
    let said = inside === null ? "moving" : `moving, inside since ${inside}`;
    if (this.outcome === "stopped") said = `stopped ${RESTS[this.stoppedAt!] ?? ""}${this.stoppedAt}`;
    else if (arrived !== null) said = `arrived at step ${arrived}`;
    return said + (entered !== null && entered !== arrived && entered !== inside ? ` (entered at ${entered})` : "");
  }
}

export function judge(track: Track, page: Payload, code: Code, recorded: RacerData["recorded"] = null): Judgement {
  if (recorded) return new Judgement(track.kept, recorded.stays, recorded.stoppedAt, recorded.divergedAt);
  const stays: [number, number][] = [];
  let since = -1;
  for (let t = 0; t <= track.kept; t++) {
    const inside = isInside(track, t, page);
    if (inside && since < 0) since = t;
    if (!inside && since >= 0) stays.push([since, t]), (since = -1);
  }
  if (since >= 0) stays.push([since, track.kept + 1]);
  const rests = track.lostAt === null && !page.problem.network && since < 0 && code.f !== null && code.g !== null;
  return new Judgement(track.kept, stays, rests ? rest(track, page, code) : null, track.lostAt);
}

export const distance = (a: Point, b: Point) => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const way = a[i] - b[i];
    sum += way * way;
  }
  return Math.sqrt(sum);
};

export const distanceToMinima = (x: Point, minima: Point[]) => min(...minima.map(minimum => distance(x, minimum)));

function isInside(track: Track, t: number, { problem, finish }: Payload): boolean {
  if (finish.distance !== null) {
    for (const minimum of problem.minima) {
      let sum = 0;
      for (let i = 0; i < minimum.length; i++) {
        const way = track.x(t, i) - minimum[i];
        sum += way * way;
      }
      if (Math.sqrt(sum) <= finish.distance) return true;
    }
  }
  const above = problem.network ? track.f[t] : abs(track.f[t] - (problem.fMin ?? NaN));
  return finish.gap !== null && above <= finish.gap;
}

// --- coming to rest ---------------------------------------------------------------------------------

function rest(track: Track, page: Payload, code: Code): string | null {
  const { problem } = page, radius = radiusOf(track, page), n = track.kept;
  const first = max(0, n - max(LEAST_REST_STEPS, ceil(REST_SHARE * n))), x = track.point(n);
  if (problem.online) return staysAtAnEdge(track, first, page, radius) ? "edge" : null;
  for (let t = first; t <= n; t++) if (!(distance(track.point(t), x) <= radius)) return null;
  const gradient = (p: Point) => code.g!(p[0], p[1] ?? 0, 1);
  const held = heldByEdges(x, gradient(x), page, radius);
  const resting = restingPoint(x, held, page, gradient, radius);
  return resting && kindOf(resting, held, page, code, radius);
}

function radiusOf(track: Track, { problem, finish }: Payload): number {
  if (finish.distance !== null && problem.minima.length) return finish.distance;
  let box = problem.judgedIn;
  if (!box) {
    box = track.point(0).map(value => [value, value]);
    for (let t = 1; t <= track.kept; t++) {
      track.point(t).forEach((value, i) => (box![i] = [min(box![i][0], value), max(box![i][1], value)]));
    }
  }
  return RADIUS_SHARE * distance(box.map(side => side[0]), box.map(side => side[1]));
}

function staysAtAnEdge(track: Track, first: number, { problem }: Payload, radius: number): boolean {
  return (problem.domain ?? []).some((sides, axis) => sides.some(side => {
    for (let t = first; t <= track.kept; t++) if (!(abs(track.x(t, axis) - side) <= radius)) return false;
    return true;
  }));
}

/** -1 or 1 where the slope presses the point against the domain's low or high edge, else 0. */
function heldByEdges(x: Point, slope: Point, { problem }: Payload, radius: number): number[] {
  return x.map((value, i) => {
    if (!problem.domain) return 0;
    const [low, high] = problem.domain[i];
    return num(high - value <= radius && slope[i] < -FLAT) - num(value - low <= radius && slope[i] > FLAT);
  });
}

function restingPoint(
  x: Point, held: number[], { problem }: Payload, gradient: (p: Point) => number[], radius: number,
): Point | null {
  for (const known of [...problem.minima, ...problem.localMinima]) if (distance(x, known) <= radius) return known;
  const slope = gradient(x), free = held.flatMap((side, i) => (side === 0 ? [i] : []));
  const onEdge = x.map((value, i) => (held[i] ? problem.domain![i][held[i] < 0 ? 0 : 1] : value));
  if (hypot(...free.map(i => slope[i])) < FLAT) return onEdge;
  const step = onEdge.map((value, i) => value - x[i]);
  newtonStep(x, slope, free, gradient, CURVATURE_SHARE * radius).forEach((part, k) => (step[free[k]] += part));
  return hypot(...step) <= radius ? x.map((value, i) => value + step[i]) : null;
}

function newtonStep(x: Point, slope: Point, free: number[], gradient: (p: Point) => number[], h: number): number[] {
  const shifted = (axis: number, by: number) => gradient(x.map((value, i) => (i === axis ? value + by : value)));
  const rows = free.map(axis => {
    const above = shifted(axis, h), below = shifted(axis, -h);
    return free.map(i => (above[i] - below[i]) / (2 * h));
  });
  if (!rows.every(row => row.every(finite))) return free.map(() => Infinity);
  const away = (along: number, bend: number) => (bend !== 0 ? -along / bend : abs(along) < FLAT ? 0 : Infinity);
  if (free.length === 1) return [away(slope[free[0]], rows[0][0])];
  // the axes of a symmetric 2 x 2 matrix
  const [a, b, d] = [rows[0][0], (rows[0][1] + rows[1][0]) / 2, rows[1][1]];
  const middle = (a + d) / 2, reach = hypot((a - d) / 2, b), turn = Math.atan2(2 * b, a - d) / 2;
  const step = [0, 0];
  for (const [bend, ux, uy] of [
    [middle + reach, cos(turn), sin(turn)], [middle - reach, -sin(turn), cos(turn)],
  ]) {
    const part = away(ux * slope[free[0]] + uy * slope[free[1]], bend);
    if (!finite(part)) return [Infinity, Infinity];
    step[0] += part * ux;
    step[1] += part * uy;
  }
  return step;
}

function kindOf(point: Point, held: number[], { problem }: Payload, code: Code, radius: number): string {
  const f = (p: Point) => code.f!(p[0], p[1] ?? 0, 1), height = f(point), low = problem.fMin;
  const lowest = low !== null && abs(height - low) <= SAME_VALUE * (1 + abs(low));
  if (lowest || problem.minima.some(known => distance(point, known) <= radius)) return "short of the finish";
  if (held.some(Boolean)) return "edge";
  const reach = PROBE_SHARE * radius, noise = FLAT * reach + 4 * Number.EPSILON * abs(height);
  const rises = directions(point.length).map(way => {
    const there = point.map((value, i) => value + reach * way[i]);
    return f(problem.domain ? there.map((v, i) => clamp(v, problem.domain![i])) : there) - height;
  });
  if (rises.every(rise => abs(rise) <= noise)) return "plateau";
  return rises.every(rise => rise >= -noise) ? "local minimum" : "saddle";
}

const clamp = (value: number, [low, high]: [number, number]) => min(max(value, low), high);

function directions(dim: number): Point[] {
  if (dim === 1) return [[-1], [1]];
  return list(PROBES, (_, i) => [cos(i * 2 * PI / PROBES), sin(i * 2 * PI / PROBES)]);
}
