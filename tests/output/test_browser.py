"""Pages in a real browser: one run of the tests beside the page's sources, on pages made here."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optviz
from optviz.output.html import write_html
from optviz.pipeline.page import page_of
from tests.browser import CHROMIUM, FOLDER, MISSING

pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")

SMALL = {"size": "480p", "frames": 10, "hold": 0}
RACERS = [  # with every key that a racer may have
    {"sgd": {"lr": 0.02, "label": "Gradient descent", "color": "#aa3311", "marker": "*"}},
    {"momentum": {"lr": 0.002, "clip": {"value": 30}}},
    {"adam": {"lr": 0.1, "clip": {"norm": 4}}},
    {"adamax": {"lr": 0.3, "label": "Adamax <b>"}},
]
PANELS = ["loss", "distance", "gradient", "effective_lr", "state", "ranking", "rates", "step"]
OUTER = """<!doctype html><html lang="en"><title>outer</title><iframe src="race.html" title="race"></iframe>
<script>addEventListener("message", event => { window.told = event.data; });</script>"""


def bowl(x: float, y: float) -> float:
    return x**2 + 3 * y**2


def secretive(x: Any, g: Any, lr: float = 0.001) -> Any:
    return x - lr * g if np.abs(g).max() > 0.5 else x - lr * np.sign(g)


def races() -> dict[str, Any]:
    """Return the keys of each page's scenario."""
    two = [{"adam": {"lr": 0.1}}, {"sgd": {"lr": 0.02}}]
    race = {"function": "beale", "start": [0.7, 1.4], "steps": 60, "optimizers": RACERS}
    return {
        "race": {
            **race,
            "title": "<script>alert('title')</script> & a race",
            "render": {**SMALL, "panels": ["loss", "ranking"]},
        },
        "surface": {**race, "render": {**SMALL, "view": "surface", "panels": PANELS, "focus": "Adam"}},
        "mixed": {**race, "optimizers": [{"adam": {"lr": 0.1}}, secretive], "render": SMALL},
        "curve": {"function": "post_1d", "steps": 20, "optimizers": two, "render": SMALL},
        "time": {
            "function": {
                "formula": "where(t % 3 == 1, C*x, -x)",
                "constants": {"C": 3},
                "domain": [[-1, 1]],
            },
            "start": 0.5,
            "steps": 30,
            "optimizers": [{"adam": {"lr": "0.5/sqrt(t)", "beta1": 0}}, {"amsgrad": {"lr": 0.1}}],
            "render": {**SMALL, "panels": ["regret", "loss", "ranking"]},
        },
        "recorded": {
            "function": {"formula": bowl, "gradient": lambda x, y: (2 * x, 6 * y), "window": [[-2, 2], [-2, 2]]},
            "start": [1, 1],
            "steps": 20,
            "optimizers": two,
            "render": {**SMALL, "panels": ["gradient", "ranking"]},
        },
        "dense": {
            "function": {"formula": "where(t % 3 == 1, 3*x, -x)", "domain": [[-1, 1]]},
            "start": 1,
            "steps": 2000,
            "optimizers": [{"adam": {"lr": 0.1, "beta1": 0, "beta2": 0.1}}],
            "render": {**SMALL, "panels": ["effective_lr"]},
        },
        "network": {
            "network": {"layers": [2, 3, 1], "samples": 20},
            "steps": 10,
            "optimizers": two,
            "render": {**SMALL, "panels": ["gradient", "effective_lr", "state", "ranking"]},
        },
    }


def browse(folder: Path, **given: str) -> str:
    """Run all browser tests on the pages of a folder; return what they print."""
    command = ["node", "--test", "--test-reporter=tap", "test/"]
    environment = {**os.environ, "PAGES": str(folder), "CHROMIUM": str(CHROMIUM), **given}
    done = subprocess.run(
        command, cwd=FOLDER, env=environment, capture_output=True, text=True, timeout=240, check=False
    )
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the pages, one of them with its poster."""
    made = tmp_path_factory.mktemp("pages")
    for name, keys in races().items():
        race = optviz.run(optviz.build(**keys))
        if name == "race":
            race.save(made / "race.html")
        else:
            write_html(made / f"{name}.html", page_of(race.scenario, race.result, None))
    (made / "outer.html").write_text(OUTER, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def said(folder: Path) -> str:
    """Return what the browser tests print."""
    return browse(folder)


def test_pages_work_in_a_browser(said: str) -> None:
    assert "\n# fail 0\n" in said, said[-6000:]
    assert "\n# pass 2" in said


@pytest.mark.slow
def test_no_page_has_anything_for_axe_to_find(folder: Path) -> None:
    said = browse(folder, SLOW="1")
    assert "\n# fail 0\n" in said, said[-6000:]


@pytest.mark.usefixtures("said")
def test_what_is_copied_from_a_page_is_the_race_on_its_screen(folder: Path) -> None:
    race = optviz.run(optviz.load(folder / "copied.yaml"))
    shown = json.loads((folder / "copied.json").read_text(encoding="utf-8"))
    assert race.title == "<script>alert('title')</script> & a race"
    for racer, track in zip(race.racers, shown, strict=True):
        assert racer.f.tolist() == track["f"]
        assert racer.x[-1].tolist() == track["end"]
    original = optviz.run(optviz.build(**races()["race"]))
    assert not np.array_equal(race["Adam"].x, original["Adam"].x)


@pytest.mark.usefixtures("said")
def test_a_swarm_that_is_copied_from_a_page_runs_to_where_it_ends_there(folder: Path) -> None:
    race = optviz.run(optviz.load(folder / "swarm.yaml"))
    shown = json.loads((folder / "swarm.json").read_text(encoding="utf-8"))
    for racer, ends in zip(race.racers, shown["ends"], strict=True):
        (course,) = racer.runs.courses
        assert course.starts.T.tolist() == [shown["start"], *shown["starts"]]
        assert np.array_equal(np.float32(racer.runs.x[-1].T[1:]).ravel(), np.float32(ends), equal_nan=True)
