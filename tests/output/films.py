"""Films drawn with numpy alone: coloured squares that wander over a flat board with a shaded strip."""

from __future__ import annotations

import io
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field, fields
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from optviz.frames import Box, DrawnFilm, Film, Frame, PagePlan, Pixels
from optviz.output import Progress, write_all
from optviz.output.html import Page

BOARD = (250, 250, 245)
SQUARES = ((214, 39, 40), (31, 119, 180), (44, 160, 44))
SIDE = 8
SCENARIO = """title: "<Squares> & 'friends' – a race"  # ½ of it

steps: 12
"""


def board(width: int, height: int) -> Pixels:
    pixels = np.empty((height, width, 3), dtype=np.uint8)
    pixels[...] = BOARD
    shade = np.linspace(40, 220, width).astype(np.uint8)
    pixels[-8:] = np.stack([shade, shade[::-1], shade], axis=-1)
    return pixels


def square_box(which: int, step: int, width: int, height: int) -> Box:
    left = (which * 29 + 3 * step) % (width - SIDE)
    top = (which * 13 + 2 * step) % (height - 8 - SIDE)
    return Box(top, left, top + SIDE, left + SIDE)


def picture(step: int, width: int, height: int) -> Pixels:
    """What frame ``step`` shows, drawn afresh."""
    pixels = board(width, height)
    for which, colour in enumerate(SQUARES):
        pixels[square_box(which, step, width, height).slices] = colour
    return pixels


def opaque(pixels: Pixels) -> Pixels:
    """As the drawing machine gives them: with alpha, 255 everywhere."""
    return np.concatenate([pixels, np.full_like(pixels[..., :1], 255)], axis=-1)


def wandering(width: int, height: int, frames: int, still: Callable[[int], bool]) -> Generator[Frame, None, None]:
    """Squares that move one place a frame, all in one buffer; frames for which ``still`` holds change nothing."""
    everything = Box(0, 0, height, width)
    pixels = opaque(picture(0, width, height))
    yield Frame(pixels, (everything,))
    step = 0
    for frame in range(1, frames):
        if still(frame):
            yield Frame(pixels, ())
            continue
        old = [square_box(which, step, width, height) for which in range(len(SQUARES))]
        step += 1
        new = [square_box(which, step, width, height) for which in range(len(SQUARES))]
        pixels[..., :3] = picture(step, width, height)
        yield Frame(pixels, (*old, *new))


def excerpt(frames: Iterator[Frame], first: int, end: int) -> Iterator[Frame]:
    for number, frame in enumerate(islice(frames, first, end)):
        everything = Box(0, 0, *frame.pixels.shape[:2])
        yield frame if number else Frame(frame.pixels, (everything,))


def never(frame: int) -> bool:
    return False


