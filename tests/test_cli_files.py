"""Files that know their scenario, and files that must not be larger than asked, on the command line."""

from __future__ import annotations

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
