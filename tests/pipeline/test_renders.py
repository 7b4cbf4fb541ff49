"""Renders anywhere: the bytes that they have here, finished ones kept, failed ones named."""

from __future__ import annotations

from pathlib import Path

import pytest

from optviz.errors import OptvizError
from optviz.pipeline import renders
from optviz.pipeline.cells import Workshop
from optviz.pipeline.render import FileOptions, Rendered, render
from optviz.pipeline.renders import Deaf, render_anywhere
from optviz.scenario import Scenario, loads
from tests import few
from tests.cli import SMALL
from tests.pipeline.clusters import Cluster

TUNED = """function: beale
steps: 5
optimizers: [adam, sgd: {lr: {tune: [0.001, 0.1]}}]
tuning: {trials: 3}
table: {columns: [f]}
"""


def scenarios(folder: Path) -> dict[str, Scenario]:
    film, frames, numbers = (f"{folder}/{name}" for name in ("film.gif", "frames/%02d.png", "numbers.json"))
    return {
        "film": loads(SMALL, overrides={"output": [film, frames]}),
        "numbers": loads(TUNED, overrides={"output": [numbers, f"{folder}/numbers.csv"]}),
    }


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], dict[str, Rendered]]:
    folder = tmp_path_factory.mktemp("here")
    made = {name: render(one, Deaf(), name) for name, one in scenarios(folder).items()}
    return files(folder), made


@pytest.mark.parametrize("workers", few([1, 2, 8], 3))
@pytest.mark.thorough
def test_any_number_of_workers_writes_the_same_bytes(
    workers: int, whole: tuple[dict[str, bytes], dict[str, Rendered]], tmp_path: Path
) -> None:
    found = render_anywhere(scenarios(tmp_path), FileOptions(), Workshop(executor=lambda: Cluster(workers)))
    held, made = whole
    assert files(tmp_path) == held
    assert list(found) == list(made)
    for name, one in found.items():
        assert (one.places, one.table, one.tunings, one.title) == (
            *(made[name].places, made[name].table, made[name].tunings, made[name].title),
        )
        assert [size for _, size in one.files] == [size for _, size in made[name].files]


@pytest.mark.thorough
def test_finished_renders_are_kept_and_failed_ones_are_named(
    whole: tuple[dict[str, bytes], dict[str, Rendered]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def only(kept: str) -> None:
        def attempt(scenario: Scenario, listener: Deaf, name: str, options: FileOptions) -> Rendered:
            if name != kept:
                raise MemoryError("too large")
            return render(scenario, listener, name, options)

        monkeypatch.setattr(renders, "render", attempt)

    workshop = Workshop(resume=tmp_path / "kept", executor=lambda: Cluster(2))
    only("film")
    found = render_anywhere(scenarios(tmp_path / "a"), FileOptions(), workshop)
    assert [one.exit_code for one in found.values()] == [0, 1]
    assert str(found["numbers"].issues[0]) == "numbers: MemoryError: too large"
    only("numbers")
    found = render_anywhere(scenarios(tmp_path / "b"), FileOptions(), workshop)
    assert [one.exit_code for one in found.values()] == [0, 0]
    assert files(tmp_path / "b") == whole[0]
    with pytest.raises(OptvizError, match="another protocol: limit is None there and 1000 here"):
        render_anywhere(scenarios(tmp_path / "b"), FileOptions(limit=1000), workshop)


def test_what_cannot_be_written_or_sent_is_told_before_it_is_rendered(tmp_path: Path) -> None:
    def own(x: float, g: float) -> float:
        return x - g

    from optviz import build

    (tmp_path / "file").write_text("")
    blocked = loads(SMALL, overrides={"output": [f"{tmp_path}/file/film.gif"]})
    foreign = build(function="beale", steps=5, optimizers=[own], output=f"{tmp_path}/own.json")
    found = render_anywhere({"blocked": blocked, "foreign": foreign}, FileOptions(), Workshop())
    assert "file/film.gif" in str(found["blocked"].issues[0])
    assert found["blocked"].exit_code == 1
    assert str(found["foreign"].issues[0]).startswith("foreign: races code that optviz does not know")
