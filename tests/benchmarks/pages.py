"""How quick the live page is, in a real Chromium."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tests.benchmarks.process import cost
from tests.benchmarks.table import Effort, Row
from tests.browser import CHROMIUM, FOLDER, MISSING

SCRIPT_BYTES, PAGE_BYTES = 60_000, 120_000
TIMES = (  # what is done, by which name it is measured, and the milliseconds that are asked for
    ("first paint from file://", "paint", 150),
    ("scrub, 10 racers x 1000 steps", "scrub", 4),
    ("hover, 10 racers x 1000 steps", "hover", 4),
    ("drag the start, 10 racers redone and drawn", "drag", 16),
    ("move a slider", "slider", 16),
    ("swarm of 200 starts x 10 racers, first", "swarm first", 50),
    ("swarm of 200 starts x 10 racers, again", "swarm", 50),
    ("basin of 100 x 100 while a slider moves", "basin", 1000 / 12),
    ("basin of 400 x 400 after rest", "fine", 1200),
)


def page(effort: Effort, folder: Path) -> Iterator[Row]:
    """The page of the default race: its sizes, and how long a reader waits for what he does."""
    from optviz import load, run
    from optviz.output.html import page_text
    from optviz.pipeline.page import page_of

    paths = folder / "race.html", folder / "long.html"
    for path, steps in zip(paths, (None, 1000), strict=True):
        race = run(load("race", None if steps is None else {"steps": steps}))
        path.write_text(page_text(page_of(race.scenario, race.result, None)), encoding="utf-8")
    yield _bytes("page of the default race, without poster", paths[0], PAGE_BYTES)
    yield _bytes("  its script", FOLDER / "page.js", SCRIPT_BYTES)
    if MISSING:
        yield Row("page in a browser", "Chromium", "", "", "", "", None, f"not measured: no {', no '.join(MISSING)}")
        return
    rounds = effort.of(5, 1)
    playwright = FOLDER / "node_modules" / "playwright-core" / "index.mjs"
    script = str(Path(__file__).with_name("page.mjs"))
    command = [str(shutil.which("node")), script, str(playwright), str(CHROMIUM), *map(str, paths), str(rounds)]
    found = json.loads(cost(command).printed)
    for work, name, ask in TIMES:
        yield _time(work, found[name], ask, rounds)
    frames = found["frame"]
    note = "of the main thread: script, layout and painting"
    yield Row("  a whole frame of that drag", "Chromium", f"{np.median(frames):.1f} ms", "", "", "", None, note)


def _bytes(work: str, path: Path, ask: int) -> Row:
    size = path.stat().st_size
    return Row(work, "", f"{size / 1e3:.1f} kB", "", "", f"<= {ask / 1e3:g} kB", size <= ask)


def _time(work: str, times: list[float], ask: float, rounds: int) -> Row:
    median, late = np.percentile(times, [50, 95])
    note = f"median of {len(times)} in {rounds} rounds, 95 % within {late:.1f} ms; script and drawing"
    return Row(work, "Chromium", f"{median:.1f} ms", "", "", f"<= {ask:.0f} ms", bool(median <= ask), note)
