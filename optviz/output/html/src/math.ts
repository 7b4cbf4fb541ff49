/** Math by its short names: the page's script is to stay small. */

export const { abs, ceil, cos, floor, hypot, log10, max, min, PI, round, sin } = Math;
export const finite = Number.isFinite;

/** What a function gives for 0, 1, ..., count - 1. */
export const list = <T>(count: number, make: (at: unknown, index: number) => T): T[] => Array.from({ length: count }, make);
/** Numbers as such, by their count or values. */
export const floats = (from: number | ArrayBuffer) => new Float64Array(from as number);
export const now = () => performance.now();
export const num = Number, str = String, json = JSON.stringify;
