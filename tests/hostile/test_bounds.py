"""What would take more memory or time than anybody has is refused before it begins, or takes little."""

from __future__ import annotations

from pathlib import Path

import pytest

import optviz
from optviz.errors import OptvizError
from optviz.frames import StillRequest
from optviz.picture.machine.board import Board
from optviz.pipeline import memory
from tests.cli import SMALL, optviz_says
from tests.picture.races import film_of

MOST_LONG = "function: beale\nstart: [1, 1]\nsteps: 1000000\noptimizers: [{}]\n"


@pytest.mark.parametrize(
    ("count", "size", "fits"),
    [
        (6, (3840, 2160), True),
        (12, (3840, 2160), True),
        (13, (3840, 2160), False),
        (3900, (160, 160), True),
        (34_000, (160, 160), False),
        (10**30, (160, 160), False),
        (9, (7680, 160), True),
        (25, (7680, 160), False),
    ],
)
def test_a_contact_sheet_is_as_large_as_can_be_opened(count: int, size: tuple[int, int], fits: bool) -> None:
    request = StillRequest(sheet=count)
    if fits:
        request.refuse_too_large(*size)
    else:
        with pytest.raises(OptvizError, match=r"is too large; take at most about \d+"):
            request.refuse_too_large(*size)


def test_a_sheet_is_refused_before_the_race(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("optviz.pipeline.render.run", lambda *_: pytest.fail("raced"))
    Path("s.yaml").write_text(SMALL)
    result = optviz_says("race", "s.yaml", "-o", "x.png", "--sheet", "34000")
    said = "--sheet 34000: a contact sheet of 34000 pictures of 320x180 is too large; take at most about 1736"
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(said)


def test_paths_that_do_not_fit_are_refused_by_check_and_race(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("s.yaml").write_text(MOST_LONG.format(", ".join(f"adam: {{label: a{i}}}" for i in range(24))))
    monkeypatch.setattr(memory, "memory_bytes", lambda: 4 << 30)
    said = "24 racers of 1000000 steps need about 2.5 GB, more than half of this machine's memory; take fewer steps\n"
    for command in (["check", "s.yaml"], ["race", "s.yaml", "-o", "x.json"]):
        result = optviz_says(*command)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.endswith(said)
    monkeypatch.setattr(memory, "memory_bytes", lambda: 6 << 30)
    assert optviz_says("check", "s.yaml").exit_code == 0


def test_what_is_foretold_is_what_is_kept() -> None:
    scenario = optviz.load("function: beale\nsteps: 5000\noptimizers: [adam, amsgrad, sgd, lookahead, adadelta]\n")
    race, foretold = optviz.run(scenario), []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(memory, "refuse_more_than", lambda room, need, *_: foretold.append(need))
        memory.refuse_long_paths(scenario, race.problem.dim)
    kept = 0
    for path in (racer.trajectory for racer in race.racers):
        recorded = (path.x, path.f, path.gradient, path.lr, path.evaluations, *path.state.values())
        kept += sum(array.nbytes for array in recorded)
        kept += 0 if path.effective_lr is None else path.effective_lr.nbytes
    assert kept <= foretold[0] * 1.01
    assert kept > 0.8 * foretold[0]


@pytest.mark.thorough
def test_a_pause_of_hours_is_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = []
    show = Board.show
    monkeypatch.setattr(Board, "show", lambda board, moment: shown.append(moment) or show(board, moment))
    pauses = ", ".join(f"{{at: {step}, seconds: 600}}" for step in range(3))
    film = film_of(optviz.run(optviz.load(f"{SMALL}".replace("hold: 0", f"hold: 0, pauses: [{pauses}]"))))
    changed = [bool(frame.boxes) for frame in film.draw()]
    assert len(changed) > 3 * 600 * film.fps
    assert sum(changed) < 10
    assert len(shown) < 10
