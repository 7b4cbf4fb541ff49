"""The harness measures what it says; the figures themselves are no matter for tests."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from optviz.logs import read_logs
from tests.benchmarks import __main__ as harness
from tests.benchmarks import pages
from tests.benchmarks.baselines import BASELINES
from tests.benchmarks.process import PYTHON, cost, side_by_side
from tests.benchmarks.rows import Effort, Row, logged_runs, measured
from tests.browser import MISSING


@pytest.mark.skipif(sys.platform == "win32", reason="wait4 is of POSIX")
@pytest.mark.thorough
def test_a_process_is_measured_with_its_children() -> None:
    work = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'x = bytearray([1]) * 10**8'])"
    one = cost([PYTHON, "-c", work + "; print(7)"])
    assert one.printed == "7\n"
    assert one.cpu > 0
    assert one.wall > 0
    assert one.peak > 10**8


def test_a_process_that_fails_says_why() -> None:
    with pytest.raises(RuntimeError, match="no such thing"):
        cost([PYTHON, "-c", "raise SystemExit('no such thing')"])


def test_the_best_of_each_is_kept() -> None:
    best = side_by_side({"pass": [PYTHON, "-c", "pass"], "wait": [PYTHON, "-c", "import time; time.sleep(.2)"]}, 2)
    assert best["pass"].wall < best["wait"].wall


@pytest.mark.thorough
def test_adam_is_measured_whether_or_not_torch_is_here() -> None:
    (row,) = measured(["adam"], Effort(quick=True))
    assert row.work == "Adam on Rosenbrock, 1000 steps"
    assert row.met in (True, False, None)


@pytest.mark.thorough
def test_every_network_that_ships_has_its_landscape_measured() -> None:
    rows = list(measured(["landscapes"], Effort(quick=True)))
    assert [row.work.split(":")[0] for row in rows] == ["amsgrad/network", "landscape", "spirals", "two-moons"]
    assert all(row.met is not None for row in rows)


@pytest.mark.slow
def test_the_parts_of_a_film_are_timed() -> None:
    parts = json.loads(cost([PYTHON, "-m", "tests.benchmarks.phases", "post/adamax-1d", "320x180", "3"]).printed)
    assert "draw the frames" in parts
    assert min(parts.values()) > 0


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["gif", "mp4"])
def test_the_encoders_are_timed(kind: str) -> None:
    found = json.loads(cost([PYTHON, "-m", "tests.benchmarks.encoders", kind, "320x180", "5"]).printed)
    assert found["optviz"]["wall"] > 0
    assert len(found) > 1


def test_a_page_says_that_there_is_no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MISSING", ["chromium"])
    *sizes, row = measured(["page"], Effort(quick=True))
    assert [one.met for one in sizes] == [True, True]
    assert (row.met, row.note) == (None, "not measured: no chromium")


@pytest.mark.slow
@pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")
def test_all_that_a_reader_does_on_a_page_is_timed() -> None:
    rows = list(measured(["page"], Effort(quick=True)))
    assert [row.work for row in rows[2:-1]] == [work for work, _, _ in pages.TIMES]
    assert all(float(row.ours.split()[0]) > 0 for row in rows)


def test_every_baseline_is_used() -> None:
    source = (Path(harness.__file__).parent / "rows.py").read_text()
    assert all(f'"{name}"' in source for name in BASELINES)


def test_the_table_is_printed_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    row = Row("work", "against", "1 s", "2 s", "2x", "1x", True)
    monkeypatch.setattr(harness, "measured", lambda names, effort: iter([row]))
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--quick", "--only", "adam", "--json", str(tmp_path / "b.json")])
    harness.main()
    assert "yes" in capsys.readouterr().out
    assert json.loads((tmp_path / "b.json").read_text())["rows"][0]["ratio"] == "2x"


def test_the_logs_that_are_replayed_hold_the_same_runs(tmp_path: Path) -> None:
    for file in logged_runs(tmp_path / "runs", 3):
        logs = read_logs(file)
        assert [log.label for log in logs] == ["run 1", "run 2", "run 3", "run 4"]
        assert [log.steps.tolist() for log in logs] == [[0, 1, 2]] * 4
        assert logs[3].f is not None
        assert 2 < logs[3].f[0] < 2.05
