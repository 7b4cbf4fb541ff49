"""The kinds of value that a scenario holds: pydantic's own types, bounded, and a few that take several spellings.

A validator here raises ValueError(message) or ValueError(message, hint); everything that pydantic finds by itself is
put into words in messages.py.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from math import isfinite
from typing import Annotated, Any, Literal, cast, get_args

from pydantic import (
    AfterValidator,
    AllowInfNan,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    TypeAdapter,
    WithJsonSchema,
)

from optviz.errors import OptvizError, did_you_mean, legible
from optviz.formula import evaluate
from optviz.optimizers.parameters import switch
from optviz.scenario.messages import said, spaced
from optviz.words import LONGEST_LABEL

SIZES = {
    "480p": (854, 480),
    "720p": (1280, 720),
    "1080p": (1920, 1080),
    "1440p": (2560, 1440),
    "4k": (3840, 2160),
}
SMALLEST_SIDE_PX, LARGEST_SIDE_PX = 160, 7680
MOST_STARTS, MOST_STARTS_A_SIDE = 10_000, 100
LEAST_GRID, MOST_GRID = 11, 501  # places a side of a landscape
LONGEST_WORDS = 500  # characters of a title or a caption: whole, it is still read
SMALLEST_TEXT, LARGEST_TEXT = 0.5, 3.0  # factors of all words and marks
MOST_PLAYS = 65535  # what a GIF can say
LINE_BREAK = re.compile("\r\n|[\r\u0085\u2028\u2029]")  # of other systems, and Unicode's
_NAME = re.compile(r"[^\W\d]\w+")  # of a catalogue function; one letter is a variable
_SIZE = re.compile(r"([0-9]{1,9}) ?[xX×] ?([0-9]{1,9})")


class Part(BaseModel):
    """A mapping of a scenario file: known keys alone, and nothing changes after it is read."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True, ser_json_inf_nan="constants")

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse another value for a key, in a sentence; private attributes are set."""
        if name in type(self).model_fields:
            raise AttributeError(f"{name}: a scenario stays as it was read; optviz.load and build take other values")
        super().__setattr__(name, value)


def computed(value: object) -> object:
    """Return the number that a text of arithmetic is, such as ``1/3`` or ``2*pi``; anything else as it is."""
    if not isinstance(value, str):
        return value
    try:
        float(value)
    except ValueError:
        with suppress(OptvizError):
            return evaluate(value)
    return value  # a number that YAML read as text stands in quotes: text is meant


def integral(value: object) -> object:
    """Return a whole number such as ``1e3`` or ``10*20`` as an int, anything else as it is."""
    number = computed(value)
    return int(number) if isinstance(number, float) and number.is_integer() else value


def drawable(value: str) -> str:
    """Return a text with the same character for every line break; refuse all other control characters but tabs."""
    value = LINE_BREAK.sub("\n", value)
    if any(not character.isprintable() and character not in "\n\t\u00a0" for character in value):
        raise ValueError(f"holds a character that cannot be drawn: {said(value)}")
    return value


def in_one_line(value: str) -> str:
    """Return a text with a blank for every line break and tab."""
    return re.sub(r" *[\n\t][ \n\t]*", " ", value).strip()


def at_most(longest: int) -> AfterValidator:
    def check(value: str) -> str:
        if len(value) > longest:
            raise ValueError(f"must be at most {longest} characters, got {len(value)}")
        return value

    return AfterValidator(check)


def not_blank(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be empty")
    return value


def point(value: object) -> object:
    """Return the coordinates of ``0.5`` or ``[0.5]``, a point of the line, or ``[x, y]``, one of the plane."""
    if isinstance(value, str) and (two := re.fullmatch(r"\(?([^(),]+), *([^(),]+)\)?", value)):
        hint = f"write [{legible(two[1])}, {legible(two[2])}]"
        raise ValueError(f"must be a number or [x, y], got {said(value)}", hint)
    coordinates = value if isinstance(value, list | tuple) else [value]
    if not 1 <= len(coordinates) <= 2:
        raise ValueError(f"must be a number or [x, y], got {len(coordinates)} numbers")
    return coordinates


def points(value: object) -> object:
    if not isinstance(value, list | tuple):
        raise ValueError(f"must be a list of points, got {said(value)}", "such as [[2, -1]]")
    return value


def rows(value: object) -> object:
    """Return the rows of a list in which one number alone is a row too."""
    if not isinstance(value, list | tuple) or not value:
        raise ValueError(f"must be a list of rows, got {said(value)}", "such as [[0.1, 0], [-0.2, 0.3]]")
    listed = [row if isinstance(row, list | tuple) else [row] for row in value]
    if odd := next((row for row in listed if len(row) != len(listed[0]) or not row), None):
        raise ValueError(f"rows must be equally long, got {said(listed[0])} and {said(odd)}")
    return listed


def points_alone(value: object) -> object:
    """Return ``{points: [[2, -1]]}`` for a list of points, which is short for it."""
    return {"points": value} if isinstance(value, list | tuple) else value


def pair(value: object) -> object:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise ValueError(f"must be [low, high], got {said(value)}")
    return value


def ordered(ends: tuple[float, float]) -> tuple[float, float]:
    """Refuse an interval that is empty or wider than float64 holds."""
    low, high = ends
    if low >= high:
        hint = f"did you mean [{high:g}, {low:g}]?" if low > high else ""
        raise ValueError(f"the low end must lie below the high end, got {said(ends)}", hint)
    if not isfinite(high - low):
        raise ValueError(f"wider than numbers reach, got {said(ends)}")
    return ends


def bounds(value: object) -> object:
    """Refuse what is not one interval for each of one or two coordinates."""
    form = "[[x0, x1]] or [[x0, x1], [y0, y1]]"
    if not isinstance(value, list | tuple) or not 1 <= len(value) <= 2:
        raise ValueError(f"must be {form}, got {said(value)}")
    if not any(isinstance(side, list | tuple) for side in value):
        raise ValueError(f"must be {form}, got {said(value)}", f"did you mean [{said(value)}]?")
    return value


def size(value: object) -> tuple[int, int]:
    """Return width and height in pixels, both even, from a name, ``1280x720`` or ``[1280, 720]``."""
    width, height = _sides(value)
    got = f"got {width}x{height}"
    if not (min(width, height) >= SMALLEST_SIDE_PX and max(width, height) <= LARGEST_SIDE_PX):
        raise ValueError(f"width and height must be {SMALLEST_SIDE_PX} to {LARGEST_SIDE_PX} pixels, {got}")
    if width % 2 or height % 2:
        hint = f"did you mean {width + width % 2}x{height + height % 2}?"
        raise ValueError(f"width and height must be even, {got}", hint)
    return width, height


def _sides(value: object) -> tuple[int, int]:
    if isinstance(value, str) and value.lower() in SIZES:
        return SIZES[value.lower()]
    if isinstance(value, str) and (written := _SIZE.fullmatch(value)):
        return int(written[1]), int(written[2])
    if isinstance(value, list | tuple) and len(value) == 2:
        width, height = map(integral, value)
        if type(width) is int and type(height) is int:
            return width, height
    near = did_you_mean(value, SIZES) if isinstance(value, str) else ""
    if isinstance(value, str) and (lines := re.fullmatch(r"([1-9][0-9]{2,3})p", value)) and not int(lines[1]) % 10:
        near = f"did you mean {round(int(lines[1]) * 8 / 9) * 2}x{lines[1]}?"
    hint = near if near.endswith("?") else "write 1280x720, [1280, 720] or one of " + ", ".join(SIZES)
    raise ValueError(f"no such size: {said(value)}", hint)


def loop(value: object) -> object:
    """Return true, false, or how many times."""
    value = integral(switch(value))
    if isinstance(value, bool) or (isinstance(value, int) and 1 <= value <= MOST_PLAYS):
        return value
    hint = "true plays it for ever" if value in (0, -1, "forever", "infinite", "inf") else ""  # ffmpeg's, Pillow's
    raise ValueError(f"must be true, false or how many times, 1 to {spaced(MOST_PLAYS)}, got {said(value)}", hint)


def function(value: object) -> object:
    """Return ``{name: beale}`` for ``beale`` and ``{formula: x**2}`` for ``x**2``, which are short for them."""
    if not isinstance(value, str):
        return value
    return {"name": value.strip()} if is_function_name(value) else {"formula": value}


def is_function_name(text: str) -> bool:
    """Tell a name, of the catalogue or not, from a formula."""
    return _NAME.fullmatch(text.strip()) is not None


def names(value: object) -> object:
    """Return a list of names; one alone needs no brackets."""
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list | tuple):
        raise ValueError(f"must be a list of names, got {said(value)}")
    return value


def on_one_line(path: str) -> str:
    """Refuse control characters, which a backslash in double quotes makes of a path."""
    if any(character < " " for character in path):
        raise ValueError(f"holds a control character: {said(path)}", "a backslash makes it: use single quotes")
    return path


def from_home(path: str) -> str:
    """Return the path with ``~`` written out, as a shell does for words it sees."""
    return os.path.expanduser(path)


def text_size(value: object) -> object:
    """Return normal, large, or a factor; a flag's is a text."""
    factor = computed(value)
    if isinstance(factor, str):
        with suppress(ValueError):
            factor = float(factor)
    is_number = isinstance(factor, int | float) and not isinstance(factor, bool)
    if value in get_args(TextSize) or (is_number and SMALLEST_TEXT <= cast(float, factor) <= LARGEST_TEXT):
        return float(cast(float, factor)) if is_number else value
    hint = did_you_mean(value, get_args(TextSize)) if isinstance(value, str) else ""
    message = f"must be normal, large or a factor from {SMALLEST_TEXT:g} to {LARGEST_TEXT:g}, got {said(value)}"
    raise ValueError(message, hint if hint.endswith("?") else "")


