"""Finds when heads gather, and what a lens would show of them. Pure: numbers in, numbers out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LEAST_FIELD = 3  # racers that must gather, and half of the field
ZOOMS = (3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0, 48.0, 64.0, 100.0)
FILLED_SHARE = 0.72  # of the lens's radius within which heads stay
COARSER = 1.4  # times a shot's own zoom may be what it is seen at, where one place then serves longer
SEARCH_FRAMES = 3  # between two looks for a gathering


@dataclass(frozen=True)
class Shot:
    """What the lens shows from frame ``first`` up to ``end``: these racers, around one place."""

    first: int
    end: int
    members: tuple[int, ...]
    centre: tuple[float, float]  # in pixels of the picture
    zoom: float
    best: float  # zoom that these racers alone would have


def shots_of(heads: Floats, inside: Flags, gathered: float, radius: float, shortest: int) -> list[Shot]:
    """Return when at least half of the field stays gathered for ``shortest`` frames, and who.

    heads: (frames, n, 2). inside: (frames, n) who is in the view. gathered: the diameter of a gathering; radius: of the
    lens; in pixels.
    """
    frames, at = len(heads), 0
    shots: list[Shot] = []
    shortest = min(shortest, frames)
    while at + shortest <= frames:
        end = at + shortest if frames - at >= 2 * shortest else frames
        shot = _shot(heads[at:end], inside[at:end], gathered, radius, at) or _shot(
            heads[at : at + shortest], inside[at : at + shortest], gathered, radius, at
        )
        shots += [shot] if shot else []
        # names that stood at the heads since the start, or since the lens closed, had their time before it opens
        closed = shots[-1].end if shots else 0
        at = shot.end if shot else max(at + SEARCH_FRAMES, closed + shortest)
    return shots


def _shot(heads: Floats, inside: Flags, gathered: float, radius: float, first: int) -> Shot | None:
    """Return the largest group that stays within a circle for all of ``heads``, if it is half of the field."""
    stays = np.asarray(inside.all(axis=0))
    field = int(inside.any(axis=0).sum())
    middles = np.where(stays[:, None], np.nan_to_num(heads).mean(axis=0), np.nan)
    with np.errstate(invalid="ignore"):
        far = np.hypot(*(heads[:, None] - middles[:, None]).transpose(3, 0, 1, 2)).max(axis=0)  # (centre, racer)
    near: Flags = np.array((far <= gathered / 2) & stays)  # who has left is shown at the edge, not where it is
    chosen: Flags = near[near.sum(axis=1).argmax()]
    if chosen.sum() < max(LEAST_FIELD, -(-field // 2)):
        return None
    members = tuple(np.flatnonzero(chosen).tolist())
    window = _window([heads[:, chosen].reshape(-1, 2)], radius)
    return None if window is None else Shot(first, first + len(heads), members, *window, window[1])


def _window(points: list[Floats], radius: float) -> tuple[tuple[float, float], float] | None:
    """Return the middle of places, each (n, 2), and the zoom at which the lens shows them all, if there is one."""
    low, high = (np.array([bound(some, axis=0) for some in points]) for bound in (np.min, np.max))
    centre = (low.min(axis=0) + high.max(axis=0)) / 2
    spread = max(1e-9, *(float(np.hypot(*(some - centre).T).max()) for some in points))
    fitting = [zoom for zoom in ZOOMS if zoom * spread <= FILLED_SHARE * radius]
    return ((float(centre[0]), float(centre[1])), fitting[-1]) if fitting else None


def held(shots: list[Shot], heads: Floats, radius: float) -> list[Shot]:
    """Let shots that follow one another show the same place at the same zoom, as many as that serves.

    What stays costs nothing; but no shot is seen at less than its own zoom over COARSER.
    """
    kept: list[Shot] = []
    group: list[Shot] = []
    for shot in shots:
        wider = _together([*group, shot], heads, radius) if group and group[-1].end == shot.first else None
        if wider is None:
            kept, group, wider = kept + group, [], [shot]
        group = wider
    return kept + group


def _together(shots: list[Shot], heads: Floats, radius: float) -> list[Shot] | None:
    """Return the shots, each with what serves all of them; None where nothing does."""
    window = _window([heads[shot.first : shot.end, shot.members].reshape(-1, 2) for shot in shots], radius)
    if window is None or any(shot.best > COARSER * window[1] for shot in shots):
        return None
    return [replace(shot, centre=window[0], zoom=window[1]) for shot in shots]


def runs_of(shots: list[Shot]) -> Iterator[list[Shot]]:
    """Yield the shots that follow one another without a gap."""
    run: list[Shot] = []
    for shot in shots:
        if run and shot.first != run[-1].end:
            yield run
            run = []
        run.append(shot)
    if run:
        yield run
