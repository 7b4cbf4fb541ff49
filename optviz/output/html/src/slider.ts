/** Where a value stands on a slider: logarithmic, or for rates in [0, 1) by their distance from 1. */

import { log10, max, min, round } from "./math";
import type { Bounds } from "./types";

const TICKS = 1000, DECADES_DOWN = 3, DECADES_UP = 3;

export interface SliderScale {
  at(value: number): number;
  value(at: number): number;
  ticks: number;
}

/** The slider's scale around a value that must be reached exactly. */
export function sliderScale(given: number, bounds: Bounds, others: number[] = []): SliderScale {
  const unit = bounds.low === 0 && bounds.high === 1;
  const scale = unit ? unitScale() : logScale([given, ...others].filter(value => value > 0), bounds);
  const exact = (at: number) => [given, ...others].find(value => round(scale.at(value)) === round(at));
  return {
    ticks: TICKS,
    at: value => round(min(TICKS, max(0, scale.at(value)))),
    value: at => exact(at) ?? scale.value(at),
  };
}

/** 0 at the left, then 0.9, 0.99, ... at equal distances. */
function unitScale() {
  const nines = 5;
  return {
    at: (value: number) => (TICKS * -log10(1 - min(value, 1 - 1e-9))) / nines,
    value: (at: number) => Number((1 - Number((10 ** ((-at * nines) / TICKS)).toPrecision(3))).toFixed(8)),
  };
}

function logScale(values: number[], bounds: Bounds) {
  const known = values.length ? values : [1e-3];
  let low = log10(min(...known)) - DECADES_DOWN, high = log10(max(...known)) + DECADES_UP;
  if (bounds.high !== null) high = min(high, log10(bounds.high) - (bounds.highOpen ? 1e-3 : 0));
  if (bounds.low !== null && bounds.low > 0) low = max(low, log10(bounds.low));
  const zero = bounds.low === 0 && !bounds.lowOpen; // the left end is 0 itself
  return {
    at: (value: number) => (value <= 0 ? 0 : (TICKS * (log10(value) - low)) / (high - low)),
    value: (at: number) => (zero && at <= 0 ? 0 : Number((10 ** (low + (at * (high - low)) / TICKS)).toPrecision(3))),
  };
}
