"""The keys of a scenario as Python takes them: types for editors; ``Scenario`` says what each means."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from typing import Any, TypeAlias, TypedDict

Section: TypeAlias = Mapping[str, Any]
Racer: TypeAlias = str | Section | Callable[..., Any] | Mapping[Any, Any]


class Keys(TypedDict, total=False):
    """Keyword arguments of ``build``."""

    title: str
    function: str | Section | Callable[..., Any]
    network: Section
    start: float | str | Sequence[float | str]
    starts: Section | Sequence[Any]
    steps: int
    seed: int
    noise: Section
    common: Section
    optimizers: Sequence[Racer]
    tuning: Section
    league: Section
    finish: Section
    stop: Section
    table: Section
    language: str
    words: Mapping[str, str]
    render: Section
    output: str | PathLike[str] | Sequence[str | PathLike[str]]
