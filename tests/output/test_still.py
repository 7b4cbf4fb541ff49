"""Stills and contact sheets."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from optviz.errors import OptvizError
from optviz.frames import StillRequest
from optviz.output import write_all
from tests.output.films import SCENARIO, film, picture
from tests.picture.races import RACES, film_of, race


def test_a_png_is_the_last_frame_and_knows_its_scenario(tmp_path: Path) -> None:
    write_all([tmp_path / "a.png"], film=film())
    with Image.open(tmp_path / "a.png") as image:
        np.testing.assert_array_equal(np.asarray(image), picture(11, 96, 64)[..., :3])
        assert image.info["Scenario"] == SCENARIO


def test_at_another_step(tmp_path: Path) -> None:
    write_all([tmp_path / "a.png"], film=film(), shot=StillRequest(step=4))
    with Image.open(tmp_path / "a.png") as image:
        np.testing.assert_array_equal(np.asarray(image), picture(4, 96, 64)[..., :3])


def test_a_contact_sheet_runs_from_the_first_to_the_last_frame(tmp_path: Path) -> None:
    write_all([tmp_path / "a.png"], film=film(), shot=StillRequest(sheet=6))
    with Image.open(tmp_path / "a.png") as image:
        sheet = np.asarray(image)
    assert sheet.shape == (2 * 64, 3 * 96, 3)
    np.testing.assert_array_equal(sheet[:64, :96], picture(0, 96, 64)[..., :3])
    np.testing.assert_array_equal(sheet[64:, -96:], picture(11, 96, 64)[..., :3])


def test_a_sheet_can_be_printed_but_is_no_vector_picture(tmp_path: Path) -> None:
    write_all([tmp_path / "a.pdf"], film=film(), shot=StillRequest(sheet=4))
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    with pytest.raises(OptvizError, match=r"made of pixels; write it as \.png or \.pdf"):
        write_all([tmp_path / "a.svg"], film=film(), shot=StillRequest(sheet=4))
    assert [path.name for path in tmp_path.iterdir()] == ["a.pdf"]


@pytest.mark.parametrize("name", RACES)
def test_vector_pictures_hold_what_the_film_shows(tmp_path: Path, name: str) -> None:
    movie = film_of(race(RACES[name]))
    for suffix in (".svg", ".pdf"):
        one, two = tmp_path / f"one{suffix}", tmp_path / f"two{suffix}"
        write_all([one, two], film=movie, shot=StillRequest(step=10))
        assert one.read_bytes() == two.read_bytes()
    svg = (tmp_path / "one.svg").read_text()
    strokes = svg.count("stroke-linecap: round")
    assert strokes > 5
    assert "<image" not in svg
