// The page's parts without a browser: numbers, ticks, sliders, YAML, short names, powers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const names = ["text", "ticks", "slider", "yaml", "link", "powers", "names", "turns"];
const contents = names.map(name => `export * from "./src/${name}";`).join("\n");
const resolveDir = fileURLToPath(new URL("..", import.meta.url));
const made = await build({ stdin: { contents, resolveDir, loader: "ts" }, bundle: true, write: false, format: "esm" });
const parts = await import(`data:text/javascript;base64,${Buffer.from(made.outputFiles[0].text).toString("base64")}`);

test("numbers are written as people read them", () => {
  const { short, steady } = parts;
  const said = [26, 0.68, 2.7e-5, 1e-5, -1e-5, 0, 12345.6, 1234567, Infinity].map(value => short(value));
  assert.deepEqual(said, ["26", "0.68", "2.7·10⁻⁵", "10⁻⁵", "−10⁻⁵", "0", "12346", "1.23·10⁶", "–"]);
  assert.deepEqual([5, 0.5, 0.0305].map(steady), ["5.00", "0.50", "0.030"]);
});

test("axes have round ticks, two at least", () => {
  const { linearTicks, scaleOf, share, stepAt, stepShare, stepTicks, ticks } = parts;
  assert.deepEqual(linearTicks(-4.5, 4.5, 2).map(tick => tick.label), ["−4", "−2", "0", "2", "4"]);
  assert.deepEqual(stepTicks({ steps: 20000 }, 4).map(tick => tick.label), ["0", "5k", "10k", "15k", "20k"]);
  const early = { steps: 20000, logSteps: true };
  assert.deepEqual(stepTicks(early, 8).map(tick => tick.label), ["0", "1", "10", "100", "1k", "10k"]);
  assert.deepEqual(stepTicks(early, 4).map(tick => tick.label), ["0", "1", "100", "10k"]);
  for (const page of [early, { steps: 300 }]) for (const step of [0, 1, 7.5, page.steps]) assert.ok(Math.abs(stepAt(page, stepShare(page, step)) - step) < 1e-9 * page.steps);
  const scale = scaleOf([{ values: Float64Array.of(10, 1, 1e-3), diverged: false }, { values: Float64Array.of(10, 1e200), diverged: true }]);
  assert.deepEqual([scale.isLog, scale.high, share(scale, scale.high), share(scale, scale.low)], [true, 16, 1, 0]);
  assert.ok(ticks(scale, 6).every(tick => tick.at >= scale.low && tick.at <= scale.high));
  assert.equal(scaleOf([{ values: Float64Array.of(1, 0), diverged: false }], true).floor > 0, true);
});

test("a slider reaches the file's value, the default and 0 exactly, and nothing that is not allowed", () => {
  const [LOW_OPEN, HIGH_OPEN, WHOLE] = [1, 2, 4], rate = { low: 0, high: null, flags: HIGH_OPEN }, memory = { ...rate, high: 1 };
  const share = { low: 0, high: 1, flags: LOW_OPEN }, factor = { low: 1, high: null, flags: HIGH_OPEN }, whole = { ...rate, flags: HIGH_OPEN | WHOLE };
  for (const [given, bounds, usual] of [
    [0.0123456789, rate, 0.001], [0, rate, 0], [0, rate, 0.01], [1e-8, rate, 1e-8], [0.9371, memory, 0.9], [0.999, memory, 0.9], [0, memory, 0],
    [1, share, 1], [0.5, share, 0.5], [0, { ...share, flags: 0 }, 0], [1.2, factor, 1.2], [Infinity, factor, Infinity], [5, { ...whole, low: 1 }, 5], [0, whole, 0],
    [0.5, { ...memory, flags: LOW_OPEN | HIGH_OPEN }, 0.5],
  ]) {
    const scale = parts.sliderScale(given, bounds, [usual]), about = JSON.stringify([given, bounds]);
    for (const value of [given, usual]) assert.equal(scale.value(scale.at(value)), value, about);
    assert.ok(bounds.flags & LOW_OPEN || given === bounds.low || scale.value(0) === bounds.low || bounds.low === null, about);
    for (let at = 0; at <= scale.ticks; at++) {
      const value = scale.value(at);
      assert.ok(parts.allowed(value, bounds) || value === given, `${value} ${about}`);
      assert.ok(at === 0 || value >= scale.value(at - 1), `${at}: ${value} ${about}`);
    }
  }
});

test("YAML keeps texts texts and numbers every bit", () => {
  const { flow } = parts;
  assert.equal(flow({ lr: 0.1, label: "no", "odd key": [1, -0, Infinity], note: "a: b # c", plain: "Adam" }),
    '{lr: 0.1, label: "no", "odd key": [1, -0.0, .inf], note: "a: b # c", plain: Adam}');
});

