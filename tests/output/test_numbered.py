"""A file for every frame."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from optviz import OutputError
from optviz.output import bytes_at, format_of, write_all
from optviz.output.metadata import read_metadata
from optviz.output.paths import check_losses
from tests.output import films


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_every_frame_is_a_file(tmp_path: Path) -> None:
    film = films.film()
    path = tmp_path / "new" / "race-%02d.png"
    write_all([path], film=film)
    assert names(path.parent) == [f"race-{number:02d}.png" for number in range(12)]
    for number, frame in enumerate(film.draw()):
        with Image.open(path.parent / f"race-{number:02d}.png") as image:
            assert np.array_equal(np.asarray(image), frame.pixels[..., :3])
    assert read_metadata(path.parent / "race-03.png").scenario == film.scenario
    assert bytes_at(path) == sum(one.stat().st_size for one in path.parent.iterdir())


def test_a_shorter_film_leaves_no_frames_of_a_longer_one_and_strangers_files_alone(tmp_path: Path) -> None:
    path = tmp_path / "%d.png"
    write_all([path], film=films.film(frames=5))
    (tmp_path / "2024.png").write_bytes(b"precious")
    write_all([path], film=films.film(frames=2))
    assert names(tmp_path) == ["0.png", "1.png", "2024.png"]
    (issue,) = check_losses([str(path)], {})
    assert "2024.png: a file is there that optviz did not make" in issue.message
    assert check_losses([str(path)], {}, named=[str(path)]) == []


def test_a_film_that_breaks_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "%d.png"
    (tmp_path / "1.png").mkdir()
    with pytest.raises(OutputError, match="it is a folder"):
        write_all([path], film=films.film(frames=1 + 1))
    assert not (tmp_path / "1.png").is_file()
    assert not [name for name in names(tmp_path) if name.startswith(".")]


@pytest.mark.parametrize("name", ["100%.png", "a%d.gif", "a%s.png", "a%d%d.png"])
def test_other_names_are_one_file(name: str) -> None:
    assert format_of(name).kind in ("still", "animation")
    assert "every frame" not in format_of(name).name
