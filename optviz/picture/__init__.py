"""How a race is drawn. The only room that imports matplotlib, and that only when a film is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optviz.frames import Film
    from optviz.results import Race

VIEWS = ("curve", "map", "surface", "time", "network")
PANELS = ("loss", "distance", "gradient", "effective_lr", "state", "regret", "ranking", "rates")
THEMES = ("light", "dark", "paper")


def film(race: Race) -> Film:
    """The whole animation of ``race`` as its scenario's ``render`` asks for it; see ``optviz.picture.filming``."""
    from optviz.picture.filming import film as draw

    return draw(race)
