"""Completes words in the shell: scenario files and names of all kinds that begin with what is typed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import get_args

from optviz.pipeline.presets import PRESETS

SUFFIXES = (".yaml", ".yml")


def scenarios(incomplete: str) -> list[str]:
    """Complete scenario files and folders, then names of shipped scenarios."""
    return [*_files(incomplete), *shipped(incomplete)]


def shipped(incomplete: str) -> list[str]:
    """Complete names of shipped scenarios."""
    from optviz.scenario.shipped import shipped_names

    return _starting_with(incomplete, shipped_names())


def optimizers(incomplete: str) -> list[str]:
    """Complete names of optimizers."""
    from optviz.optimizers import OPTIMIZERS

    return _starting_with(incomplete, OPTIMIZERS)


def functions(incomplete: str) -> list[str]:
    """Complete names of test functions."""
    from optviz.problems import FUNCTIONS

    return _starting_with(incomplete, FUNCTIONS)


def origins(incomplete: str) -> list[str]:
    """Complete what ``optviz new --from`` takes: test functions and shipped scenarios."""
    return list(dict.fromkeys([*functions(incomplete), *shipped(incomplete)]))


def explained(incomplete: str) -> list[str]:
    """Complete what ``optviz show`` explains: optimizers and test functions."""
    return [*optimizers(incomplete), *functions(incomplete)]


def themes(incomplete: str) -> list[str]:
    """Complete names of themes."""
    from optviz.scenario.render import ThemeName

    return _starting_with(incomplete, get_args(ThemeName))


def targets(incomplete: str) -> list[str]:
    """Complete target platforms."""
    return _starting_with(incomplete, PRESETS)


def topics(incomplete: str) -> list[str]:
    """Complete pages of the manual."""
    from optviz.cli.manual import TOPICS

    return _starting_with(incomplete, TOPICS)


def _starting_with(incomplete: str, names: Iterable[str]) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]


def _files(incomplete: str) -> Iterator[str]:
    folder, prefix = os.path.split(incomplete)
    try:
        entries = sorted(os.scandir(folder or "."), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if not entry.name.startswith(prefix) or (entry.name.startswith(".") and not prefix):
            continue
        if entry.is_dir():
            yield os.path.join(folder, entry.name) + "/"
        elif entry.name.endswith(SUFFIXES):
            yield os.path.join(folder, entry.name)
