/** Writes numbers as the film does. */

import { abs, finite, max } from "./math";

const RAISED: Record<string, string> = { "-": "⁻" };
"⁰¹²³⁴⁵⁶⁷⁸⁹".split("").forEach((sign, digit) => (RAISED[digit] = sign));

export const minus = (text: string) => text.replace(/-/g, "−");
export const raised = (text: string) => text.replace(/[-\d]/g, sign => RAISED[sign]);
export const powerOfTen = (power: number) => `10${raised(String(power))}`;

/** At most `digits` digits: 0.1, 250, 1.5e−5. */
export function short(value: number, digits = 3): string {
  if (!finite(value)) return "–";
  const size = abs(value);
  const text = size !== 0 && (size < 1e-4 || size >= 10 ** max(digits, 5))
    ? value.toExponential(digits - 1).replace(/\.?0+e/, "e").replace("e+", "e")
    : String(Number(value.toPrecision(digits)));
  return minus(text);
}

/** A number of one width while it changes: 1.8e−03. */
export function scientific(value: number): string {
  if (!finite(value)) return "–";
  return minus(value.toExponential(1).replace(/e([-+])(\d)$/, "e$10$2"));
}

export const pointText = (point: number[]) =>
  point.length > 1 ? `(${point.map(value => short(value)).join(", ")})` : short(point[0]);
