"""Draws one picture of a race at once, for somebody who waits; the film follows."""

from __future__ import annotations

from optviz.frames import Film, Pixels
from optviz.pipeline.race import Race


def glance(race: Race, step: int | None = None) -> tuple[Film, Pixels]:
    """Return the picture after ``step``, by default the last, and a film of two frames that it is of.

    Names are placed for this picture alone, so they may stand elsewhere in the film.
    """
    from optviz.picture.film import film

    render = race.scenario.render.model_copy(update={"frames": 2, "fps": 1})
    drawn = film(race.result, race.scenario.model_copy(update={"render": render}))
    return drawn, drawn.alone(step)
