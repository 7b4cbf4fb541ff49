"""Writes stills: one moment of a film as PNG, SVG or PDF, or a contact sheet of several; reads their metadata."""

from __future__ import annotations

from dataclasses import astuple
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
from PIL import Image
from PIL.PdfParser import PdfFormatError, PdfParser, decode_text
from PIL.PngImagePlugin import PngImageFile, PngInfo

from optviz.errors import Issue, OptvizError
from optviz.frames import DrawnFilm, Pixels, StillRequest
from optviz.output.metadata import PNG_KEYS, Metadata, between, from_text, metadata_of

LARGEST_SIDE_PX = 30_000  # of a contact sheet
UNDATED = {"creationDate": None, "modDate": None}  # equal stills have equal bytes


def write_png(path: Path, film: DrawnFilm, request: StillRequest) -> None:
    """Write the pixels of the film, with title, program and scenario as texts."""
    texts = PngInfo()
    for key, text in zip(PNG_KEYS, astuple(metadata_of(film)), strict=True):
        texts.add_itxt(key, text)
    Image.fromarray(_pixels(film, request)[..., :3]).save(path, "PNG", pnginfo=texts)


def write_svg(path: Path, film: DrawnFilm, request: StillRequest) -> None:
    """Write curves and letters as paths; title and description follow the opening tag, where readers look for them."""
    if request.sheet:
        raise OptvizError(Issue("a contact sheet is made of pixels", hint="write it as .png or .pdf"))
    film.save_vector(path, "svg", request.step)
    svg, said = path.read_text(encoding="utf-8"), metadata_of(film)
    words = f"\n<title>{escape(said.title)}</title>\n<desc>{escape(said.as_text())}</desc>"
    at = svg.index(">", svg.index("<svg")) + 1
    path.write_text(svg[:at] + words + svg[at:], encoding="utf-8", newline="\n")


def write_pdf(path: Path, film: DrawnFilm, request: StillRequest) -> None:
    """Write one page: curves and letters as such, or a contact sheet in the 256 colours that suit it best."""
    if request.sheet:
        sheet = Image.fromarray(_pixels(film, request)[..., :3])
        flat = sheet.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        flat.save(path, "PDF", resolution=200, title=film.title, **UNDATED)
    else:
        film.save_vector(path, "pdf", request.step)
    said = metadata_of(film)
    # append a new document information dictionary (ISO 32000-1, 7.5.6 and 14.3.3)
    with path.open("r+b") as file, PdfParser(f=file) as document:
        document.info[b"Title"] = said.title
        document.info[b"Subject"] = said.as_text()
        document.start_writing()
        file.write(b"\n")
        document.write_xref_and_trailer()


def _pixels(film: DrawnFilm, request: StillRequest) -> Pixels:
    return contact_sheet(film, request.sheet) if request.sheet else film.still(request.step)


def contact_sheet(film: DrawnFilm, count: int) -> Pixels:
    """Draw ``count`` moments of the film at equal distances, first and last included, in rows: (height, width, 4)."""
    columns = int(np.ceil(np.sqrt(count)))
    rows = -(-count // columns)
    if max(columns * film.width, rows * film.height) > LARGEST_SIDE_PX:
        raise OptvizError(Issue(f"a contact sheet of {count} pictures of this size is too large", hint="take fewer"))
    sheet = np.full((rows * film.height, columns * film.width, 4), 255, np.uint8)
    for number, step in enumerate(film.key_steps(count)):
        top, left = (number // columns) * film.height, (number % columns) * film.width
        sheet[top : top + film.height, left : left + film.width] = film.still(step)
    return sheet


def read_png(path: Path) -> Metadata:
    """Read the texts of a PNG or APNG file."""
    with path.open("rb") as file, PngImageFile(file) as image:  # Image.open refuses large sheets, which are not decoded
        return Metadata(*(str(image.info.get(key, "")) for key in PNG_KEYS))


def read_svg(path: Path) -> Metadata:
    """Read the picture's description."""
    return from_text(between(path.read_text(encoding="utf-8"), "<desc>", "</desc>"))


def read_pdf(path: Path) -> Metadata:
    """Read the subject in the document information dictionary."""
    try:
        with PdfParser(str(path)) as document:
            return from_text(decode_text(document.info.get(b"Subject", b"")))
    except PdfFormatError as error:
        raise ValueError(str(error)) from error
