/** What the Python side hands to the page: data as JSON, and functions as plain JavaScript. */

export type Point = number[]; // one or two coordinates
export type Box = [number, number][];
export type Value = string | number | boolean | null | Value[] | { [key: string]: Value };

export interface Theme {
  page: string;
  ink: string;
  quiet: string;
  faint: string;
  land: string[]; // low to high
  contour: string;
  curve: string;
  line: number;
}

export interface Finish {
  distance: number | null;
  gap: number | null;
}

export interface ProblemData {
  dim: number;
  title: string;
  formula: string;
  window: Box | null;
  domain: Box | null;
  minima: Point[];
  localMinima: Point[];
  stars: Point[]; // the local minima that are drawn
  fMin: number | null;
  online: boolean;
  network: boolean;
  best: Point | null; // the best fixed point of an online problem with a domain
  judgedIn: Box | null; // the window that radii are measured by
}

export interface Bounds {
  low: number | null;
  high: number | null;
  flags: number; // LOW_OPEN and the others, added up
}
export const LOW_OPEN = 1, HIGH_OPEN = 2, WHOLE = 4;

/** One hyperparameter of a kernel that a slider may move. */
export interface Knob {
  name: string; // as a scenario writes it: lr, base.adam.lr
  index: number; // in the kernel's h
  default: number | null;
  meaning: string;
  bounds: Bounds;
}

export interface RuleData {
  name: string;
  label: string;
  kernel: number;
  h: number[];
  knobs: Knob[];
  schedules?: Record<string, string>;
  columns?: Record<string, string>;
}

export interface Recorded {
  rows: string; // base64 of float32 rows
  f: string;
  divergedAt: number | null;
  every: number; // steps between two rows
  kept: number; // steps
  stays: [number, number][]; // within the finish: first step, and the step after the last
  stoppedAt: string | null;
  states: string[];
  effective: boolean;
}

export interface RacerData {
  label: string;
  rule: string;
  colours: Record<string, string>; // by scheme
  marker: string;
  rate: string; // the learning rate, as the ranking shows it
  kernel: number | null; // null: played from data
  h: number[];
  knobs: Knob[];
  schedules?: Record<string, string>; // by index in h: base64 of float64, a number a step
  columns?: Record<string, string>; // by power: its last digit, in base 16, at each step, where browsers' own differ
  written: Value; // as the scenario writes it: {adam: {lr: 0.1, label: Adam}}
  recorded: Recorded | null;
  inPlane?: string; // base64 of float32: the loss in the plane that the map shows, a number for each recorded row
  why: string; // it is not live
}

export interface KernelData {
  states: string[];
  effective: boolean;
  noise: boolean; // its table takes the noise of a step, after the hyperparameters
  terms: number[]; // of its steps, between slope and rate, by their number in the page's
}

export interface Payload {
  title: string;
  steps: number;
  seconds: number; // that the film lasts
  loop: boolean;
  logSteps: boolean; // early steps are slower, and axes of steps even in the logarithm of step + 1
  view: "map" | "curve" | "time" | "loss";
  note: string;
  smallPrint: string;
  own: string; // what a copied scenario says above of code that no file holds
  lesson: string; // what is said at the end
  start: Point;
  problem: ProblemData;
  finish: Finish;
  equal: boolean; // a unit is as long along x as along y
  levels: number[];
  lines: boolean;
  values: [number, number] | null; // of a curve's vertical axis
  land: { size: number; z: string } | null; // heights where the formula is not printed in here
  noise: string | null;
  swarm: Point[]; // starts
  panels: string[];
  beads: number; // steps from one to the next on a trail, 0: there are none
  podium: boolean;
  trail: number | null;
  themes: Record<string, Theme>;
  scheme: string | null; // the one the scenario asks for
  focus: number | null; // the racer that the scenario singles out
  racers: RacerData[];
  rules: RuleData[];
  kernels: KernelData[];
  terms: [string, string, boolean][]; // symbol, words with a number of h where they say how long it lasts, is a memory
  /** name, default, meaning, low, high, flags */
  knobs: [string, number | null, string, number | null, number | null, number][];
  fixes: number[][]; // a base, then the steps at which its power is not the nearest float: negative where it is below
  palette: { colours: Record<string, string>; marker: string }[];
  captions: { at: number; until: number | null; text: string }[];
  pauses: { at: number; seconds: number; text: string }[];
  scenario: { [key: string]: Value };
}

export interface KernelCode {
  /** base and exponent of every power at step t, one after the other */
  powers(h: Float64Array, t: number): number[];
  /** states that no point has a say in, before step 1 */
  begin(h: Float64Array): number[];
  /** all that depends on hyperparameters and t alone: the columns, then those states after the step */
  table(h: Float64Array, t: number, s: number[], p: number[]): number[];
  /** n steps of all the points, into rows and terms where there are such */
  run(h: Float64Array, T: Float64Array, n: number, points: Float64Array, rows: Float64Array | null, terms: number[] | null): void;
}

export interface Code {
  f: ((x: number, y: number, t: number) => number) | null;
  g: ((x: number, y: number, t: number) => number[]) | null;
  kernels: KernelCode[];
}