def empty_mapping(value: object) -> object:
    """Return an empty mapping for a key with nothing after it, or with everything under it commented out."""
    return {} if value is None else value


def empty_list(value: object) -> object:
    """Return an empty list for a key with nothing after it, or with everything under it commented out."""
    return () if value is None else value


def _count_or(words: Any, of: str) -> BeforeValidator:
    """Accept one of a few words, or a count from 1; ``of`` says what is counted."""

    def check(value: object) -> object:
        count = integral(value)
        if value in get_args(words) or (type(count) is int and count >= 1):
            return count
        raise ValueError(f"must be {', '.join(get_args(words))} or a number of {of}, got {said(value)}")

    return BeforeValidator(check, json_schema_input_type=words | Annotated[int, Field(ge=1)])


# Pydantic writes a bound into the schema only where it stands before a validator of ours.
_integral = BeforeValidator(integral)
Whole = Annotated[int, Strict(), _integral]
Step = Annotated[int, Strict(), Field(ge=0), _integral]
Stay = Annotated[int, Strict(), Field(ge=10), _integral]
Count = Annotated[int, Strict(), Field(ge=1), _integral]
StartCount = Annotated[int, Strict(), Field(ge=1, le=MOST_STARTS), _integral]
StartsASide = Annotated[int, Strict(), Field(ge=1, le=MOST_STARTS_A_SIDE), _integral]
GridSide = Annotated[int, Strict(), Field(ge=LEAST_GRID, le=MOST_GRID), _integral]
Number = Annotated[float, Strict(), AllowInfNan(False)]
Positive = Annotated[Number, Field(gt=0)]
NotNegative = Annotated[Number, Field(ge=0)]

