"""Pages in a real browser: one run of the tests beside the page's sources, on pages made here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optviz
from optviz.output import html

FOLDER = Path(html.__file__).parent
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
MISSING = [
    name
    for name, found in {
        "node": shutil.which("node"),
        "chromium": CHROMIUM,
        "node_modules (npm ci in optviz/output/html)": (FOLDER / "node_modules").is_dir(),
    }.items()
    if not found
]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")

SMALL = {"size": "480p", "frames": 10, "hold": 0}
RACERS = [
    {"sgd": {"lr": 0.02, "label": "Gradient descent"}},
    {"momentum": {"lr": 0.002}},
    {"adam": {"lr": 0.1}},
    {"adamax": {"lr": 0.3, "label": "Adamax <b>"}},
]
PANELS = ["loss", "distance", "gradient", "effective_lr", "state", "ranking", "rates"]
OUTER = """<!doctype html><html lang="en"><title>outer</title><iframe src="race.html" title="race"></iframe>
<script>addEventListener("message", event => { window.told = event.data; });</script>"""


def bowl(x: float, y: float) -> float:
    return x**2 + 3 * y**2


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
        "surface": {**race, "render": {**SMALL, "view": "surface", "panels": PANELS}},
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
        "network": {"network": {"layers": [2, 3, 1], "samples": 20}, "steps": 10, "optimizers": two, "render": SMALL},
    }


@pytest.fixture(scope="module")
def browsed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Run all browser tests; return their folder and what they print."""
    folder = tmp_path_factory.mktemp("pages")
    for name, keys in races().items():
        optviz.run(optviz.build(**keys)).save(folder / f"{name}.html")
    (folder / "outer.html").write_text(OUTER, encoding="utf-8")
    given = {"PAGES": str(folder), "CHROMIUM": str(CHROMIUM)}
    command = ["node", "--test", "--test-reporter=tap", "test/"]
    done = subprocess.run(
        command, cwd=FOLDER, env={**os.environ, **given}, capture_output=True, text=True, timeout=240, check=False
    )
    return folder, done.stdout + done.stderr


def test_pages_work_in_a_browser(browsed: tuple[Path, str]) -> None:
    _, said = browsed
    assert "\n# fail 0\n" in said, said[-6000:]
    assert "\n# pass 2" in said


def test_what_is_copied_from_a_page_is_the_race_on_its_screen(browsed: tuple[Path, str]) -> None:
    folder, _ = browsed
    race = optviz.run(optviz.load(folder / "copied.yaml"))
    shown = json.loads((folder / "copied.json").read_text(encoding="utf-8"))
    assert race.title == "<script>alert('title')</script> & a race"
    for racer, track in zip(race.racers, shown, strict=True):
        assert racer.f.tolist() == track["f"]
        assert racer.x[-1].tolist() == track["end"]
    original = optviz.run(optviz.build(**races()["race"]))
    assert not np.array_equal(race["Adam"].x, original["Adam"].x)
