"""Sizes are foreseen, kept, and what is given away for it is said."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest

from optviz import Race, load, run
from optviz.errors import OptvizError
from optviz.frames import DrawnFilm
from optviz.output import FORMATS, TooLargeError, write_all
from optviz.pipeline.budget import BudgetPlan, plans, redrawn, write_within
from optviz.pipeline.estimate import expected_bytes
from optviz.pipeline.files import draw
from optviz.pipeline.sizes import format_bytes
from optviz.scenario import Scenario
from tests import few
from tests.output.films import film, replayed, write_animation
from tests.picture.races import film_of

ANIMATIONS = [suffix for suffix, form in FORMATS.items() if form.kind == "animation"]
WHOLE = BudgetPlan((1280, 720), 25, 200)


def race(frames: int = 36, racers: str = "[adam, sgd, amsgrad]", function: str = "beale") -> Race:
    render = f"{{size: 480x270, frames: {frames}, hold: 0, panels: []}}"
    return run(load(f"function: {function}\nsteps: 60\noptimizers: {racers}\nrender: {render}\n"))


@pytest.mark.thorough
@pytest.mark.parametrize("function", few(["beale", "post_1d"], 2))
def test_what_is_expected_is_near_what_comes(tmp_path: Path, function: str) -> None:
    whole = film_of(race(function=function))
    expected = expected_bytes(whole, ANIMATIONS)
    paths = [tmp_path / f"race{suffix}" for suffix in ANIMATIONS]
    write_all(paths, film=whole)
    for path in paths:
        assert 0.5 < expected[path.suffix] / path.stat().st_size < 2, path.suffix


def test_a_short_film_is_simply_written(tmp_path: Path) -> None:
    whole = replace(film(), hold=0.0)
    write_animation(tmp_path / "race.gif", whole)
    assert expected_bytes(whole, [".gif"]) == {".gif": (tmp_path / "race.gif").stat().st_size}


def test_smaller_and_smaller_in_the_stated_order() -> None:
    listed = list(plans(WHOLE))
    assert listed[0] == WHOLE
    weights = [plan.weight for plan in listed]
    assert weights == sorted(weights, reverse=True)
    said = [plan.trade_offs(WHOLE) for plan in listed]
    assert said[1] == "width 1280 to 1088"
    assert said[-1] == "width 1280 to 320, 25 to 8 frames a second, fewer colours (3 of 3)"
    first_slow = next(plan for plan in listed if plan.fps < 25)
    assert (first_slow.size, first_slow.fps, first_slow.frames) == ((640, 360), 20, 160)
    assert next(plan for plan in listed if plan.compression).fps == 12
    assert all(side % 2 == 0 for plan in listed for side in plan.size)


def test_a_narrow_slow_film_has_only_colours_to_give() -> None:
    assert [plan.compression for plan in plans(BudgetPlan((320, 180), 8, 20))] == [0, 1, 2, 3]


def within(limit: int, folder: Path, whole: Race, suffix: str = ".gif") -> tuple[str, list[int]]:
    """What was said, and the widths that were tried."""
    tried: list[int] = []

    def write(scaled: Scenario, movie: DrawnFilm) -> None:
        tried.append(movie.width)
        write_all([folder / f"race{suffix}"], film=movie, limit=limit)

    return write_within(limit, whole.scenario, [suffix], lambda scaled: draw(scaled, whole.result), write), tried


@pytest.mark.thorough
def test_what_fits_is_left_alone(tmp_path: Path) -> None:
    assert within(10**7, tmp_path, race(frames=10)) == ("", [480])


@pytest.mark.parametrize("suffix", few([".gif", ".mp4"], 2))
@pytest.mark.thorough
def test_what_does_not_fit_is_made_smaller(tmp_path: Path, suffix: str) -> None:
    whole = race(frames=20)
    write_all([tmp_path / f"whole{suffix}"], film=film_of(whole))
    limit = (tmp_path / f"whole{suffix}").stat().st_size // 2
    said, tried = within(limit, tmp_path, whole, suffix)
    assert (tmp_path / f"race{suffix}").stat().st_size <= limit
    assert f"for at most {format_bytes(limit)}: width 480 to " in said
    assert tried == sorted(tried, reverse=True)


@pytest.mark.thorough
def test_what_cannot_be_small_enough_is_refused_and_the_old_file_stays(tmp_path: Path) -> None:
    (tmp_path / "race.gif").write_bytes(b"old")
    with pytest.raises(OptvizError, match=r"--max-size 900 bytes: about [\d.]+ kB even with width 480 to 320, 25 to 8"):
        within(900, tmp_path, race(frames=6))
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]


def test_a_scenario_knows_what_became_of_it(tmp_path: Path) -> None:
    smaller = redrawn(race().scenario, BudgetPlan((320, 180), 20, 16))
    again = load(smaller.source_text)
    assert (again.render.size, again.render.fps, again.render.frames) == ((320, 180), 20, 16)


def test_too_large_a_film_is_given_up_early(tmp_path: Path) -> None:
    seen: list[int] = []
    whole = film(frames=100)

    def draw() -> Generator:  # of frames, as they come
        for number, frame in enumerate(whole.draw()):
            seen.append(number)
            yield frame

    with pytest.raises(TooLargeError) as caught:
        write_all([tmp_path / "race.apng"], film=replayed(whole, draw), limit=2000)
    assert 25 <= len(seen) < 100
    assert caught.value.size > 2000
