"""The page's own engine, in Node, goes where Python's goes: bit for bit where the function is algebraic."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optviz
from optviz.engine.anatomy import dissect
from optviz.engine.result import Racer
from optviz.engine.run import run
from optviz.formula import compile_formula
from optviz.optimizers import OPTIMIZERS
from optviz.output import html
from optviz.pipeline import page as pages
from optviz.problems.catalogue import FUNCTIONS
from tests.browser import CHROMIUM, MISSING
from tests.formula.test_javascript import NODE, is_algebraic, needs_node

pytestmark = needs_node
Runner = Callable[[Sequence[html.Page]], list[list[dict[str, Any]]]]
SCRIPT = Path(html.__file__).with_name("page.js")
RATES = {"momentum": 1e-4, "nesterov": 1e-4, "sgd": 1e-3}  # with which they do not leave the finite numbers at once
TOLERANCE = 1e-12  # relative, where a function is not algebraic
CHAOS = 1000.0  # times as far as a run that begins a last bit away may be: every step errs by some

# Runs every racer of every page given, and prints rows and judgements, in Node or a browser's worker.
RUNNER = """
const coded = numbers => btoa(Array.from(new Uint8Array(numbers.buffer), byte => String.fromCharCode(byte)).join(""));
const found = given.map(([page, code]) => {
  (0, eval)(code);
  optviz.unpack(page);
  const engine = new optviz.Engine(page, optvizCode);
  return page.racers.map(data => {
    const racer = optviz.entrant(data);
    if (data.moved) racer.h.set(data.moved);
    const track = engine.track(racer, page.start);
    const judged = optviz.judge(track, page, optvizCode);
    const terms = data.kernel === null ? [] : engine.terms(racer, page.start);
    return {
      rows: coded(track.rows), f: Array.from(track.f), kept: track.kept,
      divergedAt: judged.outcome === "diverged" ? track.kept + 1 : null, said: judged.words(), outcome: judged.outcome,
      terms: Array.from(terms, value => Number.isFinite(value) ? value : null),
    };
  });
});
globalThis.postMessage ? postMessage(JSON.stringify(found)) : console.log(JSON.stringify(found));
"""
BROWSER = """
import { chromium } from "playwright-core";
const args = ["--headless", "--no-sandbox", "--disable-gpu"];
const browser = await chromium.launch({ executablePath: EXECUTABLE, args });
const found = await (await browser.newPage()).evaluate(program => new Promise((done, fail) => {
  const worker = new Worker(URL.createObjectURL(new Blob([program])));
  worker.onmessage = event => done(event.data);
  worker.onerror = event => fail(event.message);
}), PROGRAM);
console.log(found);
await browser.close();
"""


def in_page(given: Sequence[html.Page]) -> list[list[dict[str, Any]]]:
    """Run the racers of pages by the page's script, in Node."""
    return _said(["-"], _program(given))


def in_chromium(given: Sequence[html.Page]) -> list[list[dict[str, Any]]]:
    """Run the racers of pages by the page's script, in a browser."""
    declared = f"const EXECUTABLE = {json.dumps(CHROMIUM)}, PROGRAM = {json.dumps(_program(given))};"
    return _said(["--input-type=module", "-"], declared + BROWSER)


def _program(given: Sequence[html.Page]) -> str:
    pages = json.dumps([[page.document, page.code] for page in given])
    return f"{SCRIPT.read_text(encoding='utf-8')}\nconst given = {pages};{RUNNER}"


