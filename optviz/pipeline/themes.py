"""Draws one race in several themes: a file each, the theme's name before the suffix."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optviz.scenario import Scenario
    from optviz.scenario.render import ThemeName


def in_themes(paths: Iterable[str], themes: Sequence[ThemeName]) -> Iterator[str]:
    """Yield each path of a picture once for every theme, others as they are: film.gif is film.dark.gif."""
    for path in paths:
        if len(themes) == 1 or not _is_picture(path):
            yield path
        else:
            yield from (str(PurePath(path).with_suffix(f".{theme}{PurePath(path).suffix}")) for theme in themes)


def by_theme(scenario: Scenario, paths: Sequence[str]) -> Iterator[tuple[Scenario, list[str]]]:
    """Yield the scenario in each of its themes with its own among ``paths``, which ``in_themes`` gave.

    What is no picture belongs to the first theme.
    """
    themes = scenario.render.themes
    for number, theme in enumerate(themes):
        render = scenario.render.model_copy(update={"theme": theme})
        own = [
            path
            for path in paths
            if len(themes) == 1
            or (PurePath(path).suffixes[-2:-1] == [f".{theme}"] if _is_picture(path) else not number)
        ]
        yield scenario.model_copy(update={"render": render}), own


def _is_picture(path: str) -> bool:
    from optviz.output import format_of

    return format_of(path).kind != "data"
