/** The race in the page: its racers, its start, the step that is shown, and everything that draws them. */

import { finite, floor, max, min, now, str } from "./math";
import { Anatomy } from "./anatomy";
import { Basins } from "./basins";
import { Controls } from "./controls";
import { el, say } from "./dom";
import { Engine, entrant, type Racer, type Track } from "./engine";
import { judge } from "./judge";
import { Look } from "./look";
import { isPanel, PanelFigure } from "./panels";
import { Ranking, Rates } from "./ranking";
import { readState, writeState } from "./link";
import { order, race, type Race } from "./standings";
import { short, steady } from "./text";
import { Stage } from "./stage";
import { Swarm } from "./swarm";
import { bilinear } from "./heights";
import { scaleOf, stepAt, stepShare } from "./ticks";
import { CurveView, LossView, MapView, TimeView, type View } from "./view";
import type { Box, Code, Payload, Point, RacerData, RuleData } from "./types";

const REST_MS = 3000; // between two rounds of a loop
const BRIEF: Record<string, string> = { "local minimum": "local min.", "short of the finish": "short" };

export class App {
  readonly engine: Engine;
  readonly look: Look;
  readonly scene: View;
  readonly stage: Stage;
  readonly controls: Controls;
  readonly ranking: Ranking;
  readonly swarm: Swarm;
  readonly basins: Basins;
  readonly dpr = min(3, max(1, devicePixelRatio));
  readonly figures: PanelFigure[];
  readonly rates: Rates | null;
  readonly anatomy: Anatomy;
  field: Racer[];
  start: Point;
  race!: Race;
  order!: ReturnType<typeof order>;
  moment = 0; // may lie between two steps
  playing = false;
  speed = 1;
  loop: boolean;
  focused: number | null;
  isReading = false; // the address: nothing is drawn meanwhile
  private drawn = 0; // frames asked for
  private clock = 0;
  private waits = 0; // milliseconds of a pause left
  private said = "";

  constructor(readonly payload: Payload, readonly code: Code, readonly root: HTMLElement) {
    const page = payload;
    this.engine = new Engine(page, code);
    this.look = new Look(page, () => this.repaint());
    this.start = [...page.start];
    this.focused = page.focus;
    this.loop = page.loop;
    this.field = page.racers.map(data => entrant(data, false));
    this.rerunQuietly();
    this.scene = viewOf(this);
    this.swarm = new Swarm(this);
    this.basins = new Basins(this);
    this.ranking = new Ranking(this);
    this.rates = page.panels.includes("rates") ? new Rates(this) : null;
    this.anatomy = new Anatomy(this, page.panels.includes("step"));
    this.figures = page.panels.filter(isPanel).map(name => new PanelFigure(this, name));
    this.stage = new Stage(this);
    this.controls = new Controls(this);
    this.build();
    readState(this);
    this.renew();
    addEventListener("hashchange", () => (readState(this), this.renew()));
    new ResizeObserver(() => this.stage.isResized && this.resize()).observe(this.stage.element);
    if (this.scene.touchable) this.swarm.warm();
    if (location.hash.includes("step=")) return;
    if (this.look.still.matches) this.seek(page.steps);
    else this.play();
  }

  private build(): void {
    const { payload: page } = this;
    const side = el("aside.side", { named: "Ranking and curves" }, this.ranking.element);
    for (const name of page.panels) {
      const figure = this.figures.find(one => one.name === name);
      if (figure) side.append(figure.element);
      if (name === "step") side.append(this.anatomy.element);
      if (name === "rates" && this.rates) side.append(this.rates.element);
    }
    const header = el("header", {},
      el("div", {}, el("h1", {}, page.title), el("p.formula", {}, page.problem.title && el("span", {}, page.problem.title), page.problem.formula ? el("i", {}, page.problem.formula) : "")),
      this.controls.counter);
    this.root.replaceChildren(
      header,
      el("div.stage", {}, el("div.main", {}, this.stage.element, this.anatomy.isPanel ? "" : this.anatomy.element, this.controls.transport, this.controls.tools), side),
      this.controls.racers,
      this.controls.results,
      el("p.small", {}, page.smallPrint),
      ...(page.note ? [el("p.small", {}, page.note)] : []),
      this.controls.live,
    );
  }

  // --- what the reader changes

