/** Draws the function in two dimensions: bands between levels, and the lines that part them. */

import { el } from "./dom";
import { abs, ceil, finite, floats, floor, list, max, min, num, round } from "./math";
import type { Box, Theme } from "./types";

export type Height = (x: number, y: number) => number;

const BANDS = 14, CELL_PX = 3; // device pixels between two samples

/** Levels for a part of the land: the given ones where enough of them lie in it, else more between. */
export function levelsIn(given: number[], heights: Float64Array): number[] {
  let low = Infinity, high = -Infinity;
  for (const z of heights) if (finite(z)) (low = min(low, z)), (high = max(high, z));
  const seen = given.filter(level => level > low && level < high).length;
  if (seen >= 6 || !(high > low)) return given;
  const unit = max(1e-3 * (high - low), Number.EPSILON * abs(low));
  return list(BANDS + 1, (_, i) =>
    i ? low + unit * Math.pow((high - low) / unit, (i - 1) / (BANDS - 1)) * (i === BANDS ? 1 + 1e-9 : 1) : low);
}

export function ramp(colours: string[], count: number): [number, number, number][] {
  const known = colours.map(rgb);
  return list(count, (_, i) => {
    const at = count > 1 ? (i / (count - 1)) * (known.length - 1) : 0, k = min(floor(at), known.length - 2);
    return known[k].map((value, c) => round(value + (at - k) * (known[k + 1][c] - value))) as [number, number, number];
  });
}

export const rgb = (colour: string) => [1, 3, 5].map(i => parseInt(colour.slice(i, i + 2), 16)) as [number, number, number];

export interface Samples {
  columns: number;
  rows: number;
  z: Float64Array;
}

/** Sample the function over a box, on a grid that covers `width` x `height` device pixels. */
export function sample(f: Height, box: Box, width: number, height: number, cell = CELL_PX): Samples {
  const columns = max(2, ceil(width / cell) + 1), rows = max(2, ceil(height / cell) + 1);
  const z = floats(columns * rows), [[x0, x1], [y0, y1]] = box;
  for (let j = 0, k = 0; j < rows; j++) {
    const y = y1 + ((y0 - y1) * j) / (rows - 1);
    for (let i = 0; i < columns; i++) z[k++] = f(x0 + ((x1 - x0) * i) / (columns - 1), y);
  }
  return { columns, rows, z };
}

export function drawLand(
  pen: CanvasRenderingContext2D, samples: Samples, levels: number[], lines: boolean, theme: Theme, width: number, height: number, scale: number,
): void {
  const filled = new Set(theme.land).size > 1;
  pen.fillStyle = theme.page;
  pen.fillRect(0, 0, width, height);
  if (filled) {
    const smooth = shade(samples, levels, theme, width, height);
    pen.drawImage(smooth, 0, 0);
  }
  if (!lines && filled) return;
  const inner = levels.slice(1, -1), stride = lines ? 1 : ceil(inner.length / 4);
  pen.strokeStyle = theme.contour;
  pen.lineWidth = 0.7 * scale;
  pen.beginPath();
  inner.filter((_, i) => i % stride === 0).forEach(level => trace(pen, samples, level, width, height));
  pen.stroke();
}

/** Fill each device pixel with the colour of its band, heights taken linearly between the samples. */
function shade({ columns, rows, z }: Samples, levels: number[], theme: Theme, width: number, height: number): HTMLCanvasElement {
  const canvas = el("canvas");
  canvas.width = width, canvas.height = height;
  const pen = canvas.getContext("2d")!, image = pen.createImageData(width, height), pixels = new Uint32Array(image.data.buffer);
  const page = pack(rgb(theme.page)), colours = ramp(theme.land, max(1, levels.length - 1)).map(pack);
  const last = colours.length - 1, across = (columns - 1) / max(1, width - 1), down = (rows - 1) / max(1, height - 1);
  let band = 0;
  for (let v = 0, k = 0; v < height; v++) {
    const j = min(floor(v * down), rows - 2), s = v * down - j, row = j * columns;
    for (let u = 0; u < width; u++, k++) {
      const at = u * across, i = min(at | 0, columns - 2), r = at - i, c = row + i;
      const top = z[c] + r * (z[c + 1] - z[c]), low = z[c + columns] + r * (z[c + columns + 1] - z[c + columns]);
      const value = top + s * (low - top);
      if (!finite(value)) {
        pixels[k] = page;
        continue;
      }
      while (band < last && value >= levels[band + 1]) band++;
      while (band > 0 && value < levels[band]) band--;
      pixels[k] = colours[band];
    }
  }
  pen.putImageData(image, 0, 0);
  return canvas;
}

const pack = ([r, g, b]: [number, number, number]) => (255 << 24) | (b << 16) | (g << 8) | r;

/** Add the line of one level to the pen's path, cell by cell. */
function trace(pen: CanvasRenderingContext2D, { columns, rows, z }: Samples, level: number, width: number, height: number): void {
  const w = width / (columns - 1), h = height / (rows - 1);
  for (let j = 0; j + 1 < rows; j++) {
    for (let i = 0, k = j * columns; i + 1 < columns; i++, k++) {
      const a = z[k], b = z[k + 1], c = z[k + columns + 1], d = z[k + columns];
      const kind = num(a > level) | (num(b > level) << 1) | (num(c > level) << 2) | (num(d > level) << 3);
      if (kind === 0 || kind === 15 || !finite(a + b + c + d)) continue;
      const ends: number[] = [];
      if ((kind ^ (kind >> 1)) & 1) ends.push((i + (level - a) / (b - a)) * w, j * h);
      if (((kind >> 1) ^ (kind >> 2)) & 1) ends.push((i + 1) * w, (j + (level - b) / (c - b)) * h);
      if (((kind >> 2) ^ (kind >> 3)) & 1) ends.push((i + (level - d) / (c - d)) * w, (j + 1) * h);
      if (((kind >> 3) ^ kind) & 1) ends.push(i * w, (j + (level - a) / (d - a)) * h);
      for (let e = 0; e + 3 < ends.length; e += 4) {
        pen.moveTo(ends[e], ends[e + 1]);
        pen.lineTo(ends[e + 2], ends[e + 3]);
      }
    }
  }
}
