/** Buttons, sliders and tables around the pictures; every one has a name, and works from the keyboard. */

import { ceil, finite, floor, max, num, round, str } from "./math";
import type { App } from "./app";
import { aria, button, el, say } from "./dom";
import { link, slugs } from "./link";
import { badge } from "./ranking";
import { short } from "./text";
import { allowed, sliderScale } from "./slider";
import { MapView } from "./view";
import { yamlOf } from "./yaml";
import type { Mode } from "./stage";

const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 4, 10];

export class Controls {
  readonly counter: HTMLElement;
  readonly transport: HTMLElement;
  readonly tools: HTMLElement;
  readonly racers: HTMLElement;
  readonly results: HTMLDetailsElement;
  readonly live = el("p.unseen", { role: "status", "aria-live": "polite" });
  private readonly bar: HTMLInputElement;
  private readonly playButton: HTMLButtonElement;
  private readonly list = el("div.entrants");
  private readonly table = el("div.scrolls", { tabIndex: 0, role: "region", named: "Results" });
  private readonly told = el("p.told");
  private readonly startInputs: HTMLInputElement[] = [];
  private badges: { canvas: HTMLCanvasElement; racer: number }[] = [];
  private sync: (() => void)[] = [];
  private rest = 0;

  constructor(readonly app: App) {
    const { payload: page } = app;
    const digits = el("b");
    this.counter = el("p.counter", { ariaHidden: "true" }, "step ", digits);
    digits.style.minWidth = `${str(page.steps).length}ch`;
    this.bar = el("input", {
      type: "range", min: "0", max: str(page.steps), step: "1", class: "bar", named: "Step",
      oninput: () => (app.playing && app.pause(), app.seek(num(this.bar.value))),
      onchange: () => this.announceSoon(),
    });
    this.playButton = button("Play", "▶", () => this.toggle(), { class: "play" });
    this.transport = el("div.transport", { role: "group", named: "Play" },
      button("To the start", "⇤", () => this.go(0)), button("One step back", "←", () => this.by(-1)),
      this.playButton, button("One step on", "→", () => this.by(1)), button("To the end", "⇥", () => this.go(page.steps)),
      this.bar,
      el("select", { named: "Speed", title: "Speed", onchange: (event: Event) => (app.speed = num((event.target as HTMLSelectElement).value)) },
        ...SPEEDS.map(speed => el("option", { value: str(speed), selected: speed === 1 }, `${speed}×`))),
      this.switch("Loop", "Loop", () => app.loop, () => (app.loop = !app.loop)),
      button("Full screen", "Full", () => void (document.fullscreenElement ? document.exitFullscreen() : app.root.requestFullscreen()), { hidden: !document.fullscreenEnabled }),
    );
    this.tools = el("div.tools", {}, ...this.touch(), this.takeAway(), this.told);
    this.racers = el("details.box", { open: true }, el("summary", {}, "Racers"), this.list, this.adder());
    this.results = el("details.box", { ontoggle: () => this.renewResults() }, el("summary", {}, "Results and scenario"), this.table);
    document.addEventListener("keydown", event => this.key(event));
    document.addEventListener("visibilitychange", () => document.hidden && app.playing && app.pause());
  }

  // --- playing

  private toggle(): void {
    if (this.app.playing) this.app.pause(), this.announceSoon();
    else this.app.play();
  }
  private go(step: number): void {
    if (this.app.playing) this.app.pause();
    this.app.seek(step);
    this.announceSoon();
  }
  private by(steps: number): void {
    const { moment: step } = this.app;
    this.go(steps > 0 ? floor(step) + steps : ceil(step) + steps);
  }
  /** Space, arrows, home and end, unless a control has the focus. */
  private key(event: KeyboardEvent): void {
    const at = document.activeElement;
    if ((at && at !== document.body && at !== this.app.root) || event.ctrlKey || event.altKey || event.metaKey) return;
    const tenth = max(1, round(this.app.payload.steps / 10));
    const act: Record<string, () => void> = {
      " ": () => this.toggle(), ArrowLeft: () => this.by(event.shiftKey ? -tenth : -1), ArrowRight: () => this.by(event.shiftKey ? tenth : 1),
      Home: () => this.go(0), End: () => this.go(this.app.payload.steps),
    };
    if (!act[event.key]) return;
    event.preventDefault();
    act[event.key]();
  }
  private switch(name: string, text: string, is: () => boolean, flip: () => void): HTMLButtonElement {
    const made = button(name, text, () => (flip(), aria(made, "pressed", str(is()))), { "aria-pressed": str(is()) });
    return made;
  }
  renewPlay(): void {
    const { playing } = this.app, name = playing ? "Pause" : "Play";
    say(this.playButton, playing ? "II" : "▶");
    this.playButton.title = name;
    aria(this.playButton, "label", name);
  }
  draw(step: number): void {
    say(this.counter.lastElementChild as HTMLElement, str(step));
    if (num(this.bar.value) !== step) this.bar.value = str(step);
    aria(this.bar, "valuetext", `step ${step} of ${this.app.payload.steps}`);
  }
  announceSoon(): void {
    clearTimeout(this.rest);
    this.rest = window.setTimeout(() => {
      const { app } = this, step = floor(app.moment);
      const said = app.order.order.slice(0, 5).map((racer, at) => {
        const [since, value, event] = app.standing(racer, step);
        return `${at + 1}. ${app.field[racer].entry.label}, ${event || since.replace(/^\d/, "inside since $&").replace("✓", "arrived at") || value}`;
      });
      app.announce(`Step ${step}: ${said.join("; ")}`);
    }, 300);
  }