  setStart(point: Point, rests: boolean): void {
    const { domain } = this.payload.problem;
    const inside = domain ? point.map((value, i) => min(max(value, domain[i][0]), domain[i][1])) : point;
    if (!finite(this.code.f ? this.code.f(inside[0], inside[1] ?? 0, 1) : NaN)) return;
    this.start = inside;
    this.rerun(rests);
  }
  setKnob(racer: number, index: number, value: number, rests: boolean): void {
    this.field[racer].h[index] = value;
    this.basins.stale(racer, rests);
    this.rerun(rests, racer);
  }
  add(rule: RuleData): void {
    const used = this.field.length, paint = this.payload.palette[used % this.payload.palette.length];
    let label = rule.label;
    for (let k = 2; this.field.some(({ entry: data }) => data.label === label); k++) label = `${rule.label} ${k}`;
    const data: RacerData = {
      label, rule: rule.name, colours: paint.colours, marker: paint.marker, rate: "", kernel: rule.kernel, h: rule.h, knobs: rule.knobs,
      schedules: rule.schedules, columns: rule.columns, written: { [rule.name]: { label } }, recorded: null, why: "",
    };
    this.field.push(entrant(data, true));
    this.changeField();
  }
  remove(racer: number): void {
    if (this.field.length < 2) return;
    this.field.splice(racer, 1);
    this.focused = null;
    this.changeField();
  }
  hide(racer: number): void {
    this.field[racer].isOut = !this.field[racer].isOut;
    if (this.focused === racer) this.focused = null;
    this.repaint();
    writeState(this);
  }
  focus(racer: number): void {
    this.focused = this.focused === racer ? null : racer;
    if (this.focused !== null) this.field[racer].isOut = false;
    this.basins.stale(racer, true);
    this.repaint();
    writeState(this);
  }
  reset(): void {
    this.field = this.payload.racers.map(data => entrant(data, false));
    this.start = [...this.payload.start];
    this.focused = this.payload.focus;
    this.swarm.clear();
    this.swarm.points = [...this.payload.swarm];
    this.scene.reset();
    this.changeField();
  }
  private changeField(): void {
    if (this.isReading) return;
    this.rerunQuietly();
    this.renew();
    writeState(this);
  }

  // --- running

  private rerunQuietly(only?: number): void {
    const { payload: page, code } = this;
    const tracks = this.race && only !== undefined && this.race.tracks.length === this.field.length
      ? this.race.tracks.map((track, i) => (i === only ? this.engine.track(this.field[i], this.start) : track))
      : this.engine.race(this.field, this.start);
    const old = this.race;
    const judgements = tracks.map((track, i) => (old && old.tracks[i] === track ? old.judgements[i] : judge(track, page, code, this.field[i].entry.recorded)));
    this.race = race(page, code, tracks, judgements);
    this.order = order(this.race, floor(this.moment), page.steps);
  }
  rerun(rests: boolean, only?: number): void {
    this.rerunQuietly(only);
    if (this.isReading) return;
    this.freshen();
    this.controls.moved();
    if (rests) {
      this.controls.renewResults();
      writeState(this);
    }
    this.draw();
  }

  // --- time

  seek(step: number): void {
    this.moment = min(max(step, 0), this.payload.steps);
    this.draw();
  }
  play(): void {
    this.waits = 0;
    if (this.moment >= this.payload.steps) this.moment = 0;
    this.playing = true;
    this.clock = now();
    this.controls.renewPlay();
    this.draw();
  }
  pause(): void {
    this.playing = false;
    this.controls.renewPlay();
    writeState(this);
    this.draw();
  }
  private tick(now: number): void {
    const passed = max(0, min(100, now - this.clock)), { payload: page } = this;
    this.clock = now;
    if (this.waits > 0) {
      this.waits -= passed;
      return;
    }
    if (this.moment >= page.steps) this.moment = 0;
    const before = this.moment, after = stepAt(page, stepShare(page, before) + ((passed / 1000) * this.speed) / page.seconds);
    const stop = page.pauses.find(pause => pause.at > before && pause.at <= after);
    this.moment = stop ? stop.at : min(after, page.steps);
    if (stop) this.waits = 1000 * stop.seconds;
    if (this.moment < page.steps) return;
    if (this.loop) this.waits ||= REST_MS;
    else this.pause();
  }

  // --- drawing

