/** Draws the racers' marks: Matplotlib's shapes, evened out to the eye. */

import { stroke } from "./axes";
import { cos, list, PI, sin } from "./math";

const WEIGHTS: Record<string, number> = { o: 1, s: 0.9, D: 0.8, P: 1.12, X: 1.08, "*": 1.45, d: 1.15 };

const regular = (corners: number, turn = 0, inner = 1): [number, number][] =>
  list(corners, (_, i) => {
    const angle = ((i + turn) * 2 * PI) / corners, reach = i % 2 ? inner : 1;
    return [sin(angle) * reach, -cos(angle) * reach];
  });
const turned = (shape: [number, number][], quarter: number): [number, number][] =>
  shape.map(([x, y]) => [[x, y], [-y, x], [-x, -y], [y, -x]][quarter] as [number, number]);
const TRIANGLE: [number, number][] = [[0, -1], [-1, 1], [1, 1]];
const PLUS: [number, number][] = [
  [-1, -3], [1, -3], [1, -1], [3, -1], [3, 1], [1, 1], [1, 3], [-1, 3], [-1, 1], [-3, 1], [-3, -1], [-1, -1],
].map(([x, y]) => [x / 3, y / 3]);
const DIAMOND: [number, number][] = [[0, -1.414], [1.414, 0], [0, 1.414], [-1.414, 0]];
const SHAPES: Record<string, [number, number][]> = {
  s: [[-1, -1], [1, -1], [1, 1], [-1, 1]],
  D: DIAMOND,
  d: DIAMOND.map(([x, y]) => [0.6 * x, y]),
  "^": TRIANGLE,
  ">": turned(TRIANGLE, 1),
  v: turned(TRIANGLE, 2),
  "<": turned(TRIANGLE, 3),
  P: PLUS,
  X: PLUS.map(([x, y]) => [0.75 * (x - y), 0.75 * (x + y)]),
  p: regular(5),
  h: regular(6),
  "8": regular(8, 0.5),
  "*": regular(10, 0, 0.382),
};

export function drawMarker(
  pen: CanvasRenderingContext2D, marker: string, x: number, y: number, radius: number, colour: string, rim: string, width = 1.2,
): void {
  pen.beginPath();
  const size = radius * (WEIGHTS[marker] ?? 1.05), shape = SHAPES[marker];
  if (marker === "x") {
    const reach = radius * 1.05;
    pen.moveTo(x - reach, y - reach), pen.lineTo(x + reach, y + reach);
    pen.moveTo(x + reach, y - reach), pen.lineTo(x - reach, y + reach);
    pen.lineCap = "butt";
    stroke(pen, rim, 0.6 * radius + 2 * width);
    stroke(pen, colour, 0.6 * radius);
    return;
  }
  if (!shape) pen.arc(x, y, size, 0, 2 * PI);
  else {
    shape.forEach(([right, down], i) => pen[i ? "lineTo" : "moveTo"](x + right * size, y + down * size));
    pen.closePath();
  }
  pen.fillStyle = colour, pen.fill();
  pen.lineJoin = "miter";
  stroke(pen, rim, width);
}

/** Draw the arrow of a racer that left the view, pointing to where it is. */
export function drawArrow(pen: CanvasRenderingContext2D, x: number, y: number, right: number, down: number, radius: number, colour: string, rim: string): void {
  pen.save();
  pen.translate(x, y);
  pen.rotate(Math.atan2(right, -down));
  drawMarker(pen, "^", 0, 0, radius, colour, rim);
  pen.restore();
}
