/** Writes numbers as the film does. */

import { abs, finite, max, num, str } from "./math";


const RAISED: Record<string, string> = { "-": "⁻" };
"⁰¹²³⁴⁵⁶⁷⁸⁹".split("").forEach((sign, digit) => (RAISED[digit] = sign));

export const minus = (text: string) => text.replace(/-/g, "−");
export const raised = (text: string) => text.replace(/[-\d]/g, sign => RAISED[sign]);
export const powerOfTen = (power: number) => `10${raised(str(power))}`;

/** At most `digits` digits that tell: 26, 0.68, 2.7·10⁻⁵. */
export const short = (value: number, digits = 3) => written(value, digits, false);

/** A number that changes, zeros too: its digits do not dance. */
export const steady = (value: number) => written(value, abs(value) >= 1 ? 3 : 2, true);

function written(value: number, digits: number, zeros: boolean): string {
  if (!finite(value)) return "–";
  if (value === 0) return "0";
  const [mantissa, exponent] = value.toExponential(digits - 1).split("e"), power = num(exponent), plain = power >= -3 && power <= 4;
  let text = plain ? value.toFixed(max(0, digits - 1 - power)) : mantissa;
  if (text.includes(".") && !zeros) text = text.replace(/\.?0+$/, "");
  if (plain) return minus(text);
  return minus((text === "1" ? "" : text === "-1" ? "-" : `${text}·`) + "10") + raised(str(power));
}

export const pointText = (point: number[]) =>
  point.length > 1 ? `(${point.map(value => short(value)).join(", ")})` : short(point[0]);
