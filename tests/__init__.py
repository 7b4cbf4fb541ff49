"""How long the tests take: examples of properties, and which cases of a catalogue a quick run tries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# Without a deadline, since a machine may be busy; quick runs try the same examples every time.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", settings.get_profile("untimed"), max_examples=25, derandomize=True)
settings.register_profile("thorough", settings.get_profile("untimed"), max_examples=100)
settings.load_profile("quick")


def few(cases: Iterable[Any], every: int) -> list[Any]:
    """Return the cases of a parametrized test, of which a quick run takes the first and then every ``every``-th."""
    return [case if number % every == 0 else _thorough(case) for number, case in enumerate(cases)]


def _thorough(case: Any) -> Any:
    if hasattr(case, "marks"):  # of pytest.param
        return pytest.param(*case.values, id=case.id, marks=[*case.marks, pytest.mark.thorough])
    return pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=pytest.mark.thorough)
