"""A race as users hold it: a scenario and its result, which saves and shows itself."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from optviz.engine.export import Export, jsonable
from optviz.engine.result import PODIUM_PLACES, Racer, Result, ResultRow
from optviz.errors import Issue, OptvizError, misfit, told_briefly
from optviz.pipeline.alt_text import alt_text
from optviz.pipeline.files import export_of, save
from optviz.pipeline.notebook import NotebookPage, live_page, mime_bundle
from optviz.problems import Problem
from optviz.scenario import Scenario

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D


@dataclass(frozen=True, repr=False)
class Race:
    """A scenario that was run, and what happened."""

    scenario: Scenario
    result: Result

    def __post_init__(self) -> None:
        """Refuse what ``run`` did not make."""
        if not isinstance(self.result, Result):
            raise misfit("a race holds what came of a scenario", self.result, "optviz.run makes one")

    def __repr__(self) -> str:
        """Return the title and the first places, on a line."""
        rows = self.table()
        places = [f"{row.place_text} {row.label}, {row.said}" for row in rows[:PODIUM_PLACES]]
        more = [f"{len(rows) - PODIUM_PLACES} more"] if len(rows) > PODIUM_PLACES else []
        return f"<Race {self.title!r}: {'; '.join([*places, *more])}>"

    def __getitem__(self, label: str) -> Racer:
        """Return the racer of that label. Raises KeyError naming the nearest one."""
        return self.result[label]

    def __contains__(self, label: object) -> bool:
        """Say whether a racer has that label."""
        return any(racer.label == label for racer in self.racers)

    def __iter__(self) -> Iterator[Racer]:
        """Yield every racer, in the scenario's order."""
        return iter(self.racers)

    def __len__(self) -> int:
        """Count the racers."""
        return len(self.racers)

    @property
    def title(self) -> str:
        """The scenario's title."""
        return self.scenario.title

    @property
    def problem(self) -> Problem:
        """What was minimised."""
        return self.result.problem

    @property
    def racers(self) -> tuple[Racer, ...]:
        """Every racer, in the scenario's order."""
        return self.result.racers

    @property
    def ranking(self) -> tuple[str, ...]:
        """Labels, the first place first; see ``Result.ranking``."""
        return self.result.ranking

    def table(self) -> list[ResultRow]:
        """Return one row per racer, the first place first; ``pandas.DataFrame(race.table())`` takes them as they are.

        place, shared: equal racers share a place. outcome: arrived, stopped, moving or diverged; arrived_at,
        entered_at, diverged_at: steps; stopped_at: where, in a word; said: the outcome in words. f: the last finite
        value, or what ``Result.measure`` names.
        """
        return self.result.table()

    @told_briefly
    def save(self, *paths: str | PurePath) -> None:
        """Write the race as animations, stills or data, as the extensions say; all files appear or none does.

        Raises OptvizError for an unknown extension and for the scenario's own file, OutputError for what is no regular
        file and where the file system refuses.
        """
        if not paths:
            raise OptvizError(Issue("save takes the files to write", hint="such as race.save('race.gif')"))
        for path in paths:
            if not isinstance(path, str | os.PathLike):
                raise misfit("save takes the files to write", path, "such as race.save('race.gif', 'race.json')")
        save([os.path.expanduser(path) for path in paths], self.scenario, self.result)

    def export(self) -> Export:
        """Return what data files hold: ``document()``, ``csv_rows()``, ``arrays()`` and ``alt_text``."""
        return export_of(self.scenario, self.result)

    def to_dict(self) -> dict[str, Any]:
        """Return the content of the .json, ready for ``json.dump``; null stands where a number is not finite."""
        document: dict[str, Any] = jsonable(self.export().document())
        return document

    def arrays(self) -> dict[str, Any]:
        """Return the content of the .npz: NumPy arrays by name, such as ``Adam/x``, (steps + 1, dim)."""
        return self.export().arrays()

    @told_briefly
    def figure(self, step: int | None = None) -> Figure:
        """Return the picture after ``step``, by default the last frame, as a Matplotlib figure, to be saved or changed.

        Words, lines and marks are drawn at the resolution at which it is saved. Raises OptvizError for a step that the
        race does not have.
        """
        from optviz.picture.film import figure

        return figure(self.result, self.scenario, step)

    @told_briefly
    def draw(self, ax: Axes, step: int | None = None) -> dict[str, Line2D]:
        """Draw the race into Matplotlib axes: land, trails, heads and names after ``step``, by default the last one.

        Over a function of one or two variables the axes are its plane, else the steps; limits are set where they hold
        no data yet. Neither rcParams nor what is there already is touched. Return each racer's trail by its label.
        Raises OptvizError for a step that the race does not have.
        """
        from optviz.picture.own_axes import draw_on

        return draw_on(ax, self.result, self.scenario, step)

    def in_words(self) -> str:
        """Describe the animation and its outcome in a paragraph, for readers who cannot see it."""
        return alt_text(self.scenario, self.result)

    def page(self) -> NotebookPage:
        """Return the race as a live page, which a notebook's cell shows: to be played, touched, copied as YAML."""
        return live_page(self.scenario, self.result)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """Return the animation for a notebook, and its description for where there are no pictures."""
        return mime_bundle(self.scenario, self.result)
