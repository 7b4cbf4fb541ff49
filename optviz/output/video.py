"""MP4 (H.264) through PyAV, as browsers, phones and PowerPoint play it: 4:2:0, BT.709, index in front."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import av
import numpy as np

from optviz.frames import Film, Frame
from optviz.output import yuv

SECONDS_TO_SEEK = 4  # a key frame at least so often
AHEAD = 4  # pictures that may wait for the encoder while the next is drawn
BT709 = 1  # the number of these primaries, this transfer and this matrix in ITU-T H.273
LIMITED = 1  # FFmpeg's number for luma from 16 to 235

# Measured on contours with trails at 1080p, two cores, 150 frames: ultrafast takes 6 ms a frame but 2.3 times
# the bytes, veryfast 10 ms, faster 18 ms and not fewer bytes. "tune animation" costs a quarter more time and
# 4 % more bytes for 0.1 dB. Frames that refer forward (B) would save 5 % and need an edit list, which not
# every player honours. Two threads whatever the machine: the number of threads changes the bytes.
H264 = {
    "preset": "veryfast",
    "crf": "18",
    "profile": "high",
    # A chroma sample lies amid its four pixels (yuv.convert). Finer chroma keeps small coloured heads a fifth
    # nearer to their colours for 7 % more bytes.
    "x264-params": "threads=2:bframes=0:chromaloc=1:chroma_qp_offset=-3",
}


class Mp4Writer:
    """Writes a film to ``path``; x264 works in a thread of its own while the next frame is drawn."""

    def __init__(self, path: Path, film: Film) -> None:
        self._film = film
        self._planes = _black(film.width, film.height)
        self._sent = 0
        self._broken = False
        self._pending: deque[Future[None]] = deque()
        self._container = av.open(
            str(path), "w", format="mp4", options={"movflags": "+faststart", "fflags": "+bitexact"}
        )
        self._container.metadata.update(title=film.title, comment=film.scenario)
        self._stream = _h264_stream(self._container, film)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mp4")

    def add(self, frame: Frame) -> None:
        """Convert the boxes that changed and send the picture to the encoder."""
        y, u, v = self._planes
        for box in map(yuv.even, frame.boxes):
            half = slice(box.top // 2, box.bottom // 2), slice(box.left // 2, box.right // 2)
            yuv.convert(frame.pixels[box.slices], y[box.slices], u[half], v[half])
        self._send()

    def finish(self) -> None:
        """Repeat the last picture for the hold (players differ on a long last frame) and end the file."""
        for _ in range(round(self._film.hold * self._film.fps)):
            self._send()
        self._pending.append(self._thread.submit(self._encode, None))
        while self._pending:
            self._pending.popleft().result()
        self._thread.shutdown()
        self._container.close()

    def close(self) -> None:
        """Let go of the file, whole or not."""
        self._thread.shutdown(cancel_futures=True)
        with suppress(OSError):  # of a file that is thrown away; what went wrong first has been raised
            self._container.close()

    def _send(self) -> None:
        if len(self._pending) >= AHEAD:
            self._pending.popleft().result()
        self._pending.append(self._thread.submit(self._encode, self._picture()))

    def _encode(self, picture: av.VideoFrame | None) -> None:
        """Encode one picture, or with None what the encoder still holds; after a failure do nothing."""
        if self._broken:  # FFmpeg's muxer crashes when it is given more after a disk was full
            return
        self._broken = True
        self._container.mux(self._stream.encode(picture))
        self._broken = False

    def _picture(self) -> av.VideoFrame:
        """A copy of the planes, since the next frame is converted while this one is encoded."""
        picture = av.VideoFrame(self._film.width, self._film.height, "yuv420p")
        for plane, values in zip(picture.planes, self._planes, strict=True):
            padded = np.frombuffer(memoryview(plane), dtype=np.uint8).reshape(plane.height, plane.line_size)
            padded[:, : plane.width] = values
        picture.pts = self._sent
        picture.color_range, picture.colorspace = LIMITED, BT709
        picture.color_primaries, picture.color_trc = BT709, BT709
        self._sent += 1
        return picture


def _h264_stream(container: av.container.OutputContainer, film: Film) -> av.VideoStream:
    stream = container.add_stream("libx264", rate=film.fps, options=H264)
    stream.width, stream.height, stream.pix_fmt = film.width, film.height, "yuv420p"
    context = stream.codec_context
    context.gop_size = SECONDS_TO_SEEK * film.fps
    context.color_primaries = context.color_trc = context.colorspace = BT709
    context.color_range = LIMITED
    return stream


def _black(width: int, height: int) -> tuple[yuv.Plane, yuv.Plane, yuv.Plane]:
    luma = np.full((height, width), 16, dtype=np.uint8)
    chroma = np.full((height // 2, width // 2), 128, dtype=np.uint8)
    return luma, chroma, chroma.copy()
