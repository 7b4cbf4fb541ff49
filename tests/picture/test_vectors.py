"""Stills of vectors: sheets that fit a page, letters that stay text, contours without points that nobody sees."""

from __future__ import annotations

import re
import zlib
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from optviz.frames import StillRequest
from optviz.output import write_all
from optviz.picture.board_film import BoardFilm
from optviz.picture.machine.thinned import Contours, thinned
from tests.cli import SMALL, optviz_says
from tests.picture.races import MAP, film_of, race

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def film() -> BoardFilm:
    drawn = film_of(race(MAP.replace("frames: 25", "frames: 25, lens: false")))
    assert isinstance(drawn, BoardFilm)
    return drawn


def operators(path: Path) -> bytes:
    """What draws the page of a PDF."""
    parts = re.findall(rb"stream\r?\n(.*?)endstream", path.read_bytes(), re.DOTALL)
    return b"\n".join(zlib.decompress(part) for part in parts if part[:1] == b"x")


@pytest.mark.parametrize("name", ["a.svg", "a.pdf"])
def test_what_moves_is_placed_at_the_pages_resolution(
    film: BoardFilm, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The figure of a file that is written has another."""
    layer, figure = film.board._layers[0], film.board._figure
    resolutions, sprites = [figure.dpi], layer.sprites
    monkeypatch.setattr(layer, "sprites", lambda moment: resolutions.append(figure.dpi) or sprites(moment))
    write_all([tmp_path / name], film=film)
    assert len(resolutions) > 1
    assert len({*resolutions}) == 1


@pytest.mark.thorough
def test_a_sheet_is_one_page_of_vectors(film: BoardFilm, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    write_all([path], film=film, shot=StillRequest(sheet=4))
    whole = path.read_bytes()
    assert whole.count(b"/MediaBox [ 0 0 841") == 1
    assert b"/Subtype /Image" not in whole
    drawn = operators(path)
    reductions = re.findall(rb"q\s+([\d.]+)\s+0\s+0\s+\1\s+([\d.]+)\s+([\d.]+)\s+cm", drawn)
    assert len({(x, y) for _, x, y in reductions}) == 4
    assert drawn.split().count(b"q") == drawn.split().count(b"Q") > 4
    again = tmp_path / "b.pdf"
    write_all([again], film=film, shot=StillRequest(sheet=4))
    assert again.read_bytes() == whole
    assert len(whole) < 600_000


@pytest.mark.thorough
def test_a_film_is_drawn_as_before_after_a_sheet(film: BoardFilm, tmp_path: Path) -> None:
    before = film.still(30).copy()
    write_all([tmp_path / "a.pdf"], film=film, shot=StillRequest(sheet=2))
    np.testing.assert_array_equal(film.still(30), before)


@pytest.mark.thorough
def test_a_sheet_of_an_svg_holds_every_picture(film: BoardFilm, tmp_path: Path) -> None:
    write_all([tmp_path / "a.svg"], film=film, shot=StillRequest(sheet=3, columns=3))
    sheet = ElementTree.parse(tmp_path / "a.svg").getroot()  # made a line above
    inside = sheet.findall(f"{SVG}svg")
    assert [one.get("x") for one in inside] == ["0", str(film.width), str(2 * film.width)]
    assert all(one.get("viewBox") for one in inside)
    assert sheet.get("width") == str(3 * film.width)


@pytest.mark.thorough
def test_the_words_of_an_svg_stay_text_on_request(film: BoardFilm, tmp_path: Path) -> None:
    drawn, text = tmp_path / "a.svg", tmp_path / "b.svg"
    write_all([drawn], film=film)
    write_all([text], film=film, shot=StillRequest(letters=True))
    assert "<text" not in drawn.read_text()
    words = [one for one in ElementTree.parse(text).getroot().iter(f"{SVG}text") if one.text]
    assert {"step", "4 optimizers on Beale", "start"} <= {str(one.text).strip() for one in words}
    (title,) = (one for one in words if one.text == "4 optimizers on Beale")
    assert "bold" in title.get("style", "") or "700" in title.get("style", "")
    assert "DejaVu Sans" in title.get("style", "")


def test_contours_keep_their_place_with_fewer_points(film: BoardFilm) -> None:
    with film.board.showing(film.shown[0]) as figure:
        contours = [one for one in figure.axes[0].collections if isinstance(one, Contours)]
        before = [one.get_paths() for one in contours]
        with thinned(figure, 0.1):
            thin = [one.get_paths() for one in contours]
            to_pixels = contours[0].get_transform()
        after = [one.get_paths() for one in contours]
    assert before == after
    counts = [sum(len(path.vertices) for paths in some for path in paths) for some in (before, thin)]
    assert counts[1] < 0.5 * counts[0]
    for paths, fewer in zip(before, thin, strict=True):
        for path, other in zip(paths, fewer, strict=True):
            assert len(path.vertices) == 0 or (
                np.abs(to_pixels.transform(path.get_extents()) - to_pixels.transform(other.get_extents())).max() < 0.5
            )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "a.png", "--columns", "2"], "--columns 2: only a contact sheet has columns; add --sheet"),
        (["-o", "a.png", "--svg-text"], "--svg-text: no output is an SVG; add one"),
        (["-o", "a.pdf", "--sheet", "900"], "900 pictures have no room on a page; take fewer"),
        (["-o", "a.pdf", "--sheet", "4", "--paper", "a5"], "'a5' is not one of 'a4', 'letter'"),
    ],
)
def test_what_is_wrong_with_a_sheet_is_said(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x.yaml").write_text(SMALL)
    done = optviz_says("race", "x.yaml", *arguments)
    assert done.exit_code != 0
    assert said in done.output.replace("\n", " ")
    assert [path.name for path in tmp_path.iterdir()] == ["x.yaml"]
