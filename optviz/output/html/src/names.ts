/** Writes names beside heads: near, or where heads gather farther out and led to by a line. They glide, and never jump. */

import { abs, max, min, num } from "./math";
import type { App } from "./app";
import { haloed, letters, line, type Pen } from "./axes";

interface Spot {
  slot: number;
  x: number; // from the head to the middle of the name
  y: number;
  alpha: number;
}
type Box = [left: number, top: number, right: number, bottom: number];

const HEIGHT_PX = 15, HEAD_PX = 7, GLIDE = 0.2, AT_REST_PX = 0.4, ON_HEAD = 100, ON_NAME = 60, OUTSIDE = 1000, MOVE = 14, MOST_COST = 59;

/** Places of a name around its head, the dearer the farther: to the side, how far out and up, cost. */
const SLOTS: [side: number, out: number, up: number, cost: number][] = [[1, 10, 0, 0], [-1, 10, 0, 3], [0, 0, -17, 5], [0, 0, 17, 5]];
for (const out of [12, 34, 62]) for (const side of [1, -1]) for (let row = -4; row <= 4; row++) SLOTS.push([side, out, row * HEIGHT_PX, 8 + out / 4 + 2 * abs(row) + (side < 0 ? 2 : 0)]);

export class Names {
  private spots: Spot[] = [];
  constructor(readonly app: App) {}

  /** Choose all places again; the names glide there. */
  renew(): void {
    this.spots.forEach(spot => (spot.slot = -1));
  }

  /** Draw the names of these racers, whose heads stand there; whether some of them still glide. */
  draw(pen: Pen, racers: number[], heads: [number, number][]): boolean {
    const { app } = this, { frame, room } = app.scene, { theme, still } = app.look, taken: Box[] = [];
    let glides = false;
    letters(pen, 12);
    const around = heads.map(([x, y]): Box => [x - HEAD_PX, y - HEAD_PX, x + HEAD_PX, y + HEAD_PX]);
    racers.forEach((racer, i) => {
      const text = app.field[racer].entry.label, half = pen.measureText(text).width / 2 + 2, [x, y] = heads[i], old = this.spots[racer];
      const place = ([side, out, up]: number[]): [number, number] => [side * (half + out), up];
      const boxAt = ([dx, dy]: [number, number]): Box => [x + dx - half, y + dy - HEIGHT_PX / 2, x + dx + half, y + dy + HEIGHT_PX / 2];
      let best = 0, least = Infinity;
      SLOTS.forEach((slot, at) => {
        const box = boxAt(place(slot));
        let cost = slot[3] - (old?.slot === at ? MOVE : 0);
        if (box[0] < frame.leftPx || box[1] < frame.topPx || box[2] > frame.leftPx + frame.widthPx + room || box[3] > frame.topPx + frame.heightPx) cost += OUTSIDE;
        for (const head of around) cost += ON_HEAD * covers(box, head);
        for (const name of taken) cost += ON_NAME * covers(box, name);
        if (cost < least) (least = cost), (best = at);
      });
      const [dx, dy] = place(SLOTS[best]), shown = least < MOST_COST ? 1 : 0, spot = (this.spots[racer] = old ?? { slot: best, x: dx, y: dy, alpha: shown });
      const pace = still.matches ? 1 : GLIDE, moves = abs(dx - spot.x) + abs(dy - spot.y) > AT_REST_PX || abs(shown - spot.alpha) > 0.02;
      spot.slot = best;
      for (const [key, aim] of [["x", dx], ["y", dy], ["alpha", shown]] as const) spot[key] = moves ? spot[key] + pace * (aim - spot[key]) : aim;
      glides ||= moves;
      if (shown) taken.push(boxAt([dx, dy]));
      this.write(pen, text, [x, y], spot, half, theme.ink, theme.page);
    });
    pen.globalAlpha = 1;
    return glides;
  }

  private write(pen: Pen, text: string, [x, y]: [number, number], { x: dx, y: dy, alpha }: Spot, half: number, colour: string, page: string): void {
    pen.globalAlpha = alpha;
    const end = x + dx + max(-half, min(half, -dx)), apart = abs(end - x) + max(0, abs(dy) - HEIGHT_PX / 2);
    pen.strokeStyle = colour, (pen.lineWidth = 1);
    if (apart > 13) line(pen, x, y, end, y + dy);
    haloed(pen, text, x + dx, y + dy, "center", colour, page);
  }
}

const covers = (a: Box, b: Box) => num(a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1]);
