"""Stills and contact sheets."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from optviz.errors import OptvizError
from optviz.frames import Paper, StillRequest
from optviz.output import write_all
from optviz.output.stills import page_plan
from tests import few
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


@pytest.mark.parametrize(
    ("count", "columns", "paper", "size"),
    [(1, None, "a4", (842, 595)), (6, None, "a4", (595, 842)), (6, 2, "letter", (612, 792)), (3, 1, "a4", (595, 842))],
)
def test_a_printed_sheet_fits_its_page(count: int, columns: int | None, paper: Paper, size: tuple[int, int]) -> None:
    request = StillRequest(sheet=count, columns=columns, paper=paper)
    page = page_plan(film(), request)
    assert tuple(map(round, page.size)) == size
    width, height = film().width * page.scale, film().height * page.scale
    x, y = np.array(page.corners).T
    assert len(x) == count
    assert min(x.min(), y.min()) > 27.9
    assert x.max() + width < page.size[0] - 27.9
    assert y.max() + height < page.size[1] - 27.9
    assert x.min() + x.max() + width == pytest.approx(page.size[0])  # in the middle
    assert columns is None or len({*x.round(3)}) == min(columns, count)
    assert all(abs(a - c) > width or abs(b - d) > height for (a, b), (c, d) in combinations(page.corners, 2))
    assert (y[0], x[0]) == (y.max(), x.min())  # the first stands at the upper left


def test_pictures_that_nobody_could_see_are_refused() -> None:
    with pytest.raises(OptvizError, match="5000 pictures have no room on a page; take fewer"):
        page_plan(film(), StillRequest(sheet=5000))


def test_columns_are_chosen_or_given(tmp_path: Path) -> None:
    write_all([tmp_path / "a.png"], film=film(), shot=StillRequest(sheet=6, columns=2))
    with Image.open(tmp_path / "a.png") as image:
        assert image.size == (2 * 96, 3 * 64)


@pytest.mark.thorough
@pytest.mark.parametrize("name", few(RACES, 3))
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
