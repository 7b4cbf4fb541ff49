"""What is known of a scenario once its files are written, or why they were not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from optviz.engine.result import ResultRow
from optviz.frames import StillRequest
from optviz.pipeline.forecast import forecast
from optviz.pipeline.render import FileOptions, Rendered, attempt, render
from optviz.scenario import loads

SMALL = "function: beale\nsteps: 9\noptimizers: [adam, sgd]\nrender: {size: 320x180, frames: 4, hold: 0}\n"


class Told:
    """A listener that keeps what it is told."""

    def __init__(self) -> None:
        self.stages: list[str] = []
        self.frames: list[tuple[int, int]] = []

    def stage(self, stage: str) -> None:
        self.stages.append(stage)

    def count(self, done: int, total: int) -> None:
        self.frames.append((done, total))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.thorough
def test_files_are_written_and_told_of() -> None:
    told = Told()
    scenario = loads(SMALL + "output: [a.gif, a.json, a.png]\n")
    done = render(scenario, told, "mine", FileOptions(StillRequest(step=3)))
    assert told.stages == ["racing", "drawing"]
    assert told.frames == [(frame, 4) for frame in range(1, 5)]
    assert (done.name, done.title, done.measure) == ("mine", "Adam and SGD on Beale", "final f")
    assert [place.place for place in done.places] == [1, 2]
    assert done.files == tuple((path, os.path.getsize(path)) for path in ("a.gif", "a.json", "a.png"))
    assert (done.trade_offs, done.issues, done.exit_code) == ("", (), 0)


@pytest.mark.thorough
def test_a_limit_is_kept_and_its_price_told() -> None:
    scenario = loads(SMALL.replace("320x180", "480x270") + "output: [a.gif, a.csv]\n")
    whole = render(scenario, Told()).files[0][1]
    options = FileOptions(limit=whole * 4 // 5)
    done = render(scenario, Told(), options=options)
    assert done.files[0][1] <= whole * 4 // 5
    assert ": width 480 to " in done.trade_offs
    assert forecast(scenario, limit=options.limit).trade_offs.startswith(done.trade_offs.partition(": ")[0])


@pytest.mark.thorough
def test_a_forecast_writes_nothing(folder: Path) -> None:
    told = forecast(loads(SMALL + "output: [a.gif, a.json]\n"), "mine")
    assert (told.name, told.size, told.frames, told.seconds) == ("mine", (320, 180), 4, 4 / 25)
    assert [path for path, size in told.files if size is None] == ["a.json"]
    assert told.to_dict()["files"][1] == {"path": "a.json", "expected_bytes": None}
    assert list(folder.iterdir()) == []


def test_a_number_that_json_lacks_is_null() -> None:
    place = ResultRow(1, False, "a", "diverged", None, None, None, 3, "diverged at step 3", float("inf"))
    assert Rendered("x", places=(place,)).to_dict()["racers"][0]["f"] is None


def test_a_bug_in_one_is_told_with_its_trace() -> None:
    def broken() -> Rendered:
        raise ZeroDivisionError("oh")

    result = attempt("x", broken)
    assert (result.exit_code, str(result.issues[0])) == (1, "x: ZeroDivisionError: oh")
    assert "in broken" in result.trace
    wrong = attempt("y", lambda: render(loads("x"), Told()))
    assert (wrong.exit_code, wrong.trace) == (2, "")
