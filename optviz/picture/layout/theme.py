"""Holds colours, markers and sizes. Points (_PT) and design pixels (_PX) are those of 720p; the page scales them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optviz.scenario.models import RacerSpec


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
    racers: tuple[
        str, ...
    ]  # ten: blue, red, green, amber, violet, brown, teal, rose, olive, purple; 3:1 against the land
    line: float = 2.0  # width of trails, in points


LIGHT = Theme(
    page="#ffffff",
    ink="#15181e",
    quiet="#5b6472",
    faint="#e6e9ee",
    land=("#f4f7fb", "#e3eaf3", "#d2dde9", "#c1cfdf", "#b0c1d4"),
    contour="#ffffff",
    curve="#8d99aa",
    racers=tuple("#3352bd #cd0617 #095f36 #795904 #693ff0 #6e2a10 #00717c #9d3762 #626a34 #64085d".split()),
)

DARK = Theme(
    page="#10151b",
    ink="#eef2f6",
    quiet="#98a4b3",
    faint="#242d38",
    land=("#35465c", "#2b3a4d", "#233041", "#1b2633", "#151d27"),
    contour="#46586f",
    curve="#7d8da1",
    racers=tuple("#5994fd #f96228 #a8e5bb #f8ce1e #cea1ca #eda389 #4ae8fe #c87d88 #fdf6a8 #f942d4".split()),
)

PAPER = Theme(  # for print: nothing is filled, the land is thin grey lines
    page="#ffffff",
    ink="#000000",
    quiet="#49515c",
    faint="#e4e7eb",
    land=("#ffffff", "#ffffff"),
    contour="#aab2bd",
    curve="#6b7480",
    racers=tuple("#8780dc #e30f02 #176644 #5e3504 #63298f #ba8558 #04a2ae #8e0657 #787336 #a55b86".split()),
    line=1.3,
)

THEMES = {"light": LIGHT, "dark": DARK, "paper": PAPER}

# One shape a racer, so that one need not tell colours apart; beyond ten, colours and shapes pair differently.
MARKERS = ("o", "s", "D", "^", "v", "P", "X", "p", "h", "*", "<", ">", "d", "8")

TITLE_PT, COUNTER_PT, NAME_PT, LABEL_PT, SMALL_PT = 19.0, 14.5, 11.5, 10.0, 8.5
TAG_PT, CAPTION_PT = 9.0, 12.5
HALO_PT = 1.1  # width of a trail's page-coloured halo on either side
HEAD_PX, BADGE_PX = 5.6, 5.0  # radius of a racer's head, in the view and before its name


# Rules by the number of their colour, the same hue in every theme and film; each of a row has another marker.
_RULES = (
    ("sgd", "schedule_free_sgd", "qhadam"),
    ("momentum", "lion", "signsgd"),
    ("nesterov", "lamb", "adabelief"),
    ("adagrad", "yogi", "adabound"),
    ("rmsprop", "rprop", "adopt", "sam"),
    ("adadelta", "lookahead", "ademamix"),
    ("adam", "adamw", "schedule_free_adamw"),
    ("nadam", "adan", "nadamax"),
    ("adamax", "radam", "prodigy"),
    ("amsgrad", "amsgradw", "amsbound"),
)
RULES = {rule: colour + 10 * round_ for colour, row in enumerate(_RULES) for round_, rule in enumerate(row)}


def identity(index: int) -> tuple[int, str]:
    """Return colour number and marker of the identity at ``index``; no two of the first 40 share both."""
    round_, colour = divmod(index, 10)
    return colour, MARKERS[(colour + 4 * round_) % len(MARKERS)]


def identities(rules: Sequence[str]) -> list[tuple[int, str]]:
    """Return colour number and marker of each racer, by the names of their rules.

    The first of a rule has its rule's colour, unless another rule that shares it came before; the others, and rules
    that are not in the catalogue, take what is free.
    """
    chosen: dict[int, int] = {}
    for racer, rule in enumerate(rules):
        index = RULES.get(rule)
        if index is not None and index % 10 not in {taken % 10 for taken in chosen.values()}:
            chosen[racer] = index
    for racer in range(len(rules)):
        if racer not in chosen:
            chosen[racer] = min(range(40), key=lambda index: _crowding(index, list(chosen.values())))
    return [identity(chosen[racer]) for racer in range(len(rules))]


def paints(racers: Sequence[RacerSpec], theme: Theme) -> list[tuple[str, str]]:
    """Return every racer's colour, as #rrggbb, and marker: its own where the scenario gives it one, else its rule's."""
    looks = identities([racer.rule.kin for racer in racers])
    return [
        (_hex(racer.color) if racer.color else theme.racers[colour], racer.marker or marker)
        for racer, (colour, marker) in zip(racers, looks, strict=True)
    ]


def _hex(colour: str) -> str:
    from matplotlib.colors import to_hex

    return to_hex(colour)


def _crowding(index: int, taken: list[int]) -> tuple[bool, int, int, int]:
    """Return whether it is taken, how often others have its colour, how often its marker, and the index itself."""
    colour, marker = identity(index)
    looks = [identity(other) for other in taken]
    return index in taken, sum(look[0] == colour for look in looks), sum(look[1] == marker for look in looks), index
