/** Powers beta^t of whole t with the bits of the C library: a running product in twice the digits, rounded. */

import { abs, floats } from "./math";

const SPLIT = 134217729; // 2^27 + 1

/** beta^0 .. beta^n, each rounded correctly; `fixes` are steps (from 1, negative for lower) where the C library errs. */
export function powers(beta: number, n: number, fixes: number[] = []): Float64Array {
  const found = floats(n + 1);
  let high = 1, low = 0;
  const b = SPLIT * beta, bHigh = b - (b - beta), bLow = beta - bHigh;
  found[0] = 1;
  for (let t = 1; t <= n; t++) {
    const product = high * beta;
    const a = SPLIT * high, aHigh = a - (a - high), aLow = high - aHigh;
    const error = ((aHigh * bHigh - product) + aHigh * bLow + aLow * bHigh) + aLow * bLow + low * beta;
    high = product + error;
    low = error - (high - product);
    found[t] = high;
  }
  for (const fix of fixes) found[abs(fix)] = neighbour(found[abs(fix)], Math.sign(fix));
  return found;
}

const bits = new BigInt64Array(1), number = floats(bits.buffer);

/** The next float above (1) or below (-1) a positive one. */
function neighbour(value: number, side: number): number {
  number[0] = value;
  bits[0] += BigInt(side);
  return number[0];
}
