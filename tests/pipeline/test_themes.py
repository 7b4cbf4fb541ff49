"""One race in several themes: a file each, all or none, none of them an input."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import optviz
from optviz.errors import OutputError
from optviz.output import stills
from optviz.picture.layout.theme import THEMES, paints
from optviz.pipeline.themes import by_theme, in_themes
from tests.cli import optviz_says

SMALL = (
    "function: beale\nsteps: 3\noptimizers: [adam, sgd]\n"
    "render: {size: 320x180, frames: 2, hold: 0, panels: [], theme: [light, dark]}\n"
)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("x.yaml").write_text(SMALL)
    return tmp_path


def corner(path: Path) -> str:
    with Image.open(path) as image:
        return "#" + bytes(np.asarray(image.convert("RGB"))[0, 0]).hex()


def test_every_picture_has_a_path_for_every_theme() -> None:
    paths = ["a.gif", "a.b.png", "frames/%04d.png", "a.json"]
    themed = list(in_themes(paths, ("light", "dark")))
    assert themed == [
        *("a.light.gif", "a.dark.gif", "a.b.light.png", "a.b.dark.png"),
        *("frames/%04d.light.png", "frames/%04d.dark.png", "a.json"),
    ]
    own = {scenario.render.theme: paths for scenario, paths in by_theme(optviz.loads(SMALL), themed)}
    assert own["light"] == [path for path in themed if "dark" not in path]
    assert own["dark"] == [path for path in themed if "dark" in path]
    assert list(in_themes(paths, ("dark",))) == paths


def test_each_file_is_drawn_in_its_theme(file: Path) -> None:
    done = optviz_says("race", "x.yaml", "-o", "a.gif", "-o", "b.png", "-o", "a.csv", "--alt")
    assert done.exit_code == 0
    made = {path.name for path in file.iterdir()} - {"x.yaml"}
    assert made == {"a.light.gif", "a.dark.gif", "b.light.png", "b.dark.png", "a.csv", "a.txt"}
    for theme in ("light", "dark"):
        assert corner(file / f"b.{theme}.png") == THEMES[theme].page
    assert "theme: [light, dark]" in stills.read_png(file / "b.dark.png").scenario


def test_racers_keep_their_hue() -> None:
    scenario = optviz.loads(SMALL)
    first, second = (paints(scenario.optimizers, THEMES[name]) for name in scenario.render.themes)
    places = [[THEMES[name].racers.index(colour) for colour, _ in one] for name, one in zip(
        scenario.render.themes, (first, second), strict=True)]  # fmt: skip
    assert places[0] == places[1]
    assert [marker for _, marker in first] == [marker for _, marker in second]


def test_python_saves_a_file_for_each_theme(file: Path) -> None:
    optviz.run(optviz.load("x.yaml")).save("c.png", "c.json")
    assert {"c.light.png", "c.dark.png", "c.json"} <= {path.name for path in file.iterdir()}


def test_none_of_them_may_be_an_input_or_anothers(file: Path) -> None:
    Path("x.dark.png").write_text(SMALL)
    done = optviz_says("race", "x.dark.png", "-o", "x.png")
    assert done.exit_code == 2
    assert "cannot write x.dark.png: it is the scenario x.dark.png, which is read" in done.output
    Path("y.dark.png").write_text("mine")
    (file / "y.yaml").write_text(SMALL + "output: y.png\n")
    assert "a file is there that optviz did not make" in optviz_says("race", "y.yaml").output
    assert Path("y.dark.png").read_text() == "mine"
    assert not Path("y.light.png").exists()
    with pytest.raises(optviz.OptvizError, match="which is read"):
        optviz.run(optviz.load("x.dark.png")).save("x.png")


def test_all_files_appear_or_none_does(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = stills.write_png

    def fail_in_the_dark(path: Path, *rest: object) -> None:
        if ".dark" in Path(str(path).replace("-optviz-", ".")).name:
            raise OSError(28, "No space left on device")
        write(path, *rest)  # whatever a still is written from

    monkeypatch.setattr(stills, "write_png", fail_in_the_dark)
    with pytest.raises(OutputError, match="No space left"):
        optviz.run(optviz.load("x.yaml")).save("c.png")
    assert [path.name for path in file.iterdir()] == ["x.yaml"]


def test_a_limit_holds_for_every_theme(file: Path) -> None:
    done = optviz_says("race", "x.yaml", "-o", "a.gif", "--max-size", "1MB")
    assert done.exit_code == 0
    assert {"a.light.gif", "a.dark.gif"} <= {path.name for path in file.iterdir()}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--theme", "light,drak"], "--theme light,drak: [1]: must be light, dark or paper, got 'drak'; did you mean"),
        (["--theme", "dark,dark"], "dark is named twice; keep one of them"),
        (["--set", "render.theme=[]"], "must be light, dark or paper, got []"),
    ],
)
def test_what_is_wrong_with_themes_is_said(file: Path, arguments: list[str], said: str) -> None:
    assert said in optviz_says("race", "x.yaml", *arguments).output


def test_standard_output_and_comparisons_take_one_theme(file: Path) -> None:
    assert "takes one file, not light, dark" in optviz_says("race", "x.yaml", "-o", "-", "--format", "png").output
    assert "render.theme: a comparison is drawn in one theme" in optviz_says("basins", "x.yaml").output
