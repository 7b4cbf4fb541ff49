"""Foretells what a comparison keeps in memory, and refuses what would not fit."""

from __future__ import annotations

import os

from optviz.errors import Issue, OptvizError
from optviz.pipeline.sizes import format_bytes
from optviz.scenario import Scenario

BYTES_AT_WORK = 64 << 20  # of the runs that are run together
MEMORY_SHARE = 0.5  # of the machine's memory that one command may fill
PER_COORDINATE, PER_STEP = 3, 3  # numbers recorded: x, gradient, effective rate; f, rate, evaluations
MEMORY_BYTES = 8 << 30  # where the system does not tell


def memory_bytes() -> int:
    """Return the memory of this machine."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return MEMORY_BYTES


def room_of(memory: int) -> int:
    """Return the bytes that a command may keep."""
    return int(MEMORY_SHARE * memory) - BYTES_AT_WORK


def refuse_long_paths(scenario: Scenario, dim: int) -> None:
    """Raise OptvizError if the numbers that a race records, of every racer at every step, do not fit."""
    if scenario.starts is not None:
        return  # a swarm's are counted when the scenario is loaded
    a_step = sum(dim * (PER_COORDINATE + racer.rule.state_size) + PER_STEP for racer in scenario.optimizers)
    what = f"{len(scenario.optimizers)} racers of {scenario.steps} steps"
    refuse_more_than(memory_bytes(), 8 * scenario.steps * a_step, what, str(scenario.source or ""), "take fewer steps")


def refuse_more_than(memory: int, need: int, what: str, where: str, hint: str) -> None:
    """Raise OptvizError if ``need`` bytes do not fit; ``what`` needs them, ``hint`` says what would fit."""
    if need > room_of(memory):
        said = f"{what} need about {format_bytes(need)}, more than half of this machine's memory"
        raise OptvizError(Issue(said, hint=hint, where=where))
