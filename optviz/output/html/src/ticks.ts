/** Scales and ticks of the axes, chosen as in the film (panels/curves.py, layout/ticks.py). */

import { abs, ceil, finite, floor, log10, max, min, num, round, str } from "./math";
import { minus, powerOfTen } from "./text";
import type { Payload } from "./types";

export interface Scale {
  low: number;
  high: number;
  isLog: boolean;
  floor: number; // under which curves lie on the lower end; 0: none
}
export interface Tick {
  at: number;
  label: string;
}

const FLOOR_SHARE = 1e-12, LEAST_VALUE = 1e-300, OUTLIER_FACTOR = 1e6, LOG_DECADES = 2;

/** The place of a value between 0 (low) and 1 (high). */
export function share(scale: Scale, value: number): number {
  if (!scale.isLog) return (value - scale.low) / (scale.high - scale.low);
  const low = Math.log(scale.low);
  return (Math.log(max(value, scale.low)) - low) / (Math.log(scale.high) - low);
}

/** The scale that holds every curve that stays; log: undefined lets the numbers decide. */
export function scaleOf(curves: { values: Float64Array; diverged: boolean }[], log?: boolean): Scale {
  let tame = curves.filter(curve => !curve.diverged && curve.values.length);
  const begin = max(0, ...tame.map(curve => abs(curve.values[0])));
  const near = tame.filter(curve => begin === 0 || curve.values.every(value => abs(value) / OUTLIER_FACTOR <= begin));
  if (near.length) tame = near;
  const lists = tame.length ? tame.map(curve => curve.values) : curves.map(curve => curve.values.subarray(0, 1));
  let low = Infinity, high = -Infinity, least = Infinity, first = -Infinity;
  for (const values of lists) {
    let begun = false;
    for (const value of values) {
      if (!finite(value)) continue;
      if (!begun) first = max(first, value), (begun = true);
      if (value < low) low = value;
      if (value > high) high = value;
      if (value > LEAST_VALUE && value < least) least = value;
    }
  }
  if (low > high) return { low: 0, high: 1, isLog: false, floor: 0 };
  const asks = low >= 0 && high > 0 && log10(high) - log10(least) > LOG_DECADES;
  return (log ?? asks) && high > LEAST_VALUE ? logarithmic(low, high, least, first) : linear(low, high);
}

function logarithmic(lowest: number, top: number, least: number, begin: number): Scale {
  const bound = max(min(FLOOR_SHARE * (begin > LEAST_VALUE ? begin : top), top), LEAST_VALUE);
  if (least >= bound && lowest >= least) return { low: least / 1.6, high: max(top, 3 * least) * 1.6, isLog: true, floor: 0 };
  const power = least < bound ? ceil(log10(bound) - 1e-9) : ceil(log10(least) - 1e-9) - 1;
  const low = 10 ** power;
  return { low, high: max(top * 1.6, low * 10), isLog: true, floor: low };
}

function linear(low: number, high: number): Scale {
  const size = max(abs(low), abs(high));
  let span = high - low;
  if (!(span > max(1e-12 * size, LEAST_VALUE))) span = size > LEAST_VALUE ? size : 1;
  return { low: low - 0.06 * span, high: high + 0.06 * span, isLog: false, floor: 0 };
}

export function ticks(scale: Scale, most: number): Tick[] {
  return scale.isLog ? logTicks(scale, most) : linearTicks(scale.low, scale.high, most);
}

function logTicks({ low, high, floor: least }: Scale, most: number): Tick[] {
  const first = ceil(log10(low) - 1e-9), last = floor(log10(high) + 1e-9);
  if (last <= first) {
    return linearTicks(low, high, most).filter(tick => tick.at > 0);
  }
  const apart = (0.66 * (log10(high) - log10(low))) / most;
  const stride = [1, 2, 3, 5, 10, 20, 50, 100, 200, 500].find(one => one >= apart) ?? 1000;
  const found: Tick[] = [];
  for (let power = ceil(first / stride) * stride; power <= last; power += stride) {
    found.push({ at: 10 ** power, label: powerOfTen(power) });
  }
  if (!least) return found;
  const clear = log10(low) + (0.7 * (log10(high) - log10(low))) / most;
  const label = `≤ ${powerOfTen(round(log10(least)))}`;
  return [{ at: low, label }, ...found.filter(tick => log10(tick.at) > clear)];
}

export function linearTicks(low: number, high: number, most: number): Tick[] {
  if (!(high > low) || !finite(high - low)) return [];
  let step = roundStep((high - low) / max(2, floor(most)));
  if (floor(high / step) <= ceil(low / step)) step = roundStep(0.3 * step); // one number alone is no scale
  const size = max(abs(low), abs(high)), found: Tick[] = [];
  const digits = max(0, -floor(log10(step) + 1e-9));
  for (let k = ceil(low / step - 1e-9); k <= floor(high / step + 1e-9); k++) {
    const at = k * step;
    const plain = size < 1e5 && digits <= 6;
    const label = plain ? at.toFixed(digits) : str(num(at.toPrecision(6)));
    found.push({ at, label: minus(num(label) === 0 ? "0" : label) });
  }
  return found;
}

/** Where a step stands on an axis of steps and on the clock, from 0 to 1; and the step that stands there. */
export const stepShare = ({ steps, logSteps }: Payload, step: number) => (logSteps ? Math.log1p(step) / Math.log1p(steps) : step / steps);
export const stepAt = ({ steps, logSteps }: Payload, at: number) => (logSteps ? Math.expm1(at * Math.log1p(steps)) : at * steps);

/** Ticks of steps, each by its share of the axis. */
export function stepTicks(page: Payload, most: number): Tick[] {
  const { steps, logSteps } = page, found = [0];
  if (logSteps) {
    const last = floor(log10(steps) + 1e-9), stride = max(1, ceil((last + 1) / max(most - 1, 1)));
    for (let power = last % stride; power <= last; power += stride) found.push(10 ** power);
  } else {
    const step = max(1, roundStep(steps / max(1, most)));
    for (let at = step; at <= steps * (1 + 1e-9); at += step) found.push(at);
  }
  const unit = (place: number) => (place >= 1e6 ? 1e6 : place >= 1e4 || (logSteps && place >= 1e3) ? 1e3 : 1), common = unit(found.at(-1)!);
  return found.map(place => {
    const by = logSteps ? unit(place) : common;
    return { at: stepShare(page, place), label: `${place / by}${place && by > 1 ? (by > 1e3 ? "M" : "k") : ""}` };
  });
}

function roundStep(rough: number): number {
  const power = floor(log10(rough));
  for (const m of [1, 2, 5]) if (m * 10 ** power >= rough * (1 - 1e-9)) return m * 10 ** power;
  return 10 ** (power + 1);
}
