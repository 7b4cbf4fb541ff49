"""Files that know their scenario, and files that must not be larger than asked, on the command line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from PIL import Image

from tests.cli import SMALL, optviz_says


def test_show_reads_the_scenario_back_out_of_a_film(tmp_path: Path) -> None:
    film = tmp_path / "race.gif"
    (tmp_path / "race.yaml").write_text(SMALL)
    assert optviz_says("race", str(tmp_path / "race.yaml"), "-q", "-o", str(film)).exit_code == 0
    again = tmp_path / "again.yaml"
    again.write_text(optviz_says("show", str(film)).stdout)
    first, second, *_ = again.read_text().splitlines()
    assert first == "# Adam and SGD on Beale"
    assert re.fullmatch(r"# optviz [\d.]+, scenario [0-9a-f]{12}", second)
    copy = tmp_path / "copy.gif"
    assert optviz_says("race", str(again), "-q", "-o", str(copy)).exit_code == 0
    with Image.open(film) as one, Image.open(copy) as other:
        assert one.n_frames == other.n_frames == 3
        assert one.tobytes() == other.tobytes()


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("none.gif", "none.gif: cannot be read: No such file or directory"),
        ("a.csv", "a.csv: files of this kind hold no scenario; those that do: .gif"),
    ],
)
def test_show_says_why_a_file_cannot_be_shown(tmp_path: Path, file: str, said: str) -> None:
    result = optviz_says("show", str(tmp_path / file))
    assert result.exit_code == 2
    assert said in result.stderr


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to stand in, with a small scenario."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.yaml").write_text(SMALL)
    return tmp_path


def test_a_dry_run_foretells_and_writes_nothing(folder: Path) -> None:
    result = optviz_says("race", "small.yaml", "--dry-run", "-o", "a.gif", "-o", "b.json")
    assert result.exit_code == 0
    assert re.fullmatch(r"a\.gif  3 frames, 0\.1 s, 320x180, about \d+ kB\nb\.json\n", result.stdout)
    assert [path.name for path in folder.iterdir()] == ["small.yaml"]


def test_a_dry_run_for_scripts(folder: Path) -> None:
    found = json.loads(optviz_says("race", "small.yaml", "--dry-run", "--json", "-o", "a.gif").stdout)
    assert (found["frames"], found["size"], found["files"][0]["path"]) == (3, [320, 180], "a.gif")
    assert found["files"][0]["expected_bytes"] > 1000


def test_a_dry_run_says_what_would_be_given_away(folder: Path) -> None:
    (folder / "wide.yaml").write_text(SMALL.replace("320x180", "640x360"))
    result = optviz_says("race", "wide.yaml", "--dry-run", "--max-size", "14kB")
    assert re.search(r"wide\.yaml: about [\d.]+ kB, for at most 14 kB: width 640 to \d+", result.stderr)


def test_a_film_for_github(folder: Path) -> None:
    assert optviz_says("race", "small.yaml", "--for", "github", "--set", "output=a.mp4").exit_code == 0
    with Image.open(folder / "a.gif") as image:
        assert image.size == (320, 180)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--for", "gitbub"], "--for gitbub: no such place; did you mean github?"),
        (["--for", "slides", "-o", "a.gif"], "--for slides: takes .mp4, not a.gif"),
        (["--max-size", "large"], "--max-size large: is no size; write it as 10MB, 800kB or 2.5MiB"),
        (["--max-size", "2kB"], "--max-size 2 kB: about "),
    ],
)
def test_what_cannot_be_done_about_a_size(folder: Path, arguments: list[str], said: str) -> None:
    result = optviz_says("race", "small.yaml", *arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith(said)
    assert [path.name for path in folder.rglob("*") if path.is_file()] == ["small.yaml"]