  // --- touching

  private touch(): HTMLElement[] {
    const { app } = this, { payload: page, scene: view } = app;
    if (!view.touchable) return [];
    const live = page.racers.some(({ kernel }) => kernel !== null), is2D = page.view === "map";
    const modes: [Mode, string, string][] = [
      ...(live ? [["start", "Start", "Click or drag: every racer starts there"], ["swarm", "Swarm", "Brush starts onto the picture"]] as [Mode, string, string][] : []),
      ["pan", "Move", "Drag the picture"],
    ];
    app.stage.mode = modes[0][0];
    const group = el("div.modes", { role: "radiogroup", named: "What a drag does" },
      ...modes.map(([mode, name, title], i) => el("label", { title },
        el("input", { type: "radio", name: "mode", checked: i === 0, onchange: () => (app.stage.mode = mode) }), el("span", {}, name))));
    const zoom = (factor: number) => () => (view.zoom(factor), app.stage.reframe());
    const zooms = el("div.group", { role: "group", named: "Zoom" },
      button("Zoom in", "+", zoom(0.6)), button("Zoom out", "−", zoom(1 / 0.6)),
      view instanceof MapView && page.problem.minima.length ? button("Zoom to the finish", "★", () => (view.toFinish(), app.stage.reframe())) : "",
      button("The whole picture", "Whole", () => (view.reset(), app.stage.reframe())));
    const more = el("div", { class: "group" },
      live ? button("Swarm around the start", "200 starts", () => app.swarm.many()) : "",
      live ? button("Remove all starts of the swarm", "Clear", () => app.swarm.clear()) : "",
      live && is2D ? this.switch("Basins: where every start ends", "Basins", () => app.basins.on, () => app.basins.toggle()) : "",
      button("As the file has it", "Reset", () => app.reset()));
    return [group, ...(live ? [this.starts()] : []), zooms, more];
  }
  private starts(): HTMLElement {
    const { app } = this;
    app.payload.start.forEach((_, axis) => this.startInputs.push(el("input", {
      type: "number", step: "any", named: `Start, ${"xy"[axis]}`,
      onchange: () => {
        const point = this.startInputs.map(input => num(input.value));
        if (point.every(finite)) app.setStart(point, true);
      },
    })));
    return el("div.group starts", { role: "group", named: "Start" }, el("span", {}, "start"), ...this.startInputs);
  }
  tell(text: string): void {
    say(this.told, text);
  }

  // --- taking away

  private takeAway(): HTMLElement {
    const { app } = this;
    const copied = (name: string, text: () => string) => button(name, name, () => void this.copy(text(), name));
    const src = /^(file|about):/.test(location.protocol) ? "race.html" : location.href.split("#")[0];
    const frame = () => el("iframe", { src, title: app.payload.title, width: "100%", height: ceil(document.documentElement.scrollHeight), loading: "lazy" }).outerHTML;
    return el("div.group take", { role: "group", named: "Take away" },
      copied("Copy as YAML", () => yamlOf(app)), copied("Copy link", () => link(app)),
      button("Save as PNG", "PNG", () => this.save()), copied("Embed", frame),
      button("Light or dark", "◐", () => (app.look.toggle(), app.repaint())));
  }
  private async copy(text: string, name: string): Promise<void> {
    const box = el("textarea", { value: text, readOnly: true, class: "copied", named: name, rows: 8 });
    try {
      await navigator.clipboard.writeText(text);
      this.tell(`${name}: copied`);
    } catch {
      this.told.replaceChildren(box); // no clipboard here: the text itself, ready to be copied
      box.select();
    }
  }
  private save(): void {
    el("a", { href: this.app.stage.picture().toDataURL(), download: `${slugs([this.app.payload.title])[0]}.png` }).click();
  }

  // --- racers

