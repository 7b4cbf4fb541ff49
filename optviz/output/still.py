"""Stills: one moment of a film as PNG pixels or as a vector picture, and contact sheets for handouts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from optviz.errors import Issue, OptvizError
from optviz.frames import Film, Pixels, Shot

LARGEST = 30_000  # pixels a side of a contact sheet


def write_png(path: Path, film: Film, shot: Shot) -> None:
    """The pixels as they stand in the film, the scenario beside them."""
    words = PngInfo()
    words.add_itxt("Title", film.title)
    words.add_itxt("Scenario", film.scenario)
    Image.fromarray(_pixels(film, shot)[..., :3]).save(path, "PNG", pnginfo=words)


def write_svg(path: Path, film: Film, shot: Shot) -> None:
    """Curves and letters as paths."""
    if shot.sheet:
        raise OptvizError(Issue("a contact sheet is made of pixels", hint="write it as .png or .pdf"))
    film.print(path, "svg", shot.step)


def write_pdf(path: Path, film: Film, shot: Shot) -> None:
    """One page: curves and letters as such, or a contact sheet in the 256 colours that suit it best."""
    if not shot.sheet:
        film.print(path, "pdf", shot.step)
        return
    sheet = Image.fromarray(_pixels(film, shot)[..., :3])
    flat = sheet.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    undated = {"creationDate": None, "modDate": None}
    flat.save(path, "PDF", resolution=200, title=film.title, **undated)


def _pixels(film: Film, shot: Shot) -> Pixels:
    return contact_sheet(film, shot.sheet) if shot.sheet else film.still(shot.step)


def contact_sheet(film: Film, count: int) -> Pixels:
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
