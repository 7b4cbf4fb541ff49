"""Writes stills: one moment of a film as PNG, SVG or PDF, or a contact sheet of several; reads their metadata."""

from __future__ import annotations

import re
from math import ceil, sqrt
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
from PIL.PdfParser import PdfFormatError, PdfParser, decode_text
from PIL.PngImagePlugin import PngImageFile

from optviz.errors import Issue, OptvizError
from optviz.frames import DrawnFilm, PagePlan, Pixels, StillRequest
from optviz.output.metadata import PNG_KEYS, Metadata, between, from_text, metadata_of
from optviz.output.png import png_bytes

PAPERS_PT = {"a4": (210 / 25.4 * 72, 297 / 25.4 * 72), "letter": (612.0, 792.0)}  # width, height (ISO 216, ANSI Y14.1)
MARGIN_PT, GAP_PT = 28.0, 10.0  # around the pictures of a page, and between two of them
LEAST_PICTURE_PT = 36.0  # width of a picture on a page


def write_png(path: Path, film: DrawnFilm, request: StillRequest) -> None:
    """Write the pixels of the film, with title, program and scenario as texts."""
    path.write_bytes(png_bytes(_pixels(film, request), film))


def write_svg(path: Path, film: DrawnFilm, request: StillRequest) -> None:
    """Write curves and letters as paths, or letters as text; title and description follow the opening tag."""
    if request.sheet:
        path.write_text(_svg_sheet(path, film, request), encoding="utf-8")
    else:
        film.save_vector(path, "svg", request.step, letters=request.letters)
    svg, said = path.read_text(encoding="utf-8"), metadata_of(film)
    words = f"\n<title>{escape(said.title)}</title>\n<desc>{escape(said.as_text())}</desc>"
    at = svg.index(">", svg.index("<svg")) + 1
    path.write_text(svg[:at] + words + svg[at:], encoding="utf-8", newline="\n")


def write_pdf(path: Path, film: DrawnFilm, request: StillRequest) -> None:
    """Write one page, curves and letters as such: one picture, or a contact sheet that fits the paper."""
    if request.sheet:
        film.save_sheet(path, film.key_steps(request.sheet), page_plan(film, request))
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
    return contact_sheet(film, request.sheet, request.columns) if request.sheet else film.still(request.step)


def page_plan(film: DrawnFilm, request: StillRequest) -> PagePlan:
    """Lay a contact sheet out on its paper, upright or not, in the columns in which the pictures are largest."""
    count, short_and_long = request.sheet, PAPERS_PT[request.paper]
    columns_tried = [request.columns] if request.columns else range(1, count + 1)
    tried = [(page, columns) for page in (short_and_long, short_and_long[::-1]) for columns in columns_tried]

    def scale_of(page: tuple[float, float], columns: int) -> float:
        rows = -(-count // columns)
        across, down = (page[axis] - 2 * MARGIN_PT - GAP_PT * (many - 1) for axis, many in enumerate((columns, rows)))
        return min(across / columns / film.width, down / rows / film.height)

    page, columns = max(tried, key=lambda one: scale_of(*one))
    scale = scale_of(page, columns)
    if scale * film.width < LEAST_PICTURE_PT:
        raise OptvizError(Issue(f"{count} pictures have no room on a page", hint="take fewer"))
    step, rows = (film.width * scale + GAP_PT, film.height * scale + GAP_PT), -(-count // columns)
    left, foot = ((page[axis] - many * step[axis] + GAP_PT) / 2 for axis, many in enumerate((columns, rows)))
    places = ((number % columns, rows - 1 - number // columns) for number in range(count))
    corners = tuple((left + across * step[0], foot + up * step[1]) for across, up in places)
    return PagePlan(page, scale, corners)


def _svg_sheet(path: Path, film: DrawnFilm, request: StillRequest) -> str:
    """Return an SVG in which the pictures of a contact sheet stand in rows."""
    columns = request.columns or ceil(sqrt(request.sheet))
    rows, pictures = -(-request.sheet // columns), []
    for number, step in enumerate(film.key_steps(request.sheet)):
        film.save_vector(path, "svg", step, letters=request.letters)
        svg = path.read_text(encoding="utf-8")
        opening = svg.index("<svg")
        place = f'<svg x="{number % columns * film.width}" y="{number // columns * film.height}" '
        own = re.sub(r' (width|height)="[^"]*"', "", svg[opening + 4 : svg.index(">", opening)])
        pictures.append(f'{place}width="{film.width}" height="{film.height}"{own}{svg[svg.index(">", opening) :]}')
    width, height = columns * film.width, rows * film.height
    sheet = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
    return "\n".join(['<?xml version="1.0" encoding="utf-8"?>', sheet, *pictures, "</svg>", ""])


def contact_sheet(film: DrawnFilm, count: int, columns: int | None = None) -> Pixels:
    """Draw ``count`` moments of the film at equal distances, first and last included, in rows: (height, width, 4)."""
    request = StillRequest(sheet=count, columns=columns)
    request.refuse_too_large(film.width, film.height)
    rows, columns = request.shape()
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
