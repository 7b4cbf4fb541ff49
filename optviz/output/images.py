"""What writers of a file of images share, beside what their formats are: GIF, APNG, WebP."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, BinaryIO

import numpy as np

from optviz.frames import Frame
from optviz.output.patches import Canvas, Patch
from optviz.output.timing import Cutter
from optviz.parallel import Background


class ImagesWriter:
    """A file whose images are coded in threads while the next frame is drawn."""

    _file: BinaryIO
    _background: Background[Any]

    def close(self) -> None:
        """Let go of the file, whole or not."""
        self._background.close()
        with suppress(OSError):  # what is still to be written of a file that is thrown away
            self._file.close()


class TrueColourWriter(ImagesWriter):
    """One whose images show every colour as it is."""

    _canvas: Canvas[np.uint32]
    _cutter: Cutter[Patch]

    def add(self, frame: Frame) -> None:
        """Show the next frame."""
        for box in frame.boxes:
            self._canvas.update(box, frame.pixels[box.slices].view(np.uint32)[..., 0])
        self._cutter.add(self._canvas.take)