  /** Draw in the next frame. */
  draw(): void {
    if (this.drawn) return;
    this.drawn = requestAnimationFrame(now => {
      this.drawn = 0;
      if (this.playing) this.tick(now);
      this.drawNow();
      if (this.playing) this.draw();
    });
  }
  drawNow(): void {
    const whole = floor(this.moment);
    this.order = order(this.race, whole, this.payload.steps);
    this.stage.draw(this.moment);
    this.ranking.draw(whole);
    this.rates?.draw(whole);
    for (const figure of this.figures) figure.draw(this.moment);
    this.anatomy.draw(whole);
    this.controls.draw(whole);
  }
  /** Everything that stays between frames, for racers, rows and all. */
  renew(): void {
    this.ranking.renew();
    this.rates?.renew();
    this.controls.renew();
    this.resize();
  }
  resize(): void {
    this.stage.resize();
    this.freshen();
    this.drawNow();
  }
  repaint(): void {
    this.ranking.paint();
    this.stage.ground();
    this.freshen();
    this.controls.renewBadges();
    this.draw();
  }
  /** Compute what is drawn of the tracks. */
  freshen(): void {
    if (this.scene instanceof LossView) {
      this.scene.scale = scaleOf(this.race.tracks.map((track, i) => ({ values: track.f, diverged: this.race.judgements[i].outcome === "diverged" })));
      this.stage.ground();
    }
    this.stage.renewPaths();
    this.figures.forEach(figure => figure.renew());
  }

  /** Whether the race is still the file's own, of which its words speak. */
  get isFiles(): boolean {
    const { field: racers, payload: page } = this;
    return racers.length === page.racers.length && racers.every(({ entry: data, h }, i) => data === page.racers[i] && h.every((value, k) => value === data.h[k]))
      && this.start.every((value, i) => value === page.start[i]);
  }

  /** For tests and the curious: where it stands. */
  report() {
    const { moment: step, start, playing, race: { tracks }, basins, swarm: { points, ends } } = this;
    return { "step": step, "start": start, "starts": points, "ends": ends, "playing": playing, "took": basins.took, "tracks": tracks.map(track => ({ "end": track.point(track.kept), "f": [...track.f] })) };
  }

  // --- what is asked about a racer

  colour(racer: number): string {
    return this.field[racer].entry.colours[this.look.tone];
  }
  isGhost(racer: number): boolean {
    return this.focused !== null && this.focused !== racer;
  }
  hasDiverged(racer: number, step: number): boolean {
    const at = this.race.tracks[racer].lostAt;
    return at !== null && at <= step;
  }
  markerAt(racer: number, step: number): string {
    return this.hasDiverged(racer, step) ? "x" : this.field[racer].entry.marker;
  }
  rateOf(racer: number): string {
    const one = this.field[racer], knob = one.entry.knobs.find(({ name }) => name === "lr" || name.endsWith(".lr"));
    return knob ? short(one.h[knob.index]) : one.entry.rate;
  }
  rateAt(racer: number, step: number): string {
    const rate = this.race.tracks[racer].at("rate", max(1, floor(step)));
    return rate ? rate.map(value => short(value)).join(", ") : this.rateOf(racer);
  }
  /** What the ranking says of a racer at a step: since when it is inside, a number, or an event instead of both. */
  standing(racer: number, step: number): [since: string, value: string, event: string] {
    const judgement = this.race.judgements[racer], track: Track = this.race.tracks[racer], { problem, finish, steps } = this.payload;
    if (this.hasDiverged(racer, step)) return ["", "", `diverged at ${track.lostAt}`];
    const value = problem.online && step === 0 ? "" : steady(this.race.measures[racer][min(step, track.kept)]), since = judgement.insideSince(step);
    if ((finish.distance ?? finish.gap) === null) return ["", value, ""];
    const said = since === null ? "" : str(since);
    if (step < steps) return [said, value, ""];
    if (judgement.arrivedAt !== null) return [`✓ ${judgement.arrivedAt}`, value, ""];
    return [judgement.stoppedAt ? BRIEF[judgement.stoppedAt] ?? judgement.stoppedAt : said || "moving", value, ""];
  }
  /** Whether its name is bold: it is inside the finish, at the end it has arrived. */
  isInside(racer: number, step: number): boolean {
    const judgement = this.race.judgements[racer];
    return (step < this.payload.steps ? judgement.insideSince(step) : judgement.arrivedAt) !== null;
  }
  /** Tell a screen reader, once the reader rests. */
  announce(text: string): void {
    if (text !== this.said) say(this.controls.live, (this.said = text));
  }
}

function viewOf(app: App): View {
  const { payload: page, code } = app, { f } = code;
  if (page.view === "map") return new MapView(app, f ? (x, y) => f(x, y, 1) : bilinear(page.land!, page.problem.window!));
  if (page.view === "curve") return new CurveView(app, f ? x => f(x, 0, 1) : bilinear(page.land!, page.problem.window!));
  if (page.view === "time") return new TimeView(app, page.problem.dim > 1 ? ranges(app) : [page.problem.window![0]]);
  return new LossView(app);
}

const ranges = ({ payload: page }: App): Box => page.problem.window!;
