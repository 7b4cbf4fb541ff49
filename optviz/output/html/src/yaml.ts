/** Writes what is on the screen as a scenario file. */

import { finite, json, str } from "./math";
import type { App } from "./app";
import type { Value } from "./types";

export function yamlOf(app: App): string {
  const { payload: page } = app, scenario = structuredClone(page.scenario);
  const { start, swarm: { points } } = app, isFiles = scenario["starts"] && json([start, points]) === json([page.start, page.swarm]);
  if (!page.problem.network && !isFiles) {
    delete scenario["starts"], delete scenario["start"];
    if (points.length) scenario["starts"] = [start, ...points];
    else scenario["start"] = start.length > 1 ? start : start[0];
  }
  scenario["optimizers"] = app.field.map(({ entry: data, h }) => {
    const written = structuredClone(data.written) as Record<string, Record<string, Value>>;
    for (const knob of data.knobs) {
      if (Object.is(h[knob.index], data.h[knob.index])) continue;
      const path = knob.name.split("."), last = path.pop()!;
      let inside = written[data.rule];
      for (const key of path) inside = (inside[key] ??= {}) as Record<string, Value>;
      inside[last] = h[knob.index];
    }
    return written;
  });
  return page.own + block(scenario, "");
}

/** A mapping in block style; short things inside stand on one line. */
function block(value: { [key: string]: Value }, indent: string): string {
  return Object.entries(value).map(([key, item]) => `${indent}${key}:${entry(item, indent)}`).join("");
}

function entry(item: Value, indent: string): string {
  const flat = flow(item);
  if (Array.isArray(item) && item.length && typeof item[0] === "object" && (flat.length > 99 || !Array.isArray(item[0]))) {
    return `\n${item.map(one => `${indent}  - ${plainMapping(one)}\n`).join("")}`;
  }
  if (item && typeof item === "object" && !Array.isArray(item) && flat.length > 60) return `\n${block(item, indent + "  ")}`;
  return ` ${flat}\n`;
}

/** `adam: {lr: 0.1}` without the outer braces where there is but one key. */
function plainMapping(value: Value): string {
  const entries = Array.isArray(value) ? [] : Object.entries(value as Record<string, Value>);
  return entries.length === 1 ? `${entries[0][0]}: ${flow(entries[0][1])}` : flow(value);
}

export function flow(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  if (value && typeof value === "object") {
    return `{${Object.entries(value).map(([key, item]) => `${/^[A-Za-z_]\w*$/.test(key) ? key : json(key)}: ${flow(item)}`).join(", ")}}`;
  }
  if (typeof value === "number") return digits(value);
  return typeof value === "string" && isPlain(value) ? value : json(value);
}

/** Digits that read back with every bit, also where an exponent has no sign. */
function digits(value: number): string {
  if (Number.isNaN(value)) return ".nan";
  return finite(value) ? (Object.is(value, -0) ? "-0.0" : str(value)) : value > 0 ? ".inf" : "-.inf";
}

const isPlain = (text: string) =>
  /^[A-Za-z][\w ()/.*+-]*$/.test(text) && !/[ ]$|: |\bnull\b|\btrue\b|\bfalse\b/i.test(text) && !/^(y|n|yes|no|on|off|inf|nan)$/i.test(text);
