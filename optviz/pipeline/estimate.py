"""Estimates the sizes of a film's files by writing a few short parts of it."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from tempfile import TemporaryDirectory

from optviz.frames import DrawnFilm, Film, Frame, Pixels
from optviz.output import FORMATS, write_all
from optviz.signals import doomed

PARTS = 5  # parts of the film that are written, at equal distances
FRAMES_PER_PART = 5


def expected_bytes(film: DrawnFilm, suffixes: Iterable[str]) -> dict[str, int]:
    """Estimate for each suffix of an animation the bytes of its file."""
    wanted, stills = sorted(set(suffixes)), film.samples()

    def written(starts: list[int], length: int) -> dict[str, int]:
        facts = {field.name: getattr(film, field.name) for field in fields(Film)}
        facts |= {"frames": len(starts) * length, "hold": 0.0}
        excerpt = Excerpt(**facts, whole=film, stills=stills, starts=starts, length=length)
        with TemporaryDirectory(prefix="optviz-") as folder, doomed(folder):
            paths = {suffix: Path(folder, f"film{suffix}") for suffix in wanted}
            write_all(list(paths.values()), film=excerpt)
            return {suffix: path.stat().st_size for suffix, path in paths.items()}

    if film.frames <= PARTS * FRAMES_PER_PART:
        return written([0], film.frames)
    starts = [1 + number * (film.frames - FRAMES_PER_PART - 1) // PARTS for number in range(PARTS)]
    first, jumps, moves = written([0], 1), written(starts, 1), written(starts, FRAMES_PER_PART)
    seconds = film.frames / film.fps + film.hold
    sizes = {}
    for suffix in wanted:
        whole_pictures = max(1.0, seconds / FORMATS[suffix].seconds_per_key)
        growth = (moves[suffix] - jumps[suffix]) / (PARTS * (FRAMES_PER_PART - 1))
        sizes[suffix] = round(first[suffix] * whole_pictures + growth * (film.frames - 1))
    return sizes


@dataclass(frozen=True, kw_only=True)
class Excerpt(Film):
    """Short parts of a film, one after the other."""

    whole: DrawnFilm
    stills: list[Pixels]
    starts: list[int]
    length: int  # frames of each part

    def draw(self) -> Generator[Frame, None, None]:
        """Yield the frames of every part, the first of each whole."""
        for start in self.starts:
            yield from self.whole.part(start, start + self.length)

    def samples(self) -> list[Pixels]:
        """Return the whole film's samples."""
        return self.stills
