/** What every picture needs of a pen: axes, lines, words, stars. */

import { cos, PI, sin } from "./math";
import { FONT } from "./look";
import type { Tick } from "./ticks";
import type { Theme } from "./types";

export type Pen = CanvasRenderingContext2D;

export interface Frame {
  leftPx: number;
  topPx: number;
  widthPx: number;
  heightPx: number;
}

export function line(pen: Pen, x0: number, y0: number, x1: number, y1: number, dashed = false): void {
  pen.setLineDash(dashed ? [5, 4] : []);
  pen.beginPath(), pen.moveTo(x0, y0), pen.lineTo(x1, y1), pen.stroke();
  pen.setLineDash([]);
}

export function words(pen: Pen, text: string, x: number, y: number, align: CanvasTextAlign, base: CanvasTextBaseline, down = 0): void {
  pen.textAlign = align, (pen.textBaseline = base), pen.fillText(text, x, y + down);
}

export const stroke = (pen: Pen, colour: string, width: number): void => {
  pen.strokeStyle = colour, (pen.lineWidth = width), pen.stroke();
};

/** Write words that stand out from what lies under them. */
export function haloed(pen: Pen, text: string, x: number, y: number, align: CanvasTextAlign, colour: string, page: string): void {
  pen.textAlign = align, (pen.textBaseline = "middle"), (pen.lineJoin = "round");
  pen.strokeStyle = page, (pen.lineWidth = 3), pen.strokeText(text, x, y);
  pen.fillStyle = colour, pen.fillText(text, x, y);
}

export const letters = (pen: Pen, size: number, style = "") => (pen.font = `${style} ${size}px ${FONT}`);

export function scaled(canvas: HTMLCanvasElement, dpr: number): Pen {
  const pen = canvas.getContext("2d")!;
  pen.setTransform(dpr, 0, 0, dpr, 0, 0);
  return pen;
}

export function clipTo(pen: Pen, { leftPx: left, topPx: top, widthPx: width, heightPx: height }: Frame, more = 0): void {
  pen.beginPath(), pen.rect(left - more, top - more, width + 2 * more, height + 2 * more), pen.clip();
}

export function star(pen: Pen, [x, y]: number[], size: number, filled: boolean): void {
  pen.beginPath();
  for (let i = 0; i < 10; i++) {
    const angle = (i * PI) / 5, reach = i % 2 ? 0.382 * size : size;
    pen.lineTo(x + sin(angle) * reach, y - cos(angle) * reach);
  }
  pen.closePath();
  pen.lineWidth = 0.9;
  if (filled) pen.fill();
  else pen.stroke();
}

export function disc(pen: Pen, [x, y]: number[], radius: number, theme: Theme): void {
  pen.beginPath(), pen.arc(x, y, radius, 0, 2 * PI);
  pen.fillStyle = theme.page, pen.fill();
  stroke(pen, theme.ink, 1.4);
}

/** Ticks, each at a share of the frame, and lines across it. */
export function drawAxes(
  pen: Pen, { leftPx: left, topPx: top, widthPx: width, heightPx: height }: Frame, theme: Theme, across: Tick[], up: Tick[], size: number, grid = true, named = true,
): void {
  letters(pen, size);
  pen.fillStyle = theme.quiet, (pen.strokeStyle = theme.faint), (pen.lineWidth = 1);
  for (const { at, label } of across) {
    const x = left + width * at;
    if (grid) line(pen, x, top, x, top + height);
    words(pen, label, x, top + height + 5, at > 0.97 ? "right" : "center", "top");
  }
  for (const { at, label } of up) {
    const y = top + height * (1 - at);
    if (grid) line(pen, left, y, left + width, y);
    if (named) words(pen, label, left - 5, y, "right", "middle");
  }
}

/** The ticks of a range, each at its share of it. */
export const shares = (ticks: Tick[], [low, high]: [number, number]) =>
  ticks.map(({ at, label }) => ({ at: (at - low) / (high - low), label }));
