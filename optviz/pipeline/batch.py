"""Renders several scenarios at once; one that fails does not stop the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from optviz.errors import CANNOT_WRITE, Issue
from optviz.output import format_of
from optviz.picture.views import module_of
from optviz.pipeline.executor import Began, Ended, Executor, Lost, ProcessExecutor, Send
from optviz.pipeline.render import FileOptions, Listener, Rendered, attempt, render

if TYPE_CHECKING:
    from optviz.scenario import Scenario


def render_all(
    scenarios: Mapping[str, Scenario],
    listeners: Sequence[Listener],
    at_once: int,
    options: FileOptions | None = None,
    executor: Executor | None = None,
) -> dict[str, Rendered]:
    """Render every scenario, ``at_once`` at a time, and return what came of each, failures included.

    listeners: one for each. options: how all files are written. executor: what runs them; None for processes of this
    machine. Whatever ends this early, Ctrl-C included, ends all jobs, and their unfinished files are removed.
    """
    listener_of = dict(zip(scenarios, listeners, strict=True))
    executor = executor or ProcessExecutor(at_once, preload_for(scenarios.values()))
    results: dict[str, Rendered] = {}
    with closing(executor):
        for name, scenario in scenarios.items():
            executor.submit(name, partial(_render_job, name, scenario, options or FileOptions()))
        for event in executor.events():
            name, listener = event.key, listener_of[event.key]
            if isinstance(event, Began):
                listener.stage("starting")
            elif isinstance(event, Ended):
                results[name] = event.result
                listener.stage("")
            elif isinstance(event, Lost):
                results[name] = Rendered(name, issues=(Issue(event.reason, where=name),), exit_code=CANNOT_WRITE)
                listener.stage("")
            elif isinstance(event.message, str):
                listener.stage(event.message)
            else:
                listener.count(*event.message)
    return {name: results[name] for name in scenarios}


def preload_for(scenarios: Iterable[Scenario]) -> list[str]:
    """Return the modules that rendering these scenarios imports, found from their views and formats."""
    forms = {path: format_of(path) for scenario in scenarios for path in scenario.output}
    drawn = [one for one in scenarios if any(forms[path].kind != "data" for path in one.output)]
    drawing = ["optviz.picture.film", *sorted({module_of(one.render.view) for one in drawn})] if drawn else []
    return ["optviz.pipeline.render", *drawing, *sorted({form.module for form in forms.values()})]


@dataclass(frozen=True)
class _Sender:
    """A listener that sends each stage as a text, each frame as (done, total)."""

    send: Send

    def stage(self, stage: str) -> None:
        self.send(stage)

    def count(self, done: int, total: int) -> None:
        self.send((done, total))


def _render_job(name: str, scenario: Scenario, options: FileOptions, send: Send) -> Rendered:
    return attempt(name, lambda: render(scenario, _Sender(send), name, options))
