"""Catalogues name what they hold as "module:name", so that it is imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def imported(package: str, place: str) -> Any:
    """What "module:name" inside ``package`` stands for."""
    module, name = place.split(":")
    return getattr(import_module(f"{package}.{module}"), name)