@dataclass(frozen=True, kw_only=True)
class Squares(DrawnFilm):
    """The squares as a film; frames for which ``rests`` holds change nothing."""

    rests: Callable[[int], bool] = never

    def draw(self) -> Generator[Frame, None, None]:
        return wandering(self.width, self.height, self.frames, self.rests)

    def part(self, first: int, end: int) -> Iterator[Frame]:
        return excerpt(self.draw(), first, end)

    def samples(self) -> list[Pixels]:
        return [self.still(step) for step in (0, self.frames // 2, self.frames - 1)]

    def still(self, step: int | None) -> Pixels:
        return opaque(picture(self.frames - 1 if step is None else step, self.width, self.height))

    def save_vector(self, path: Path, form: str, step: int | None, *, letters: bool = False) -> None:
        printed(path, form)

    def save_sheet(self, path: Path, steps: Sequence[int], page: PagePlan) -> None:
        printed(path, "pdf")

    def key_steps(self, count: int) -> list[int]:
        return [round(number * (self.frames - 1) / max(count - 1, 1)) for number in range(count)]


def film(
    width: int = 96, height: int = 64, frames: int = 12, fps: int = 25, still: Callable[[int], bool] = never
) -> Squares:
    return Squares(
        width=width,
        height=height,
        fps=fps,
        frames=frames,
        hold=0.5,
        loop=0,
        title="Squares – a race",
        scenario=SCENARIO,
        rests=still,
    )


def page(film: Squares) -> Page:
    """A page with the film's words, and its end as the poster."""
    return Page(film.title, film.scenario, "Squares wander.", {"title": film.title}, "void 0", film.still(None))


@dataclass(frozen=True, kw_only=True)
class Replayed(Squares):
    """A film whose frames and samples come from elsewhere."""

    play: Callable[[], Generator[Frame, None, None]]
    stills: list[Pixels]

    def draw(self) -> Generator[Frame, None, None]:
        return self.play()

    def samples(self) -> list[Pixels]:
        return self.stills


def replayed(
    whole: Film, play: Callable[[], Generator[Frame, None, None]], stills: list[Pixels] | None = None
) -> Replayed:
    """The same film with other frames, and other samples where they are given."""
    facts = {field.name: getattr(whole, field.name) for field in fields(Film)}
    return Replayed(**facts, play=play, stills=whole.samples() if stills is None else stills)


def printed(path: Path, form: str) -> None:
    """The least that is a vector picture."""
    if form == "svg":
        path.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="96" height="64"></svg>\n')
    else:
        page = io.BytesIO()
        Image.new("L", (96, 64)).save(page, "PDF", title="", creationDate=None, modDate=None)
        path.write_bytes(page.getvalue())


def breaking(whole: Film, after: int, error: BaseException) -> Film:
    """The same film, whose drawing fails after some frames."""

    def draw() -> Generator[Frame, None, None]:
        for number, frame in enumerate(whole.draw()):
            if number == after:
                raise error
            yield frame

    return replayed(whole, draw)


def psnr(a: Pixels, b: Pixels) -> float:
    """In decibels, over all channels; infinite for equal pictures."""
    error = np.mean(np.square(a.astype(float) - b.astype(float)))
    return float("inf") if error == 0 else float(10 * np.log10(255**2 / error))


@dataclass
class GifFile:
    """A GIF's blocks, read by the letter of the standard."""

    size: tuple[int, int]
    colours: bytes
    repeats: int | None = None  # of the NETSCAPE block
    comment: str = ""
    delays: list[int] = field(default_factory=list)  # centiseconds
    boxes: list[Box] = field(default_factory=list)
    local_palettes: int = 0


def read_gif(path: Path) -> GifFile:
    data = path.read_bytes()
    assert data[:6] == b"GIF89a"
    assert data[10] == 0xF7  # a global table of 256 colours
    gif = GifFile((_short(data, 6), _short(data, 8)), data[13 : 13 + 768])
    at = 13 + 768
    while data[at : at + 1] != b";":
        at = _read_block(gif, data, at)
    assert at == len(data) - 1
    return gif


def _read_block(gif: GifFile, data: bytes, at: int) -> int:
    kind = data[at : at + 2]
    if kind == b"\x21\xf9":
        gif.delays.append(_short(data, at + 4))
        return at + 8
    if kind == b"\x21\xfe":
        content, end = _sub_blocks(data, at + 2)
        gif.comment = content.decode()
        return end
    if kind == b"\x21\xff":
        assert data[at + 3 : at + 14] == b"NETSCAPE2.0"
        content, end = _sub_blocks(data, at + 14)
        gif.repeats = _short(content, 1)
        return end
    assert data[at : at + 1] == b","
    left, top, width, height = (_short(data, at + 1 + 2 * k) for k in range(4))
    gif.boxes.append(Box(top, left, top + height, left + width))
    gif.local_palettes += data[at + 9] >> 7
    return _sub_blocks(data, at + 11)[1]


def _sub_blocks(data: bytes, at: int) -> tuple[bytes, int]:
    content = b""
    while size := data[at]:
        content += data[at + 1 : at + 1 + size]
        at += 1 + size
    return content, at + 1


def _short(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "little")


X = np.array([[1.0, 0.1], [1 / 3, -2.5e-300], [5e-324, 1.7976931348623157e308]])  # awkward floats


@dataclass(frozen=True)
class Race:
    """Something to export: an Export as far as writers know it."""

    alt_text: str = "Squares – a race. Nobody wins."

    def document(self) -> dict[str, Any]:
        adam = {"label": "Adam, slow", "hyperparameters": {"lr": 0.1, "amsgrad": False}, "diverged_at": None}
        return {
            "scenario": {"title": "Squares – « a race »", "start": [1.0, 0.1], "panels": ["loss"], "noise": None},
            "racers": [adam | {"x": X.tolist(), "f": [0.1, 0.2, None], "state": {"m": X[1:].tolist()}}],
            "ranking": ["Adam, slow"],
        }

    def csv_rows(self) -> Iterator[tuple[object, ...]]:
        yield "racer", "step", "x0", "x1", "gradient"
        for step, x in enumerate(X.tolist()):
            yield "Adam, slow", step, *x, None if step == 0 else 0.1 * step

    def arrays(self) -> dict[str, NDArray[np.float64]]:
        return {"Adam, slow/x": X, "Adam, slow/state/m": X[1:] / 3}


def write_animation(path: Path | str, film: Film, progress: Progress | None = None) -> None:
    """Draw and write one animation."""
    write_all([path], film=film, progress=progress)


def write_data(path: Path | str, export: Any) -> None:
    """Write a race's data file."""
    write_all([path], export=export)
