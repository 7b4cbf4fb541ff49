/** Where a value stands on a slider: logarithmic, with 0 at the left end; for memories by their distance from 1. */

import { finite, floor, log10, max, min, num, round } from "./math";
import { HIGH_OPEN, LOW_OPEN, WHOLE, type Bounds } from "./types";

const TICKS = 1000, DECADES_DOWN = 3, DECADES_UP = 3, NINES = 5;

export interface SliderScale {
  at(value: number): number;
  value(at: number): number;
  ticks: number;
}

/** Whether a hyperparameter may have that value. */
export const allowed = (value: number, { low, high, flags }: Bounds): boolean =>
  finite(value) && (low === null || value > low || (value === low && !(flags & LOW_OPEN)))
  && (high === null || value < high || (value === high && !(flags & HIGH_OPEN))) && !(flags & WHOLE && value % 1);

/** The slider's scale around a value that must be reached exactly, as must the others. */
export function sliderScale(given: number, bounds: Bounds, others: number[] = []): SliderScale {
  const known = [given, ...others], unit = bounds.low === 0 && bounds.high === 1;
  const scale = !unit ? logScale(known, bounds) : bounds.flags & HIGH_OPEN ? memoryScale() : shareScale();
  const place = (value: number) => round(min(TICKS, max(0, scale.at(value))));
  return {
    ticks: TICKS,
    at: place,
    value: at => {
      const exact = known.find(value => place(value) === round(at));
      return exact ?? (at <= 0 && bounds.low !== null && !(bounds.flags & LOW_OPEN) ? bounds.low : scale.value(max(at, 1)));
    },
  };
}

/** 0 at the left, then 0.9, 0.99, ... at equal distances. */
const memoryScale = () => ({
  at: (value: number) => (TICKS * -log10(1 - min(value, 1 - 1e-9))) / NINES,
  value: (at: number) => num((1 - num((10 ** ((-at * NINES) / TICKS)).toPrecision(3))).toFixed(8)),
});
const shareScale = () => ({ at: (value: number) => TICKS * value, value: (at: number) => at / TICKS });

function logScale(values: number[], { low: least, high: most, flags }: Bounds) {
  const known = values.filter(value => value > 0 && finite(value));
  if (!known.length) known.push(flags & WHOLE ? 10 : least || 1e-3);
  let low = log10(min(...known)) - DECADES_DOWN, high = log10(max(...known)) + DECADES_UP;
  if (most !== null) high = min(high, log10(most) - (flags & HIGH_OPEN ? 1e-3 : 0));
  low = max(low, flags & WHOLE ? 0 : least ? log10(least) : low);
  return {
    at: (value: number) => (value <= 0 ? 0 : (TICKS * (log10(value) - low)) / (high - low)),
    value: (at: number) => {
      const value = num((10 ** (low + (at * (high - low)) / TICKS)).toPrecision(3));
      return flags & WHOLE ? floor(value) : value;
    },
  };
}
