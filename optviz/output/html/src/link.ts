/** The state in the address: #step=120&lr.adam=0.03&start=1,2. */

import { finite, floor, num } from "./math";
import { allowed } from "./slider";
import type { App } from "./app";

/** A short name for each label, no two alike. */
export function slugs(labels: string[]): string[] {
  const used = new Set<string>();
  return labels.map(label => {
    const plain = label.toLowerCase().normalize("NFKD").replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "") || "racer";
    let slug = plain;
    for (let k = 2; used.has(slug); k++) slug = `${plain}-${k}`;
    used.add(slug);
    return slug;
  });
}

export function stateOf(app: App): string {
  const { payload: page, field: racers } = app, parts: string[] = [], names = slugs(racers.map(({ entry: data }) => data.label));
  const kept = new Set(racers.map(({ entry: data }) => data.label)), all = slugs(page.racers.map(({ label }) => label));
  if (floor(app.moment) > 0) parts.push(`step=${floor(app.moment)}`);
  if (app.start.some((value, i) => value !== page.start[i])) parts.push(`start=${app.start.join(",")}`);
  const without = page.racers.flatMap(({ label }, i) => (kept.has(label) ? [] : [all[i]]));
  if (without.length) parts.push(`without=${without.join(",")}`);
  const added = racers.filter(one => one.added).map(({ entry: data }) => data.rule);
  if (added.length) parts.push(`with=${added.join(",")}`);
  racers.forEach(({ entry: data, h }, i) => {
    for (const knob of data.knobs) if (h[knob.index] !== data.h[knob.index]) parts.push(`${knob.name}.${names[i]}=${h[knob.index]}`);
  });
  const hidden = racers.flatMap((one, i) => (one.isOut ? [names[i]] : []));
  if (hidden.length) parts.push(`hide=${hidden.join(",")}`);
  if (app.focused !== page.focus) parts.push(`focus=${names[app.focused!] ?? ""}`);
  return parts.join("&");
}

export const link = (app: App) => `${location.href.split("#")[0]}#${stateOf(app)}`;

let written = "";

export function writeState(app: App): void {
  if (location.protocol === "about:" || app.isReading) return; // inside a notebook's frame there is no address
  written = stateOf(app);
  history.replaceState(null, "", `#${written}`);
}

/** Take over what the address says; what it does not say is as in the file. All is to be drawn again after it. */
export function readState(app: App): void {
  const text = location.hash.slice(1);
  if (!text || text === written) return;
  app.isReading = true;
  apply(app, text);
  app.isReading = false;
}

function apply(app: App, text: string): void {
  const said = new Map(text.split("&").map(part => {
    const at = part.indexOf("=");
    return [decode(part.slice(0, at)), decode(part.slice(at + 1))] as [string, string];
  }));
  const list = (key: string) => (said.get(key) ?? "").split(",").filter(Boolean);
  app.reset();
  const all = slugs(app.payload.racers.map(({ label }) => label)), without = new Set(list("without"));
  for (let i = all.length - 1; i >= 0; i--) if (without.has(all[i])) app.remove(i);
  for (const name of list("with")) {
    const rule = app.payload.rules.find(one => one.name === name);
    if (rule) app.add(rule);
  }
  const names = slugs(app.field.map(({ entry: data }) => data.label));
  app.field.forEach((racer, i) => {
    for (const knob of racer.entry.knobs) {
      const text = said.get(`${knob.name}.${names[i]}`), value = num(text);
      if (text && allowed(value, knob.bounds)) racer.h[knob.index] = value;
    }
    racer.isOut = list("hide").includes(names[i]);
  });
  const focus = names.indexOf(said.get("focus") ?? "");
  if (said.has("focus")) app.focused = focus < 0 ? null : focus;
  const start = list("start").map(Number);
  if (start.length === app.start.length && start.every(finite)) app.setStart(start, false);
  else app.rerun(false);
  app.seek(num(said.get("step") ?? 0) || 0);
}


function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a stray % that somebody typed
  }
}
