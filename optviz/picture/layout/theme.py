"""Holds colours, markers and sizes. Points (_PT) and design pixels (_PX) are those of 720p; the page scales them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Theme:
    """The colours of a picture, as #rrggbb."""

    page: str
    ink: str  # titles, names
    quiet: str  # labels, small print
    faint: str  # grid
    land: tuple[str, ...]  # low to high
    contour: str  # lines between levels
    curve: str  # the function in one dimension
    racers: tuple[str, ...]  # ten, CIEDE2000 at least 10 apart and from the land, whatever one's colour vision
    line: float = 2.0  # width of trails, in points


LIGHT = Theme(
    page="#ffffff",
    ink="#15181e",
    quiet="#5b6472",
    faint="#e6e9ee",
    land=("#f4f7fb", "#e3eaf3", "#d2dde9", "#c1cfdf", "#b0c1d4"),
    contour="#ffffff",
    curve="#8d99aa",
    racers=tuple("#5f71ff #e32f0b #238f69 #dda814 #240ff3 #94001b #46c499 #a479a7 #712e43 #7e5280".split()),
)

DARK = Theme(
    page="#10151b",
    ink="#eef2f6",
    quiet="#98a4b3",
    faint="#242d38",
    land=("#35465c", "#2b3a4d", "#233041", "#1b2633", "#151d27"),
    contour="#46586f",
    curve="#7d8da1",
    racers=tuple("#aba9f7 #f01f5c #77bda7 #fbe2ad #985dff #d2f701 #02faef #9fb60a #428d74 #a37aa1".split()),
)

PAPER = Theme(  # for print: nothing is filled, the land is thin grey lines
    page="#ffffff",
    ink="#000000",
    quiet="#49515c",
    faint="#e4e7eb",
    land=("#ffffff", "#ffffff"),
    contour="#aab2bd",
    curve="#6b7480",
    racers=tuple("#1f3c91 #ea036e #09806c #8f950e #777dff #7a011d #700efd #865f1d #9a74a4 #592444".split()),
    line=1.3,
)

THEMES = {"light": LIGHT, "dark": DARK, "paper": PAPER}

# One shape a racer, so that one need not tell colours apart; beyond ten, colours and shapes pair differently.
MARKERS = ("o", "s", "D", "^", "v", "P", "X", "p", "h", "*", "<", ">", "d", "8")

TITLE_PT, COUNTER_PT, NAME_PT, LABEL_PT, SMALL_PT = 19.0, 14.5, 11.5, 10.0, 8.5
TAG_PT, CAPTION_PT, PROMPT_PT = 9.0, 12.5, 19.0
HALO_PT = 1.1  # width of a trail's page-coloured halo on either side
HEAD_PX, BADGE_PX = 5.6, 5.0  # radius of a racer's head, in the view and before its name


def identity(index: int) -> tuple[int, str]:
    """Return colour number and marker of the racer at ``index``; no two of the first 24 share both."""
    round_, colour = divmod(index, 10)
    return colour, MARKERS[(colour + 4 * round_) % len(MARKERS)]
