"""Lays a banner with mistakes over a picture that was right before."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from optviz.frames import Pixels
from optviz.picture.machine.fonts import UNKNOWN, font, lacking
from optviz.picture.machine.style import own_style

INK, PAPER, EDGE = "#410e0b", "#f9dedc", "#b3261e"
SHARE_OF_HEIGHT = 1 / 36  # that a line of words takes, with the gap below it
LEAST_LINE_PX = 14.0
EM_A_LETTER = 0.58  # mean width in DejaVu Sans, on the wide side
MARGIN_LINES = 0.7
DPI = 72


@own_style()
def with_banner(picture: Pixels, sentences: Sequence[str]) -> Pixels:
    """Return the picture (height, width, 4) with sentences over its upper part; those without room are counted."""
    height, width = picture.shape[:2]
    line = max(LEAST_LINE_PX, height * SHARE_OF_HEIGHT)
    margin, size = MARGIN_LINES * line, line / 1.35
    columns = max(20, int((width - 4 * margin) / (EM_A_LETTER * size)))
    lines = [part for one in sentences for part in textwrap.wrap(_known(one), columns, subsequent_indent="    ")]
    room = max(1, int((height - 4 * margin) / line))
    if len(lines) > room:
        lines = [*lines[: room - 1], f"… {len(lines) - room + 1} more lines"]

    figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI)
    canvas = FigureCanvasAgg(figure)
    figure.figimage(picture, origin="upper")
    figure.text(
        2 * margin / width,
        1 - 2 * margin / height,
        "\n".join(lines),
        va="top",
        color=INK,
        linespacing=1.35 / 1.164,  # DejaVu's own line is 1.164 em
        parse_math=False,
        fontproperties=font(size),
        bbox={"facecolor": PAPER, "edgecolor": EDGE, "boxstyle": f"square,pad={margin / size}"},
    )
    canvas.draw()
    return np.array(canvas.buffer_rgba())


def _known(text: str) -> str:
    """Return the text with ``?`` for letters that the banner's font lacks."""
    return text.translate({ord(letter): UNKNOWN for letter in lacking(text)})