test("short names are all different", () => {
  assert.deepEqual(parts.slugs(["Adam", "adam!", "<b>", "Ødïn", "…"]), ["adam", "adam-2", "b", "di-n", "racer"]);
});

test("powers are rounded to the nearest, but where the C library errs", () => {
  const exact = t => Number((999n ** BigInt(t) * 10n ** 60n) / 1000n ** BigInt(t)) / 1e60;
  const found = parts.powers(0.999, 500);
  for (const t of [1, 2, 3, 17, 250, 500]) assert.ok(Math.abs(found[t] / exact(t) - 1) < 1e-13);
  assert.equal(parts.powers(0.5, 60)[60], 2 ** -60);
  const [plain, moved] = [parts.powers(0.9, 9), parts.powers(0.9, 9, [5, -7])];
  assert.ok(moved[5] > plain[5] && moved[7] < plain[7] && moved[6] === plain[6]);
});

test("names beside heads that gather cover neither heads nor each other, are led to, and glide", () => {
  const written = [], led = [], frame = { leftPx: 0, topPx: 0, widthPx: 800, heightPx: 500 };
  const pen = {
    measureText: text => ({ width: 7 * text.length }), setLineDash() {}, beginPath() {}, stroke() {}, strokeText() {},
    moveTo() {}, lineTo: (x, y) => led.push([x, y]), fillText: (text, x, y) => pen.globalAlpha > 0.99 && written.push({ text, x, y, half: 3.5 * text.length }),
  };
  const labels = ["Gradient descent", "Momentum", "Nesterov", "Adam", "AMSGrad", "NAdam", "Adamax", "RMSprop"];
  const app = { scene: { frame, room: 0 }, look: { theme: { page: "#fff" }, still: { matches: false } }, field: labels.map(label => ({ entry: { label } })), colour: () => "#000" };
  const drawn = new parts.Names(app), all = labels.map((_, i) => i), heads = labels.map((_, i) => [400 + (i % 3) * 6, 250 + Math.floor(i / 3) * 6]);
  const settle = heads => {
    const moves = [];
    for (let more = true, before = [...written]; more && moves.length < 200; before = [...written]) {
      written.length = led.length = 0;
      more = drawn.draw(pen, all, heads);
      if (before.length === written.length) moves.push(Math.max(...written.map(({ x, y }, i) => Math.hypot(x - before[i].x, y - before[i].y))));
    }
    return moves;
  };
  settle(heads);
  assert.equal(written.length, labels.length);
  assert.ok(led.length >= 4, `${led.length} lines`);
  const apart = (one, other) => Math.abs(one.x - other.x) >= one.half + other.half - 1 || Math.abs(one.y - other.y) >= 14;
  written.forEach((one, i) => {
    for (const other of written.slice(i + 1)) assert.ok(apart(one, other), `${one.text} on ${other.text}`);
    for (const [x, y] of heads) assert.ok(apart(one, { x, y, half: 4 }), `${one.text} on a head`);
  });
  const resting = written.map(({ x, y }) => [x, y]);
  assert.deepEqual(settle(heads), [0]); // at rest they stay
  const moved = settle(heads.map(([x, y]) => [x + 1, y - 1]));
  assert.ok(Math.max(...moved) < 40, `a name moved by ${Math.max(...moved)} pixels at once`);
  drawn.renew();
  settle(heads);
  assert.deepEqual(written.map(({ x, y }) => [x, y]), resting);
});

test("trails that lie on one another are seen in turns, those that cross are whole", () => {
  const { inTurns, solid, HIDDEN, SHARED, SOLID } = parts;
  const along = Float64Array.from({ length: 202 }, (_, i) => (i % 2 ? 50 : i >> 1)), across = Float64Array.from({ length: 202 }, (_, i) => (i % 2 ? i >> 1 : 50.2));
  const steps = [...Array(101).keys()], trails = [along, along.map((value, i) => value + (i % 2)), across].map(path => solid(path, steps));
  const [first, second, third] = inTurns(trails);
  const drawn = trail => {
    const ways = [0, 0, 0];
    for (let i = 4; i < trail.length; i += 4) ways[trail[i + 3]] += Math.hypot(trail[i] - trail[i - 4], trail[i + 1] - trail[i - 3]);
    return ways;
  };
  assert.deepEqual([first, third].map(drawn).map(ways => [ways[HIDDEN], ways[SHARED], Math.round(ways[SOLID])]), [[0, 0, 100], [0, 0, 100]]);
  assert.ok(Math.abs(drawn(second)[HIDDEN] - 50) < 7 && Math.abs(drawn(second)[SHARED] - 50) < 7, `${drawn(second)}`);
  const late = inTurns([trails[0].map((value, i) => (i % 4 === 2 ? value + 5 : value)), trails[0]]); // who comes first is whole
  assert.ok(drawn(late[0])[SHARED] > 30 && drawn(late[1])[SHARED] === 0);
});
