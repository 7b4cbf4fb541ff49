"""Which cases of a catalogue a quick run of the tests tries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def few(cases: Iterable[Any], every: int) -> list[Any]:
    """Return the cases of a parametrized test, of which a quick run takes the first and then every ``every``-th."""
    return [case if number % every == 0 else _thorough(case) for number, case in enumerate(cases)]


def _thorough(case: Any) -> Any:
    import pytest  # which the benchmarks, of this package too, do without

    if hasattr(case, "marks"):  # of pytest.param
        return pytest.param(*case.values, id=case.id, marks=[*case.marks, pytest.mark.thorough])
    return pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=pytest.mark.thorough)
