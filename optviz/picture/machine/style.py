"""Keeps the settings of the machine and of the program around out of the pictures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from matplotlib import rc_context, rcParams, rcParamsDefault

# a matplotlibrc, a style or rcParams may change any of these; the backend is left alone, a film needs none
OWN: dict[Any, Any] = {key: value for key, value in rcParamsDefault.items() if key != "backend"}


@contextmanager
def own_style() -> Iterator[None]:
    """Draw in the block with Matplotlib's defaults, whatever a matplotlibrc says; rcParams come back after it."""
    others = {key: value for key, value in OWN.items() if rcParams[key] != value}
    with rc_context(others):  # to set one takes as long as to compare a hundred
        yield
