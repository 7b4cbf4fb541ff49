"""Tunes a scenario's racers before they race: the same trials, starts and gradients for each."""

from __future__ import annotations

from collections.abc import Callable

from optviz.engine.tuning import Tuning, search, widened
from optviz.pipeline.settle import settle
from optviz.scenario import Scenario
from optviz.scenario.models import TuningSettings

MOST_WIDENINGS = 8  # decades that a range may gain at an end; then a best value at its edge is told as such
Progress = Callable[[int, int], None]


def tune(scenario: Scenario, progress: Progress | None = None, *, widen: bool = False) -> dict[str, Tuning]:
    """Search the ranges of every racer that has some; return the trials by label.

    widen: ranges in whose outer 5 % a racer's best lies gain a decade there for everyone, and all are searched again.
    Raises OptvizError.
    """
    rules = {racer.label: racer.rule for racer in scenario.optimizers if racer.rule.ranges}
    if not rules:
        return {}
    settled, settings = settle(scenario), scenario.tuning or TuningSettings()
    courses = list(settled.courses(settings.starts or scenario.starts, settings.seeds))

    def searched() -> dict[str, Tuning]:
        found = {}
        for number, (label, rule) in enumerate(rules.items(), 1):
            found[label] = search(rule, courses, settled.finish, settings.trials, settings.metric)
            if progress is not None:
                progress(number, len(rules))
        return found

    tunings = searched()
    for _ in range(MOST_WIDENINGS if widen else 0):
        if not any(one.edges for one in tunings.values()):
            break
        rules = dict(zip(rules, widened(list(tunings.values())), strict=True))
        tunings = searched()
    return tunings