  private adder(): HTMLElement {
    const { app } = this;
    if (!app.payload.rules.length) return el("div");
    const choose = el("select", { named: "Optimizer to add" }, ...app.payload.rules.map((rule, i) => el("option", { value: str(i) }, rule.label)));
    return el("div.group", {}, choose, button("Add this racer", "Add racer", () => app.add(app.payload.rules[num(choose.value)])));
  }
  /** Make a line for each racer. */
  renew(): void {
    const { app } = this;
    this.badges = [];
    this.sync = [];
    this.list.replaceChildren(...app.field.map((_, racer) => this.entrant(racer)));
    this.renewBadges();
    this.moved();
    this.renewResults();
    this.renewPlay();
  }
  private entrant(racer: number): HTMLElement {
    const { app } = this, { entry: data } = app.field[racer], canvas = el("canvas");
    this.badges.push({ canvas, racer });
    const line = el("div.entrant", { role: "group", named: data.label }, canvas, el("span.label", { title: data.label }, data.label));
    if (data.knobs.length) line.append(this.knobs(racer));
    else line.append(el("span.why", {}, data.why));
    if (app.field.length > 1) line.append(button(`Remove ${data.label}`, "✕", () => app.remove(racer)));
    return line;
  }
  private knobs(racer: number): HTMLElement {
    const { app } = this, { entry: data, h } = app.field[racer];
    let knob = data.knobs.find(({ name }) => name === "lr" || name.endsWith(".lr")) ?? data.knobs[0];
    const marks = el("datalist", { id: `marks-${racer}-${Math.random().toString(36).slice(2)}` });
    const slider = el("input", { type: "range", min: "0", step: "1", list: marks.id });
    const typed = el("input", { type: "number", step: "any", onchange: () => allowed(num(typed.value), knob.bounds) ? set(num(typed.value), true) : show() });
    const choose = el("select", { named: `Hyperparameter of ${data.label}`, onchange: () => ((knob = data.knobs[num(choose.value)]), aim()) },
      ...data.knobs.map((one, i) => el("option", { value: str(i), selected: one === knob }, one.name)));
    const note = el("span.given");
    let scale = sliderScale(1, knob.bounds);
    const aim = () => {
      const given = data.h[knob.index], usual = knob.default ?? given;
      scale = sliderScale(given, knob.bounds, [usual]);
      slider.max = str(scale.ticks);
      slider.title = knob.meaning;
      marks.replaceChildren(...[given, usual].map(value => el("option", { value: str(scale.at(value)), label: short(value) })));
      const called = (value: number) => (finite(value) ? short(value) : "∞");
      say(note, given === usual ? `default ${called(given)}` : `file ${called(given)}, default ${called(usual)}`);
      aria(slider, "label", `${knob.name} of ${data.label}`);
      aria(typed, "label", `${knob.name} of ${data.label}, number`);
      show();
    };
    const show = () => {
      const value = h[knob.index];
      slider.value = str(scale.at(value));
      aria(slider, "valuetext", str(value));
      if (document.activeElement !== typed || num(typed.value) !== value) typed.value = str(value);
      typed.classList.toggle("moved", value !== data.h[knob.index]);
    };
    const set = (value: number, rests: boolean) => app.setKnob(racer, knob.index, value, rests);
    const slid = (rests: boolean) => set(scale.value(num(slider.value)), rests);
    slider.oninput = () => slid(false);
    slider.onchange = () => slid(true);
    slider.ondblclick = () => set(data.h[knob.index], true);
    this.sync.push(show);
    aim();
    return el("span.knobs", {}, data.knobs.length > 1 ? choose : el("span", {}, knob.name), slider, marks, typed, note);
  }
  renewBadges(): void {
    for (const { canvas, racer } of this.badges) badge(this.app, canvas, racer);
  }
  /** The start or a hyperparameter moved. */
  moved(): void {
    const { app } = this;
    this.startInputs.forEach((input, axis) => document.activeElement !== input && (input.value = str(app.start[axis])));
    this.sync.forEach(show => show());
    app.ranking.renewRates();
  }

  renewResults(): void {
    if (!this.results.open) return;
    const { app } = this, { payload: page } = app, end = app.race;
    const { order, places, shared } = orderAtEnd(app), final = page.problem.online ? (page.problem.best ? "average regret" : "average loss") : "final f";
    const head = ["place", "racer", "optimizer", "lr", "outcome", final].map(text => el("th", { scope: "col" }, text));
    const rows = order.map(racer => {
      const { entry: data } = app.field[racer], track = end.tracks[racer], number = page.problem.online ? end.measures[racer].at(-1)! : track.f.at(-1)!;
      const cells = [data.rule, app.rateOf(racer), end.judgements[racer].words(), short(number, 6)];
      return el("tr", {}, el("td", {}, `${places[racer]}${shared[racer] ? "=" : ""}`), el("th", { scope: "row" }, data.label), ...cells.map(text => el("td", {}, text)));
    });
    const scenario = el("pre", { tabIndex: 0, role: "region", named: "Scenario" }, yamlOf(app));
    this.table.replaceChildren(el("table", {}, el("caption", {}, `After ${page.steps} steps`), el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...rows)), scenario);
  }
}

import { order } from "./standings";
const orderAtEnd = (app: App) => order(app.race, app.payload.steps, app.payload.steps);

