"""Reads a racer's own colour and marker."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Strict, TypeAdapter

from optviz.errors import did_you_mean
from optviz.scenario.messages import said

MARKERS = ("o", "s", "^", "v", "<", ">", "D", "P", "X", "*")
MARKER_WORDS = {
    "circle": "o",
    "dot": "o",
    "square": "s",
    "triangle": "^",
    "diamond": "D",
    "plus": "P",
    "cross": "X",
    "x": "X",
    "star": "*",
}

# CSS Color Module Level 4, section 6.1, and Matplotlib's letters and tab: colours
_NAMES = """
aliceblue antiquewhite aqua aquamarine azure beige bisque black blanchedalmond blue blueviolet brown burlywood
cadetblue chartreuse chocolate coral cornflowerblue cornsilk crimson cyan darkblue darkcyan darkgoldenrod darkgray
darkgreen darkgrey darkkhaki darkmagenta darkolivegreen darkorange darkorchid darkred darksalmon darkseagreen
darkslateblue darkslategray darkslategrey darkturquoise darkviolet deeppink deepskyblue dimgray dimgrey dodgerblue
firebrick floralwhite forestgreen fuchsia gainsboro ghostwhite gold goldenrod gray green greenyellow grey honeydew
hotpink indianred indigo ivory khaki lavender lavenderblush lawngreen lemonchiffon lightblue lightcoral lightcyan
lightgoldenrodyellow lightgray lightgreen lightgrey lightpink lightsalmon lightseagreen lightskyblue lightslategray
lightslategrey lightsteelblue lightyellow lime limegreen linen magenta maroon mediumaquamarine mediumblue
mediumorchid mediumpurple mediumseagreen mediumslateblue mediumspringgreen mediumturquoise mediumvioletred
midnightblue mintcream mistyrose moccasin navajowhite navy oldlace olive olivedrab orange orangered orchid
palegoldenrod palegreen paleturquoise palevioletred papayawhip peachpuff peru pink plum powderblue purple
rebeccapurple red rosybrown royalblue saddlebrown salmon sandybrown seagreen seashell sienna silver skyblue slateblue
slategray slategrey snow springgreen steelblue tan teal thistle tomato turquoise violet wheat white whitesmoke yellow
yellowgreen b g r c m y k w
tab:blue tab:orange tab:green tab:red tab:purple tab:brown tab:pink tab:gray tab:grey tab:olive tab:cyan
"""
COLOURS = tuple(_NAMES.split())
_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_CYCLE = re.compile(r"C[0-9]+")
_RGB = re.compile(r"rgb\( *(\d{1,3}) *[, ] *(\d{1,3}) *[, ] *(\d{1,3}) *\)")


def colour(value: str) -> str:
    """Return a colour as Matplotlib reads it, from any CSS or Matplotlib colour."""
    text = value.strip()
    if _HEX.fullmatch(text) or _CYCLE.fullmatch(text):
        return text
    if (channels := _RGB.fullmatch(text)) and max(map(int, channels.groups())) <= 255:
        return "#" + "".join(f"{int(channel):02x}" for channel in channels.groups())
    lower = text.lower()
    known = COLOURS if not lower.startswith("xkcd:") else _survey_names()
    if lower in known or _is_grey(text):
        return lower
    near = did_you_mean(lower, known)
    hint = near if near.endswith("?") else 'write a name, such as crimson, or six digits in quotes: "#dc143c"'
    raise ValueError(f"no such colour: {said(value)}", hint)


def marker(value: str) -> str:
    """Return one of the markers."""
    if value in MARKERS:
        return value
    meant = MARKER_WORDS.get(value.strip().lower())
    raise ValueError(
        f"must be one of {' '.join(MARKERS)}, got {said(value)}", f'did you mean "{meant}"?' if meant else ""
    )


def _is_grey(text: str) -> bool:
    """Tell whether it is a grey, from 0 for black to 1."""
    return bool(re.fullmatch(r"[01]|0?\.[0-9]+|[01]\.[0-9]*", text)) and float(text) <= 1


def _survey_names() -> frozenset[str]:
    """Return the names of the xkcd survey, from Matplotlib's file: to import it takes longer than to read it."""
    found = find_spec("matplotlib")
    where = found.submodule_search_locations if found else None
    text = Path(where[0], "_color_data.py").read_text(encoding="utf-8") if where else ""
    found_names = re.findall(r"""'([^']+)': '#|"([^"]+)": '#""", text.partition("XKCD_COLORS")[2])
    return frozenset(f"xkcd:{single or double}" for single, double in found_names)


COLOUR: TypeAdapter[str] = TypeAdapter(Annotated[str, Strict(), AfterValidator(colour)])
MARKER: TypeAdapter[str] = TypeAdapter(Annotated[str, Strict(), AfterValidator(marker)])
