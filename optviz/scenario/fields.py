"""The kinds of value a scenario holds, each with what it accepts and what it says to anything else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from math import isfinite
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator

from optviz.errors import did_you_mean
from optviz.scenario.messages import said

SIZES = {
    "480p": (854, 480),
    "720p": (1280, 720),
    "1080p": (1920, 1080),
    "1440p": (2560, 1440),
    "4k": (3840, 2160),
}
_SIZE_HINT = "write 1280x720, [1280, 720] or one of " + ", ".join(SIZES)
SMALLEST_SIDE_PX, LARGEST_SIDE_PX = 160, 7680


def whole(value: object) -> int:
    """A whole number; ``1e3`` is one."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"must be a whole number, got {said(value)}")
    return value


def number(value: object) -> float:
    """A finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"must be a number, got {said(value)}")
    try:
        if isfinite(value):
            return float(value)
    except OverflowError:
        pass  # a whole number beyond the float64 range: not finite either
    raise ValueError(f"must be a finite number, got {said(value)}")


def text(value: object) -> str:
    """Something to read: not empty, no control characters but line breaks."""
    if not isinstance(value, str):
        raise ValueError(f"must be text, got {said(value)}", "put it in quotes")
    if not value.strip():
        raise ValueError("must not be empty")
    if any(not character.isprintable() and character not in "\n\t\u00a0" for character in value):
        raise ValueError(f"holds a character that cannot be drawn: {said(value)}")
    return value


def text_or_nothing(value: object) -> str:
    return "" if value == "" else text(value)


def at_least(low: float) -> Callable[[Any], Any]:
    def check(value: float) -> float:
        if value < low:
            raise ValueError(f"must be at least {_spaced(low)}, got {said(value)}")
        return value

    return check


def between(low: float, high: float) -> Callable[[Any], Any]:
    def check(value: float) -> float:
        if not low <= value <= high:
            raise ValueError(f"must be {_spaced(low)} to {_spaced(high)}, got {said(value)}")
        return value

    return check


def positive(value: float) -> float:
    if value <= 0:
        raise ValueError(f"must be greater than 0, got {said(value)}")
    return value


def _spaced(bound: float) -> str:
    return f"{bound:,}".replace(",", " ")


def one_of(kind: str, allowed: Iterable[str]) -> Callable[[object], object]:
    """One of a few names; ``kind`` is the word for such a thing."""
    names = tuple(allowed)

    def check(value: object) -> object:
        if value not in names:
            hint = did_you_mean(value, names) if isinstance(value, str) else "allowed: " + ", ".join(names)
            raise ValueError(f"no such {kind}: {said(value)}", hint)
        return value

    return check


def point(value: object) -> object:
    """``0.5`` and ``[0.5]`` are the same point of the line; ``[x, y]`` is one of the plane."""
    coordinates = value if isinstance(value, list | tuple) else [value]
    if not 1 <= len(coordinates) <= 2:
        raise ValueError(f"must be a number or [x, y], got {len(coordinates)} numbers")
    return coordinates


def points(value: object) -> object:
    if not isinstance(value, list | tuple):
        raise ValueError(f"must be a list of points, got {said(value)}", "such as [[2, -1]]")
    return value


def interval(value: object) -> tuple[float, float]:
    """``[low, high]``"""
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise ValueError(f"must be [low, high], got {said(value)}")
    low, high = number(value[0]), number(value[1])
    if low >= high:
        raise ValueError(f"the low end must lie below the high end, got {said(value)}", _swapped(low, high))
    if not isfinite(high - low):
        raise ValueError(f"wider than numbers reach, got {said(value)}")
    return low, high


def _swapped(low: float, high: float) -> str:
    return f"did you mean [{high:g}, {low:g}]?" if low > high else ""


def box(value: object) -> object:
    """One interval for each coordinate."""
    form = "[[x0, x1]] or [[x0, x1], [y0, y1]]"
    if not isinstance(value, list | tuple) or not 1 <= len(value) <= 2:
        raise ValueError(f"must be {form}, got {said(value)}")
    if not any(isinstance(side, list | tuple) for side in value):
        raise ValueError(f"must be {form}, got {said(value)}", f"did you mean [{said(value)}]?")
    return value


def size(value: object) -> tuple[int, int]:
    """Width and height in pixels, both even."""
    width, height = _size_of(value)
    for side in (width, height):
        if not SMALLEST_SIDE_PX <= side <= LARGEST_SIDE_PX:
            raise ValueError(
                f"width and height must be {SMALLEST_SIDE_PX} to {LARGEST_SIDE_PX} pixels, got {width}x{height}"
            )
    if width % 2 or height % 2:
        hint = f"did you mean {width + width % 2}x{height + height % 2}?"
        raise ValueError(f"width and height must be even, got {width}x{height}", hint)
    return width, height


def _size_of(value: object) -> tuple[int, int]:
    if isinstance(value, str):
        written = re.fullmatch(r"([0-9]{1,9}) ?[xX×] ?([0-9]{1,9})", value)
        if written:
            return int(written[1]), int(written[2])
        if value.lower() in SIZES:
            return SIZES[value.lower()]
    elif isinstance(value, list | tuple) and len(value) == 2:
        return whole(value[0]), whole(value[1])
    near = did_you_mean(str(value), SIZES)
    raise ValueError(f"no such size: {said(value)}", near if near.endswith("?") else _SIZE_HINT)


def trail(value: object) -> object:
    """``full``, ``none``, or how many steps stay visible."""
    if value in ("full", "none"):
        return value
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"must be full, none or a number of steps, got {said(value)}")
    return value


def batch(value: object) -> object:
    """``full``, or how many samples."""
    if value == "full":
        return value
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"must be full or a number of samples, got {said(value)}")
    return value


def loop(value: object) -> object:
    """``true``, ``false``, or how many times."""
    if isinstance(value, bool):
        return value
    if not isinstance(value, int) or not 1 <= value <= 65535:  # what a GIF can say
        raise ValueError(f"must be true, false or how many times, 1 to 65 535, got {said(value)}")
    return value


def names(value: object) -> object:
    """A list of names; one alone needs no brackets."""
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list | tuple):
        raise ValueError(f"must be a list of names, got {said(value)}")
    return value


def left_out(value: object) -> object:
    """A key with nothing after it, or with everything under it commented out, is as good as left out."""
    return {} if value is None else value


Whole = Annotated[int, BeforeValidator(whole)]
Number = Annotated[float, BeforeValidator(number)]
Text = Annotated[str, BeforeValidator(text)]
Point = Annotated[tuple[Number, ...], BeforeValidator(point)]
Points = Annotated[tuple[Point, ...], BeforeValidator(points)]
Interval = Annotated[tuple[float, float], BeforeValidator(interval)]
Box = Annotated[tuple[Interval, ...], BeforeValidator(box)]
Step = Annotated[Whole, AfterValidator(at_least(0))]
Positive = Annotated[Number, AfterValidator(positive)]
NotNegative = Annotated[Number, AfterValidator(at_least(0))]
Size = Annotated[tuple[int, int], BeforeValidator(size)]
Trail = Annotated[str | int, BeforeValidator(trail)]
Batch = Annotated[int | Literal["full"], BeforeValidator(batch)]
Loop = Annotated[bool | int, BeforeValidator(loop)]
