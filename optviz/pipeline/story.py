"""Tells a race by its events: the captions that it makes itself, and where the film slows down."""

from __future__ import annotations

from itertools import groupby
from math import ceil

from optviz.engine.events import Event, events_of
from optviz.engine.result import Result
from optviz.scenario import Scenario
from optviz.scenario.render import Caption, Pace, Render, Stretch
from optviz.words import Words

READ_S = 2.5  # that a caption stays
MOST_IN_ONE = 2  # events that one caption tells
SLOW, AROUND_SHARE = 0.35, 0.025  # times as fast around an event, up to that share of the steps on either side


def with_story(scenario: Scenario, result: Result) -> Scenario:
    """Return the scenario with what its race fills in: ``captions: auto`` and ``pace: story``."""
    render = scenario.render
    if render.captions != "auto" and render.pace != "story":
        return scenario
    events = events_of(result)
    pace = _stretches(events, result.steps) if render.pace == "story" else render.pace
    render = render.model_copy(update={"pace": pace})
    if render.captions == "auto":
        render = render.model_copy(update={"captions": _captions(events, render, scenario.say, result)})
    return scenario.model_copy(update={"render": render})


def _captions(events: tuple[Event, ...], render: Render, say: Words, result: Result) -> tuple[Caption, ...]:
    """Return a caption from each event on; one that is still being read stays before it."""
    least = _steps_to_read(render, result.steps)
    captions: list[Caption] = []
    told: list[Event] = []
    for step, some in groupby(events, key=lambda event: event.step):
        told = [*(event for event in told if step < event.step + least), *list(some)[:MOST_IN_ONE]][-MOST_IN_ONE:]
        text = "; ".join(event.in_words(result, say) for event in told)
        captions.append(Caption(at=step, until=step + least if step + least < result.steps else None, text=text))
    return tuple(captions)


def _steps_to_read(render: Render, steps: int) -> int:
    """Return how many steps pass while a caption is read, where no stretch says how fast they go."""
    stretches = () if isinstance(render.pace, str) else render.pace
    spent = steps + sum((one.to - one.begin) * (1 / one.speed - 1) for one in stretches)
    return max(1, ceil(spent * READ_S * render.fps / render.frames))


def _stretches(events: tuple[Event, ...], steps: int) -> Pace:
    """Return the stretches around events at which the film is slow; an even pace where nothing happens."""
    around = max(1, round(AROUND_SHARE * steps))
    spans: list[tuple[int, int]] = []
    for event in events:
        begin, end = max(0, event.step - around), min(steps, event.step + around)
        if spans and begin <= spans[-1][1]:
            begin = spans.pop()[0]
        spans.append((begin, end))
    slow = tuple(Stretch.model_validate({"from": begin, "to": end, "speed": SLOW}) for begin, end in spans)
    return slow or "linear"
