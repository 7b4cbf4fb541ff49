/** A function that is not printed in the page, from its heights on a grid. */

import { floor, max, min } from "./math";
import { float32 } from "./bytes";
import type { Box } from "./types";

export function bilinear(land: { size: number; z: string }, box: Box): (x: number, y?: number) => number {
  const z = float32(land.z), last = land.size - 1;
  const place = ([low, high]: [number, number], value: number) => {
    const at = min(max(((value - low) / (high - low)) * last, 0), last), i = min(floor(at), last - 1);
    return [i, at - i] as const;
  };
  return (x, y = 0) => {
    const [i, r] = place(box[0], x);
    if (box.length === 1) return z[i] + r * (z[i + 1] - z[i]);
    const [j, s] = place(box[1], y), k = j * land.size + i;
    const low = z[k] + r * (z[k + 1] - z[k]), high = z[k + land.size] + r * (z[k + land.size + 1] - z[k + land.size]);
    return low + s * (high - low);
  };
}
