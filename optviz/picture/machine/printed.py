"""Prints several moments of a board on one page of a PDF, reduced but not rastered."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.artist import Artist
from matplotlib.backends.backend_pdf import GraphicsContextPdf, Op
from matplotlib.figure import Figure

from optviz.frames import PagePlan
from optviz.picture.frame_state import FrameState
from optviz.picture.machine.board import Board
from optviz.picture.machine.thinned import thinned

POINTS = 72  # in an inch
TOLERANCE_PT = 0.05  # of contours on the page


def save_sheet(path: Path, board: Board, moments: Sequence[FrameState], page: PagePlan) -> None:
    """Write moments on a page; the same bytes for the same pictures."""
    sheet = Figure(figsize=(page.size[0] / POINTS, page.size[1] / POINTS))
    for moment, corner in zip(moments, page.corners, strict=True):
        sheet.add_artist(Reduced(board, moment, corner, page.scale))
    with rc_context({"pdf.fonttype": 42}):
        held = io.BytesIO()  # see Board.save_vector
        sheet.savefig(held, format="pdf", metadata={"CreationDate": None})
    path.write_bytes(held.getvalue())


class Reduced(Artist):
    """A moment of a board at a corner of a page, ``scale`` points for each of its pixels."""

    def __init__(self, board: Board, moment: FrameState, corner: tuple[float, float], scale: float) -> None:
        super().__init__()
        self.board, self.moment, self.corner, self.scale = board, moment, corner, scale

    def draw(self, renderer: Any) -> None:
        """Draw the board's figure in a coordinate system of its own (ISO 32000-1, 8.3.4)."""
        file, state = renderer.file, GraphicsContextPdf(renderer.file)
        state.copy_properties(renderer.gc)
        with self.board.showing(self.moment) as figure:
            dpi, reduction = figure.dpi, self.scale * figure.dpi / POINTS
            file.output(Op.gsave, reduction, 0, 0, reduction, *self.corner, Op.concat_matrix)
            try:
                figure.dpi = POINTS  # as Matplotlib has it while it writes a PDF
                with thinned(figure, TOLERANCE_PT / reduction):
                    figure.draw(renderer)
            finally:
                figure.dpi = dpi
        file.output(*renderer.gc.finalize(), Op.grestore)
        renderer.gc.copy_properties(state)  # colours and widths are those of before, as in the file
