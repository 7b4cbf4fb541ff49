"""How large a film's files will be, from a few short parts of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from tempfile import TemporaryDirectory

from optviz.frames import DrawnFilm, Film, Frame, Pixels
from optviz.output import write_all

PARTS = 5  # of the film that are written, at equal distances
LENGTH = 5  # frames of each
SECONDS_PER_KEY = {".mp4": 4.0, ".webm": 4.0, ".html": 0.5}  # whole pictures in between; see video.py and page.py


def expected_bytes(film: DrawnFilm, suffixes: Iterable[str]) -> dict[str, int]:
    """Estimate for each suffix of an animation the bytes of its file."""
    wanted, stills = sorted(set(suffixes)), film.samples()

    def written(starts: list[int], length: int) -> dict[str, int]:
        facts = {field.name: getattr(film, field.name) for field in fields(Film)}
        facts |= {"frames": len(starts) * length, "hold": 0.0}
        return _written(Excerpt(**facts, whole=film, stills=stills, starts=starts, length=length), wanted)

    if film.frames <= PARTS * LENGTH:
        return written([0], film.frames)
    starts = [1 + number * (film.frames - LENGTH - 1) // PARTS for number in range(PARTS)]
    first, jumps, moves = written([0], 1), written(starts, 1), written(starts, LENGTH)
    growth = {suffix: (moves[suffix] - jumps[suffix]) / (PARTS * (LENGTH - 1)) for suffix in wanted}
    return {
        suffix: round(first[suffix] * _whole_pictures(film, suffix) + growth[suffix] * (film.frames - 1))
        for suffix in wanted
    }


@dataclass(frozen=True, kw_only=True)
class Excerpt(Film):
    """Short parts of a film, one after the other."""

    whole: DrawnFilm
    stills: list[Pixels]
    starts: list[int]
    length: int  # frames of each part

    def draw(self) -> Iterator[Frame]:
        """Yield the frames of every part, the first of each whole."""
        for start in self.starts:
            yield from self.whole.part(start, start + self.length)

    def samples(self) -> list[Pixels]:
        """Return the whole film's samples."""
        return self.stills


def _written(film: Film, suffixes: list[str]) -> dict[str, int]:
    with TemporaryDirectory(prefix="optviz-") as folder:
        paths = {suffix: Path(folder, f"film{suffix}") for suffix in suffixes}
        write_all(list(paths.values()), film=film)
        return {suffix: path.stat().st_size for suffix, path in paths.items()}


def _whole_pictures(film: Film, suffix: str) -> float:
    """How often a format that lets its readers seek writes the picture anew."""
    seconds = film.frames / film.fps + film.hold
    return max(1.0, seconds / SECONDS_PER_KEY[suffix]) if suffix in SECONDS_PER_KEY else 1.0