Drawable = Annotated[str, Strict(), AfterValidator(drawable), AfterValidator(in_one_line), at_most(LONGEST_WORDS)]
Text = Annotated[str, Strict(), Field(min_length=1), AfterValidator(not_blank), AfterValidator(drawable)]
Path = Annotated[
    str, Strict(), Field(min_length=1), AfterValidator(not_blank), AfterValidator(on_one_line), AfterValidator(drawable)
]
AnyText = Annotated[Text, WithJsonSchema({"type": ["string", "number", "boolean"]})]  # see document.TEXT_KEYS
Words = Annotated[AnyText, AfterValidator(in_one_line), at_most(LONGEST_WORDS)]  # drawn whole
LABEL: TypeAdapter[str] = TypeAdapter(Annotated[Text, AfterValidator(in_one_line), at_most(LONGEST_LABEL)])

Point = Annotated[
    tuple[Number, ...],
    BeforeValidator(
        point, json_schema_input_type=Number | Annotated[tuple[Number, ...], Field(min_length=1, max_length=2)]
    ),
]
Points = Annotated[tuple[Point, ...], BeforeValidator(points)]
Rows = Annotated[
    tuple[tuple[Number, ...], ...],
    BeforeValidator(
        rows,
        json_schema_input_type=Annotated[
            tuple[Number | Annotated[tuple[Number, ...], Field(min_length=1)], ...], Field(min_length=1)
        ],
    ),
]
Interval = Annotated[tuple[Number, Number], BeforeValidator(pair), AfterValidator(ordered)]
Bounds = Annotated[
    tuple[Interval, ...],
    BeforeValidator(bounds, json_schema_input_type=Annotated[tuple[Interval, ...], Field(min_length=1, max_length=2)]),
]

SwitchWord = Literal[True, False, "yes", "no", "on", "off"]
Switch = Annotated[bool, Strict(), BeforeValidator(switch, json_schema_input_type=SwitchWord)]
Loop = Annotated[
    bool | int,
    BeforeValidator(loop, json_schema_input_type=SwitchWord | Annotated[int, Field(ge=1, le=MOST_PLAYS)]),
]
Trail = Annotated[str | int, _count_or(Literal["full", "none"], "steps")]
Batch = Annotated[int | Literal["full"], _count_or(Literal["full"], "samples")]
TextSize = Literal["normal", "large"]
TextFactor = Annotated[
    TextSize | float,
    BeforeValidator(
        text_size, json_schema_input_type=TextSize | Annotated[float, Field(ge=SMALLEST_TEXT, le=LARGEST_TEXT)]
    ),
]
Size = Annotated[
    tuple[int, int],
    BeforeValidator(size),
    WithJsonSchema(
        {
            "anyOf": [
                {"enum": list(SIZES)},
                {"type": "string", "pattern": f"^{_SIZE.pattern}$"},
                {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2},
            ]
        }
    ),
]
