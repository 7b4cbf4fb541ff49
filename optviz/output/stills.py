"""Stills: one moment of a film as PNG pixels or as a vector picture, and contact sheets for handouts."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
from PIL import Image
from PIL.PdfParser import PdfParser
from PIL.PngImagePlugin import PngInfo

from optviz.errors import Issue, OptvizError
from optviz.frames import DrawnFilm, Pixels, StillRequest
from optviz.output.metadata import Credits, credits_of

UNDATED = {"creationDate": None, "modDate": None}  # the same bytes tomorrow
LARGEST = 30_000  # pixels a side of a contact sheet


def write_png(path: Path, film: DrawnFilm, shot: StillRequest) -> None:
    """The pixels as they stand in the film."""
    said = credits_of(film)
    words = PngInfo()
    for key, text in (("Title", said.title), ("Software", said.maker), ("Scenario", said.scenario)):
        words.add_itxt(key, text)
    Image.fromarray(_pixels(film, shot)[..., :3]).save(path, "PNG", pnginfo=words)


def write_svg(path: Path, film: DrawnFilm, shot: StillRequest) -> None:
    """Curves and letters as paths."""
    if shot.sheet:
        raise OptvizError(Issue("a contact sheet is made of pixels", hint="write it as .png or .pdf"))
    film.save_vector(path, "svg", shot.step)
    drawn = path.read_text(encoding="utf-8")
    path.write_text(_described(drawn, credits_of(film)), encoding="utf-8", newline="\n")


def _described(svg: str, words: Credits) -> str:
    """The picture with a title and a description right after its opening tag, where readers look for them."""
    at = svg.index(">", svg.index("<svg")) + 1
    return f"{svg[:at]}\n<title>{escape(words.title)}</title>\n<desc>{escape(words.as_text())}</desc>{svg[at:]}"


def write_pdf(path: Path, film: DrawnFilm, shot: StillRequest) -> None:
    """One page: curves and letters as such, or a contact sheet in the 256 colours that suit it best."""
    if shot.sheet:
        sheet = Image.fromarray(_pixels(film, shot)[..., :3])
        flat = sheet.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        flat.save(path, "PDF", resolution=200, title=film.title, **UNDATED)
    else:
        film.save_vector(path, "pdf", shot.step)
    _say_in_pdf(path, credits_of(film))


def _say_in_pdf(path: Path, words: Credits) -> None:
    """Append a new document information dictionary (ISO 32000-1, 7.5.6 and 14.3.3)."""
    with path.open("r+b") as file, PdfParser(f=file) as document:
        document.info[b"Title"] = words.title
        document.info[b"Subject"] = words.as_text()
        document.start_writing()
        file.write(b"\n")
        document.write_xref_and_trailer()


def _pixels(film: DrawnFilm, shot: StillRequest) -> Pixels:
    return contact_sheet(film, shot.sheet) if shot.sheet else film.still(shot.step)


def contact_sheet(film: DrawnFilm, count: int) -> Pixels:
    """``count`` moments of the film at equal distances, the first and the last among them, row by row."""
    columns = int(np.ceil(np.sqrt(count)))
    rows = -(-count // columns)
    if max(columns * film.width, rows * film.height) > LARGEST:
        raise OptvizError(Issue(f"a contact sheet of {count} pictures of this size is too large", hint="take fewer"))
    sheet = np.full((rows * film.height, columns * film.width, 4), 255, np.uint8)
    for number, step in enumerate(film.key_steps(count)):
        top, left = (number // columns) * film.height, (number % columns) * film.width
        sheet[top : top + film.height, left : left + film.width] = film.still(step)
    return sheet
