"""A file tells whether it is still what its scenario, this version and the fonts here would make."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import optviz
from optviz.frames import StillRequest
from optviz.output import FORMATS
from optviz.output.metadata import read_metadata
from optviz.pipeline.recipe import is_current, recipe_of
from optviz.pipeline.render import FileOptions, Rendered, unchanged
from optviz.scenario import Scenario, loads

TEXT = "function: beale\nsteps: 3\noptimizers: [sgd]\nrender: {size: 160x160, frames: 2, panels: [], hold: 0}\n"


def scenario(text: str = TEXT, **overrides: Any) -> Scenario:
    return loads(text, overrides=overrides)


def test_what_changes_the_picture_changes_the_recipe() -> None:
    plain = scenario()
    others = [
        recipe_of(plain, StillRequest(step=1)),
        recipe_of(plain, limit=1000),
        recipe_of(scenario(TEXT + "# said\n")),
        recipe_of(scenario(steps=4)),
        recipe_of(scenario(**{"render.theme": "dark"})),
        recipe_of(plain.model_copy(update={"render": plain.render.model_copy(update={"frames": 3})})),  # as --preview
    ]
    assert len({recipe_of(plain), *others}) == len(others) + 1
    assert (
        recipe_of(plain.model_copy(update={"output": ("elsewhere.gif",)})) == recipe_of(plain) == recipe_of(scenario())
    )


def test_fonts_of_this_machine_are_in_the_recipe_where_words_take_them(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, greek, foreign = scenario(), scenario(title="Δ"), scenario(title="漢")
    before = [recipe_of(one) for one in (plain, greek, foreign)]
    monkeypatch.setattr("optviz.picture.machine.fonts.family_with", lambda letter: "STIXGeneral")
    after = [recipe_of(one) for one in (plain, greek, foreign)]
    assert [one == other for one, other in zip(before, after, strict=True)] == [True, True, False]


def test_code_of_others_has_no_recipe() -> None:
    def own(x: Any, g: Any) -> Any:
        return x - 0.1 * g

    def square(x: Any) -> Any:
        return x * x

    racer = optviz.build(function="beale", optimizers=[{own: {}}])
    function = optviz.build(function={"formula": square, "gradient": lambda x: 2 * x}, start=1, optimizers=["sgd"])
    assert [recipe_of(racer), recipe_of(function), is_current("none.gif", "")] == ["", "", False]


def test_a_recorded_run_is_in_the_recipe(tmp_path: Path) -> None:
    log, file = tmp_path / "run.csv", tmp_path / "a.yaml"
    file.write_text("optimizers: [{recorded: {file: run.csv}}]\n")
    found = []
    for loss in ("0.5", "0.25"):
        log.write_text(f"step,loss\n0,1\n1,{loss}\n")
        found.append(recipe_of(optviz.load(file)))
    assert all(found)
    assert found[0] != found[1]


@pytest.mark.thorough
def test_a_file_is_current_until_something_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"a{suffix}" for suffix, form in FORMATS.items() if form.reader] + ["%02d.png"]
    paths = tuple(str(tmp_path / name) for name in names)
    one = scenario()
    optviz.run(one).save(*paths)
    recipe = recipe_of(one)
    assert [path for path in paths if not is_current(path, recipe)] == []
    assert [path for path in paths if is_current(path, recipe_of(scenario(steps=4)))] == []
    assert all(read_metadata(path).is_whole for path in paths[:-1])

    numbers = str(tmp_path / "a.csv")
    options = FileOptions()
    left = unchanged(one.model_copy(update={"output": (*paths, numbers)}), "", options)
    assert isinstance(left, Scenario)
    assert left.output == (numbers,)
    (tmp_path / "a.gif").unlink()
    (tmp_path / "01.png").write_bytes(b"another's")
    left = unchanged(one.model_copy(update={"output": paths}), "", options)
    assert isinstance(left, Scenario)
    assert left.output == (paths[0], paths[-1])
    some = one.model_copy(update={"output": paths[1:-1]})
    kept = unchanged(some, "b.yaml", options)
    assert isinstance(kept, Rendered)
    assert kept.to_dict()["unchanged"]
    assert (kept.name, [path for path, _ in kept.files]) == ("b.yaml", list(paths[1:-1]))
    assert isinstance(unchanged(some, "", replace(options, limit=9999)), Scenario)
    monkeypatch.setattr("optviz.output.metadata.__version__", "99")
    assert not is_current(paths[1], recipe)


def test_a_font_that_is_missing_is_told_where_words_are_drawn() -> None:
    assert recipe_of(scenario(**{"render.font": "No Such Font"}))
