"""How large a film's files will be, from a few short parts of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from optviz.frames import Film, Frame
from optviz.output import write_all

PARTS = 5  # of the film that are written, at equal distances
LENGTH = 5  # frames of each
SECONDS_PER_KEY = {".mp4": 4.0, ".webm": 4.0, ".html": 0.5}  # whole pictures in between; see video.py and page.py


def expected_bytes(film: Film, suffixes: Iterable[str]) -> dict[str, int]:
    """For each suffix of an animation the bytes its file will have, about."""
    wanted = sorted(set(suffixes))
    stills = film.samples()
    lean = replace(film, samples=lambda: stills, hold=0.0)
    if film.frames <= PARTS * LENGTH:
        return _written(lean, wanted)
    starts = [1 + number * (film.frames - LENGTH - 1) // PARTS for number in range(PARTS)]
    first = _written(_joined(lean, [0], 1), wanted)
    jumps = _written(_joined(lean, starts, 1), wanted)
    moves = _written(_joined(lean, starts, LENGTH), wanted)
    growth = {suffix: (moves[suffix] - jumps[suffix]) / (PARTS * (LENGTH - 1)) for suffix in wanted}
    return {
        suffix: round(first[suffix] * _whole_pictures(film, suffix) + growth[suffix] * (film.frames - 1))
        for suffix in wanted
    }


def _joined(film: Film, starts: list[int], length: int) -> Film:
    """Short parts of the film, one after the other."""

    def draw() -> Iterator[Frame]:
        for start in starts:
            yield from film.part(start, start + length)

    return replace(film, draw=draw, frames=len(starts) * length)


def _written(film: Film, suffixes: list[str]) -> dict[str, int]:
    with TemporaryDirectory(prefix="optviz-") as folder:
        paths = {suffix: Path(folder, f"film{suffix}") for suffix in suffixes}
        write_all(list(paths.values()), film=film)
        return {suffix: path.stat().st_size for suffix, path in paths.items()}


def _whole_pictures(film: Film, suffix: str) -> float:
    """How often a format that lets its readers seek writes the picture anew."""
    seconds = film.frames / film.fps + film.hold
    return max(1.0, seconds / SECONDS_PER_KEY[suffix]) if suffix in SECONDS_PER_KEY else 1.0
