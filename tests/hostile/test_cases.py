"""Small hostile files: no trace, no warning, little time and memory, nothing unprintable, no file but the output."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests import few

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks")

CASES = sorted(Path(__file__).with_name("cases").iterdir())
QUICK = (  # of scenarios: one of each kind; every file for show is quick
    *("escape-base_hyper_key-BEL", "escape-hyper_key-OSC_title"),
    *(
        "render-warn_timeline_py_22_RuntimeWarning_invalid_value_encountered-1-1",
        "value-a_json_f_exp_exp_exp_x_s_1e300",
    ),
    *("value-a_png_f_x_300_s_1e300", "value-png_map_1e154_1e154_1e154_1e154_x_2_y_2", "value-spike_every_10_298"),
    *("value-png_surface_0_1e_310_0_1e_310_x_2_y_2", "value-win_1e307_1e307_x_4"),
)
SECONDS = {"check": 1.0, "show": 1.0, "race": 5.0}  # of CPU, on a machine that does nothing else
BUSY = 2  # times as much where another process has the same core
MOST_MB = 320


def _calls(path: Path) -> list[list[str]]:
    if path.name.startswith("show-"):
        return [["show", str(path)]]
    return [["check", str(path)], ["race", str(path), "-o", "x.json" if "a_json" in path.name else "x.png"]]


def _faults(cases: Sequence[Path]) -> dict[str, set[str]]:
    from tests.hostile.walk import walk

    faults: dict[str, set[str]] = {}
    codes: dict[str, list[int]] = {}
    for report in walk([call for path in cases for call in _calls(path)]):
        command, path = report.arguments[0], Path(report.arguments[1])
        wrong = {
            "exit": report.code not in (0, 1, 2),
            "trace": report.has_trace,
            "warning": bool(report.warned),
            "unprintable": bool(report.unprintable),
            "seconds": report.cpu_s > BUSY * SECONDS[command],
            "memory": report.peak_mb > MOST_MB,
            "files": any(not name.startswith("x.") for name in report.files),
        }
        found = {name for name, is_wrong in wrong.items() if is_wrong}
        codes.setdefault(path.stem, []).append(report.code)
        if len(set(codes[path.stem])) > 1:
            found.add(f"check and race disagree: {codes[path.stem]}")
        if found:
            faults.setdefault(path.name, set()).update(found)
    assert len(codes) == len(cases)
    return faults


@pytest.mark.parametrize("every", few([5, 1], 2))
@pytest.mark.thorough
def test_hostile_files_are_shown_or_refused(every: int) -> None:
    assert _faults([path for path in CASES if path.name.startswith("show-")][::every]) == {}


@pytest.mark.thorough
def test_a_hostile_scenario_of_each_kind_is_raced_or_refused() -> None:
    assert {*QUICK} < {path.stem for path in CASES}
    assert _faults([path for path in CASES if path.stem in QUICK]) == {}


@pytest.mark.slow
def test_every_hostile_scenario_is_raced_or_refused() -> None:
    assert _faults([path for path in CASES if path.suffix == ".yaml"]) == {}