def _said(arguments: Sequence[str], program: str) -> list[list[dict[str, Any]]]:
    assert NODE
    done = subprocess.run(
        [NODE, *arguments], input=program, cwd=SCRIPT.parent, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: list[list[dict[str, Any]]] = json.loads(done.stdout)
    return found


@pytest.fixture(autouse=True)
def _no_rules_to_add(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "_rules", lambda printer: iter(()))


def columns(racer: Racer) -> Any:
    """Return (steps, n) what a row of the page holds after each step."""
    path = racer.trajectory
    rates = [] if path.effective_lr is None else [path.effective_lr]
    return np.concatenate([path.x[1:], path.gradient, *rates, *path.state.values()], axis=1)


def races(pairs: Mapping[str, Sequence[str]], steps: int, **more: Any) -> Iterator[tuple[optviz.Race, html.Page]]:
    """Yield a race of these rules on each of these functions, and its page."""
    parts = [(name, rules[at : at + 24]) for name, rules in pairs.items() for at in range(0, len(rules), 24)]
    for name, rules in parts:
        racers = [
            {rule: {"lr": RATES.get(rule, 0.01)} if "lr" in OPTIMIZERS[rule].parameters and rule != "prodigy" else {}}
            for rule in rules
        ]
        race = optviz.run(optviz.build(function=name, steps=steps, optimizers=racers, **more))
        yield race, pages.page_of(race.scenario, race.result, None)


def assert_exact(pairs: Mapping[str, Sequence[str]], steps: int, runs: Runner = in_page) -> None:
    raced = list(races(pairs, steps))
    for (race, page), found in zip(raced, runs([page for _, page in raced]), strict=True):
        symbols = race.problem.symbols
        assert symbols
        algebraic = is_algebraic([symbols.value, *symbols.slopes])
        for racer, one, data in zip(race.racers, found, page.document["racers"], strict=True):
            assert data["kernel"] is not None
            assert (one["kept"], one["divergedAt"]) == (racer.trajectory.steps, racer.diverged_at)
            rows = np.frombuffer(base64.b64decode(one["rows"])).reshape(steps + 1, -1)[1 : racer.trajectory.steps + 1]
            wanted, about = columns(racer), f"{racer.label} on {race.problem.name}"
            if algebraic:
                assert np.array_equal(rows, wanted, equal_nan=True), about
                assert list(map(float, one["f"])) == racer.f.tolist(), about
                assert one["said"] == str(racer.judgement), about
            else:
                apart = distance(rows, wanted)
                assert apart < TOLERANCE or apart < CHAOS * distance(nearby(race, racer), wanted), about


def distance(rows: Any, wanted: Any) -> float:
    """Return the largest difference of two tracks, in units of what each column reaches."""
    size, steps = np.abs(wanted).max(axis=0, initial=1e-300), min(len(rows), len(wanted))
    return float(np.nanmax(np.abs(rows[:steps] - wanted[:steps]) / size, initial=0))


def nearby(race: optviz.Race, racer: Racer) -> Any:
    """Return the columns of a run that begins a last bit away: how far apart a chaotic run takes the two."""
    start = np.nextafter(racer.x[0], np.inf)
    path = run(racer.rule, race.problem, start)
    return columns(replace(racer, trajectory=path))


@pytest.mark.thorough
def test_every_rule_on_four_functions() -> None:
    assert_exact({name: list(OPTIMIZERS) for name in ("himmelblau", "post_1d", "ackley", "bukin6")}, steps=30)


@pytest.mark.parametrize("noise", [None, {"std": 0.5}, {"std": 0.5, "relative_std": 0.3}])
@pytest.mark.thorough
def test_a_clipped_gradient_is_clipped_in_the_page(noise: dict[str, float] | None) -> None:
    clips = [{"norm": 2}, {"value": 1.5}]
    racers = [{rule: {"lr": 0.01, "clip": clip}} for rule in ("sgd", "adam") for clip in clips]
    racers += [{"adam": {"noise": {"relative_std": 0.2}}}, {"sgd": {"noise": {"std": 0}, "clip": clips[0]}}]
    keys: dict[str, Any] = {"noise": noise} if noise else {}
    race = optviz.run(optviz.build(function="himmelblau", steps=20, optimizers=racers, **keys))
    page = pages.page_of(race.scenario, race.result, None)
    for racer, one, data in zip(race.racers, in_page([page])[0], page.document["racers"], strict=True):
        rows = np.frombuffer(base64.b64decode(one["rows"])).reshape(21, -1)[1:]
        assert np.array_equal(rows, columns(racer)), racer.label
        assert data["written"][racer.rule.name].get("clip") in (*clips, None)


@pytest.mark.thorough
def test_every_function_with_three_rules() -> None:
    assert_exact({name: ["adam", "momentum", "lamb"] for name in FUNCTIONS}, steps=12)


@pytest.mark.thorough
def test_every_number_moved_by_a_slider_counts_as_in_a_scenario() -> None:
    raced = []
    for at in range(0, len(OPTIMIZERS), 16):
        rules = list(OPTIMIZERS)[at : at + 16]
        plain = optviz.run(optviz.build(function="himmelblau", steps=25, optimizers=rules))
        page = pages.page_of(plain.scenario, plain.result, None)
        written = []
        for data in page.document["racers"]:
            data["moved"] = [1e300 if value is None else value for value in data["h"]]
            keys: dict[str, Any] = {}
            for knob, index in data["knobs"]:
                name, _, _, low, high, flags = page.document["knobs"][knob]
                value = elsewhere(name, data["moved"][index], low, high, flags)
                data["moved"][index] = value
                *path, last = name.split(".")
                inside = keys
                for key in path:
                    inside = inside.setdefault(key, {})
                inside[last] = value
            written.append({data["rule"]: keys})
        raced.append((optviz.run(optviz.build(function="himmelblau", steps=25, optimizers=written)), page))
    for (race, _), found in zip(raced, in_page([page for _, page in raced]), strict=True):
        for racer, one in zip(race.racers, found, strict=True):
            rows = np.frombuffer(base64.b64decode(one["rows"])).reshape(26, -1)
            assert one["divergedAt"] == racer.diverged_at, racer.label
            kept = rows[: racer.trajectory.steps + 1, :2]
            np.testing.assert_allclose(kept, racer.x, rtol=1e-9, err_msg=racer.label)


def elsewhere(name: str, given: float, low: float | None, high: float | None, flags: int) -> float:
    """Return another value that a hyperparameter may have."""
    if flags & 4:
        return int(given) + 2
    if high is not None:
        return 0.3 if given != 0.3 else 0.4
    return 1.1 * given if given else 0.02


FAR = [*(f"x**{n}" for n in (2, 4, 8)), "1/(1+exp(-x))", "x**2*exp(-x)", "log(1+exp(x))", "x**2/(1+x**2)", "cosh(x)"]


@pytest.mark.thorough
def test_racers_diverge_at_the_steps_at_which_they_do_in_python() -> None:
    """Where plain numbers overflow on the way to a finite one, wide exponents decide in both."""
    raced, outcomes = [], set()
    far = [{"sgd": {"lr": lr}} for lr in (0.6, 30.0, 1e50, 1e160)] + [{rule: {"lr": 1e120}} for rule in LONG]
    for formula in FAR:
        for start in (-0.9, -800.0, 800.0):
            if not np.isfinite(compile_formula(formula).value(start)):
                continue
            problem = {"formula": formula, "minima": [], "window": [[-2, 2]]}
            race = optviz.run(optviz.build(function=problem, start=start, steps=12, optimizers=far))
            raced.append((race, pages.page_of(race.scenario, race.result, None)))
    for (race, _), found in zip(raced, in_page([page for _, page in raced]), strict=True):
        for racer, one in zip(race.racers, found, strict=True):
            about = f"{racer.label} on {race.problem.formula} from {race.racers[0].x[0]}"
            assert one["divergedAt"] == racer.diverged_at, about
            np.testing.assert_allclose(list(map(float, one["f"])), racer.f, rtol=1e-9, err_msg=about)
            outcomes.add(racer.diverged_at)
    assert len(outcomes) > 4


LONG = ["momentum", "adagrad", "rmsprop", "adam", "adamax", "lion"]


@pytest.mark.thorough
def test_the_terms_of_a_step_are_those_of_its_anatomy() -> None:
    for (race, page), found in raced_terms():
        for racer, one, data in zip(race.racers, found, page.document["racers"], strict=True):
            kernel = page.document["kernels"][data["kernel"]]
            anatomy = dissect(racer, race.result)
            wanted = [term for term in anatomy.terms() if term.symbol not in ("g", "rate", "Δ")]
            names = [page.document["terms"][number] for number in kernel["terms"]]
            assert [symbol for symbol, _, _ in names] == [term.symbol for term in wanted], racer.label
            assert [is_memory for _, _, is_memory in names] == [term.kind == "memory" for term in wanted]
            shape = (race.result.steps, len(wanted), race.problem.dim)
            rows = np.array(one["terms"], float).reshape(shape)[: racer.trajectory.steps]
            for place, term in enumerate(wanted):
                assert np.array_equal(rows[:, place], term.values, equal_nan=True), f"{racer.label}: {term.symbol}"


def raced_terms() -> Iterator[tuple[tuple[optviz.Race, html.Page], list[dict[str, Any]]]]:
    """Yield races of every rule and what the page finds of them; a clipped one, and one around another rule, too."""
    raced = [*races({"himmelblau": list(OPTIMIZERS), "post_1d": ["adam", "sam", "lion"]}, steps=9)]
    clipped = [
        {"adam": {"lr": 0.1, "clip": {"norm": 2}}},
        {"sam": {"base": {"nadam": {}}}},
        {"lookahead": {"base": {"lion": {"lr": 0.1, "beta2": 0}}, "k": 2}},
    ]
    race = optviz.run(optviz.build(function="beale", steps=9, optimizers=clipped))
    raced.append((race, pages.page_of(race.scenario, race.result, None)))
    yield from zip(raced, in_page([page for _, page in raced]), strict=True)


@pytest.mark.slow
def test_every_rule_on_every_function() -> None:
    assert_exact({name: list(OPTIMIZERS) for name in FUNCTIONS}, steps=60)


@pytest.mark.slow
@pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")
def test_every_rule_on_every_function_in_a_browser() -> None:
    assert_exact({name: list(OPTIMIZERS) for name in FUNCTIONS}, steps=60, runs=in_chromium)


# How races end: at the lowest minimum, at rest elsewhere, on the way, or nowhere.
ENDINGS = [
    {"function": "styblinski_tang", "start": [3.0, 3.0]},
    {"function": "himmelblau", "start": [0.0, 0.0]},
    {"function": "three_hump_camel", "start": [-1.9, 1.2]},
    {"function": {"formula": "x**2 - y**2 + y**4/4", "window": [[-2, 2], [-2, 2]]}, "start": [1.0, 0.0]},
    {"function": {"formula": "max(x, 0)**2 + max(y, 0)**2", "minima": [[-9, -9]], "window": [[-1, 1], [-1, 1]]}},
    {"function": {"formula": "x + y**2", "domain": [[-1, 1], [-1, 1]], "minima": [[0.5, 0]]}, "start": [0.3, 0.5]},
    {"function": {"formula": "(x - 1)**2*(x + 1)**2 + x/4", "window": [[-2, 2]]}, "start": 1.5},
    {"function": {"formula": "x**4", "window": [[-2, 2]]}, "start": 1.0, "finish": {"distance": 1e-6}},
]
BELOW = {"steps": [0, 10, 20, 40], "losses": [2, 0.5, -1, -3]}


@pytest.mark.thorough
def test_the_page_judges_as_the_engine_does() -> None:
    racers = [{"sgd": {"lr": lr, "label": f"{lr}"}} for lr in (0.002, 0.02, 0.2, 3)] + [{"adam": {"lr": 0.1}}]
    raced = []
    for keys in ENDINGS:
        race = optviz.run(optviz.build(**{"start": [0.5, 0.5], "steps": 150, "optimizers": racers, **keys}))
        raced.append((race, pages.page_of(race.scenario, race.result, None)))
    race = optviz.run(optviz.build(optimizers=[{"recorded": BELOW}], finish={"gap": 0.1}))
    raced.append((race, pages.page_of(race.scenario, race.result, None)))
    seen = set()
    for (race, _), found in zip(raced, in_page([page for _, page in raced]), strict=True):
        for racer, one in zip(race.racers, found, strict=True):
            assert (one["outcome"], one["said"]) == (racer.outcome, str(racer.judgement)), racer.label
            seen |= {racer.outcome, racer.stopped_at}
    assert seen >= {"arrived", "stopped", "moving", "diverged", "local minimum", "saddle", "edge"}
