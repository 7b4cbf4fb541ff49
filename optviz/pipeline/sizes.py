"""Sizes in bytes as text, and the sides of a picture in pixels."""

from __future__ import annotations

import re

from optviz.errors import Issue, OptvizError

UNITS = {"": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30}


def parse_bytes(text: str) -> int:
    """Return ``10MB`` or ``1.5 MiB`` in bytes. Raises OptvizError."""
    found = re.fullmatch(r"\s*([0-9]*\.?[0-9]+)\s*([a-z]*)\s*", text.lower())
    if not found or found[2] not in UNITS or not (size := int(float(found[1]) * UNITS[found[2]])):
        raise OptvizError(Issue("is no size", hint="write it as 10MB, 800kB or 2.5MiB", where=f"--max-size {text}"))
    return size


def format_bytes(count: int) -> str:
    """Return ``32 GB``, ``1.3 MB``, ``800 kB`` or ``12 bytes``."""
    if count >= 1e9:
        return f"{count / 1e9:.0f} GB" if count >= 1e10 else f"{count / 1e9:.1f} GB"
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB" if count >= 1e3 else f"{count} bytes"
