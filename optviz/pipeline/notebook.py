"""Shows a race in a notebook."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

from optviz.engine.result import Result
from optviz.pipeline.alt_text import alt_text
from optviz.pipeline.files import page_within, write
from optviz.scenario import Scenario


def mime_bundle(scenario: Scenario, result: Result) -> dict[str, str]:
    """Return the animation as an image inside HTML, and its description for where there are no pictures."""
    with TemporaryDirectory(prefix="optviz-") as folder:
        path = Path(folder, "race.gif")
        write([str(path)], scenario, result)
        film = base64.b64encode(path.read_bytes()).decode("ascii")
    picture = f'<img src="data:image/gif;base64,{film}" alt="{escape(scenario.title)}" style="max-width: 100%">'
    return {"text/html": picture, "text/plain": alt_text(scenario, result)}


@dataclass(frozen=True)
class NotebookPage:
    """A live page, which a notebook shows inline; ``html`` is its text."""

    title: str
    html: str

    def _repr_html_(self) -> str:
        from optviz.output.html import framed

        return framed(self.html, self.title)


def live_page(scenario: Scenario, result: Result) -> NotebookPage:
    """Return the race's page, without a poster: a notebook that shows it runs it."""
    from optviz.output.html import page_text

    return NotebookPage(scenario.title, page_text(page_within(None, scenario, result)))
