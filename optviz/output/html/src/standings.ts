/** The order of the racers after any step, by what was known then (engine/result.py). */

import { floats, min } from "./math";
import type { Track } from "./engine";
import type { Judgement } from "./judge";
import type { Code, Payload } from "./types";

export interface Race {
  tracks: Track[];
  judgements: Judgement[];
  standings: Float64Array[]; // what those outside the finish rank by, a number a step from 0
  measures: Float64Array[]; // what the ranking shows
}

export function race(page: Payload, code: Code, tracks: Track[], judgements: Judgement[]): Race {
  const online = page.problem.online && code.f !== null;
  const standings = online ? tracks.map(track => average(track, code, null)) : tracks.map(track => track.f);
  const low = page.problem.fMin ?? 0, best = page.problem.best;
  const measures = online
    ? (best ? tracks.map(track => average(track, code, best)) : standings)
    : tracks.map(track => track.f.map(value => value - low));
  return { tracks, judgements, standings, measures };
}

/** The mean of f_1(x_0), ..., f_t(x_{t-1}) for every t from 1, less what a fixed point pays. */
function average(track: Track, code: Code, best: number[] | null): Float64Array {
  const found = floats(track.kept + 1);
  let sum = 0;
  for (let t = 1; t <= track.kept; t++) {
    const paid = code.f!(track.x(t - 1, 0), track.dim > 1 ? track.x(t - 1, 1) : 0, t);
    sum += best ? paid - code.f!(best[0], best[1] ?? 0, t) : paid;
    found[t] = sum / t;
  }
  return found;
}

type Rank = [number, number];

function rank(race: Race, racer: number, step: number, steps: number): Rank {
  const one = race.judgements[racer], diverged = one.lostAt;
  if (diverged !== null && diverged <= step) return [2, -diverged];
  const since = step >= steps ? one.arrivedAt : one.insideSince(step);
  if (since !== null) return [0, since];
  return [1, race.standings[racer][min(step, race.tracks[racer].kept)]];
}

const compare = (a: Rank, b: Rank) => a[0] - b[0] || (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0);

/** Racers in order, and the place of each (equal racers share one). */
export function order(race: Race, step: number, steps: number): { order: number[]; places: number[]; shared: boolean[] } {
  const ranks = race.tracks.map((_, racer) => rank(race, racer, step, steps));
  const sorted = ranks.map((_, racer) => racer).sort((a, b) => compare(ranks[a], ranks[b]) || a - b);
  const places = ranks.map(one => 1 + ranks.filter(other => compare(other, one) < 0).length);
  return { order: sorted, places, shared: places.map(place => places.filter(other => other === place).length > 1) };
}
