"""Stills, contact sheets, posters and texts from the command line."""

from pathlib import Path

import pytest
from PIL import Image

from tests.cli import SMALL, optviz_says


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "race.yaml").write_text(SMALL)
    return tmp_path


def test_a_still_at_a_step(folder: Path) -> None:
    assert optviz_says("race", "race.yaml", "-o", "a.png", "-o", "b.png", "--at", "1").exit_code == 0
    assert (folder / "a.png").read_bytes() == (folder / "b.png").read_bytes()
    with Image.open(folder / "a.png") as image:
        assert image.size == (320, 180)


def test_a_contact_sheet(folder: Path) -> None:
    assert optviz_says("race", "race.yaml", "-o", "a.png", "--sheet", "4").exit_code == 0
    with Image.open(folder / "a.png") as image:
        assert image.size == (640, 360)


def test_a_poster_and_a_text_beside_a_film(folder: Path) -> None:
    result = optviz_says("race", "race.yaml", "-o", "a.gif", "--poster", "--alt")
    assert result.exit_code == 0
    assert sorted(path.name for path in folder.iterdir()) == ["a.gif", "a.png", "a.txt", "race.yaml"]
    assert "optimizers take" in (folder / "a.txt").read_text() or "takes" in (folder / "a.txt").read_text()


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["-o", "a.gif", "--at", "1"], "--at 1: no output is a still; add one, such as -o picture.png"),
        (["-o", "a.png", "--at", "9999"], "--at 9999: the race has"),
        (
            ["-o", "a.png", "--at", "1", "--sheet", "2"],
            "--at 1 --sheet 2: a still shows one step or a contact sheet, not both",
        ),
    ],
)
def test_stills_that_cannot_be(folder: Path, flags: list[str], said: str) -> None:
    result = optviz_says("race", "race.yaml", *flags)
    assert result.exit_code == 2
    assert said in result.stderr
    assert [path.name for path in folder.iterdir()] == ["race.yaml"]
