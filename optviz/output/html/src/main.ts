/** Starts the page; outside a browser it hands its parts to tests. */

import { ceil } from "./math";
import { App } from "./app";
import { Engine, entrant } from "./engine";
import { judge } from "./judge";
import type { Code, Payload } from "./types";

declare global {
  // eslint-disable-next-line no-var
  var optvizCode: Code | undefined;
  // eslint-disable-next-line no-var
  var optviz: unknown;
}

const MOST_WAIT_MS = 400; // for the first paint

/** Knobs are shared, and JSON has no infinity. */
function unpack(page: Payload): Payload {
  for (const one of [...page.racers, ...page.rules]) {
    one.h = one.h.map(value => value ?? Infinity);
    one.knobs = (one.knobs as unknown as [number, number][]).map(([knob, index]) => {
      const [name, usual, meaning, low, high, flags] = page.knobs[knob];
      return { name, index, default: usual, meaning, bounds: { low, high, flags } };
    });
  }
  return page;
}

if (typeof document === "undefined") globalThis.optviz = { Engine, entrant, judge, unpack };
else {
  // the title is painted first, then the race takes its place; a tab in the background paints nothing
  let begun = false;
  const once = () => begun || ((begun = true), begin());
  new PerformanceObserver(() => setTimeout(once)).observe({ type: "paint", buffered: true });
  setTimeout(once, MOST_WAIT_MS);
}

function begin(): void {
  const page = unpack(JSON.parse(document.getElementById("race")!.textContent!) as Payload), root = document.getElementById("app")!;
  globalThis.optviz = new App(page, globalThis.optvizCode!, root);
  if (parent === window) return;
  const tell = () => parent.postMessage({ optviz: { height: ceil(document.documentElement.getBoundingClientRect().height) } }, "*");
  document.documentElement.classList.add("framed");
  new ResizeObserver(tell).observe(document.documentElement);
}
