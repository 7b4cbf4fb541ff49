"""Writes MP4 (H.264) and WebM (VP9) through PyAV, as browsers, phones and PowerPoint play them: 4:2:0, BT.709."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal

import av
import numpy as np

from optviz.frames import Box, Film, Frame
from optviz.output import FORMATS
from optviz.output.metadata import Metadata, from_text, metadata_of
from optviz.output.video import yuv
from optviz.parallel import Background

BLACK, GREY = 16, 128  # luma and chroma of black in limited range
BT709 = 1  # the number of these primaries, this transfer and this matrix in ITU-T H.273
LIMITED = 1  # FFmpeg's number for luma from 16 to 235


@dataclass(frozen=True)
class Encoding:
    """A container, a codec and their options as FFmpeg names them."""

    container: str
    codec: Literal["libx264", "libvpx-vp9"]
    options: dict[str, str]
    quality: tuple[int, ...]  # the codec's crf by the film's compression
    container_options: dict[str, str] = field(default_factory=dict)


# Measured on contours with trails at 1080p, two cores, 150 frames: ultrafast takes 6 ms a frame but 2.3 times
# the bytes, veryfast 10 ms, faster 18 ms and not fewer bytes. Coarser motion between pixels (subme 1) saves 15 % of
# that for 5 % more bytes; "tune animation" costs a quarter more time and 4 % more bytes for 0.1 dB. Frames that refer
# forward (B) would save 5 % and need an edit list, which not every player honours. The tree of macroblocks would save
# 13 % of the bytes at equal PSNR, but its AVX-512 code gives the last block of a frame what memory happens to hold:
# of runs on a busy machine one in fifty had other bytes; without it, of 2000 none. One thread: the drawing needs one.
H264 = {
    "preset": "veryfast",
    "profile": "high",
    # A chroma sample lies amid its four pixels (yuv.convert). Finer chroma keeps small coloured heads a fifth
    # nearer to their colours for 7 % more bytes.
    "x264-params": "threads=1:bframes=0:mbtree=0:rc-lookahead=0:chromaloc=1:chroma_qp_offset=-3:subme=1",
}

MP4 = Encoding("mp4", "libx264", H264, (22, 26, 30, 34), {"movflags": "+faststart"})  # the index in front

# Measured on the default race at 720p, against x264 as above (8.6 ms of CPU a frame, 567 kB, 39.0 dB): cpu-used 8
# takes 9.4 ms and 777 kB, 6 takes 12.4 ms, 578 kB and 39.4 dB, 5 takes 17.9 ms and no fewer bytes, "good" ten times
# that. SVT-AV1 takes twice the bytes at the same speed and its files are not played everywhere.
VP9 = {
    "deadline": "realtime",
    "cpu-used": "6",
    "b": "0",  # no bit rate to keep: crf alone decides
    "tune-content": "screen",
    "lag-in-frames": "0",
    "threads": "1",  # as above
}
WEBM = Encoding("webm", "libvpx-vp9", VP9, (24, 30, 36, 42))


def mp4(path: Path, film: Film) -> VideoWriter:
    """Open an MP4 file for a film."""
    return VideoWriter(path, film, MP4, FORMATS[".mp4"].seconds_per_key)


def webm(path: Path, film: Film) -> VideoWriter:
    """Open a WebM file for a film."""
    return VideoWriter(path, film, WEBM, FORMATS[".webm"].seconds_per_key)


def read_video(path: Path) -> Metadata:
    """Read the comment of an MP4 or WebM file."""
    # a file with its format named: FFmpeg would take a list of other files, or an address, for a film
    with path.open("rb") as file, av.open(file, format=path.suffix.lower()[1:]) as container:
        words = {key.lower(): text for key, text in container.metadata.items()}
    return from_text(words.get("comment", ""))


class VideoWriter:
    """Writes a film to ``path``; the encoder works in a thread of its own while the next frame is drawn.

    A frame that changes nothing is not encoded: the picture before it stays longer.
    """

    def __init__(self, path: Path, film: Film, encoding: Encoding, seconds_per_key: float) -> None:
        self._film = film
        height, width = film.height, film.width
        self._planes = np.full((height, width), BLACK, np.uint8), *np.full((2, height // 2, width // 2), GREY, np.uint8)
        self._shown = 0  # frames so far
        self._sent = -1  # the number of the last frame that was encoded
        self._idle: list[av.VideoFrame] = []
        self._broken = False
        options = {"fflags": "+bitexact", **encoding.container_options}
        self._container = av.open(str(path), "w", format=encoding.container, options=options)
        words = metadata_of(film)
        self._container.metadata.update(title=words.title, comment=words.as_text())
        self._stream = _stream(self._container, film, encoding, seconds_per_key)
        self._background = Background[None](one_by_one=True)

    def add(self, frame: Frame) -> None:
        """Convert the boxes that changed and send the picture to the encoder."""
        y, u, v = self._planes
        for box in map(Box.to_even, frame.boxes):
            half = slice(box.top // 2, box.bottom // 2), slice(box.left // 2, box.right // 2)
            yuv.convert(frame.pixels[box.slices], y[box.slices], u[half], v[half])
        self._shown += 1
        if frame.boxes:
            self._send()

    def finish(self) -> None:
        """Hold the last picture and end the file.

        A player shows a picture until the next one comes, but some give the last one no more than a moment. So a
        picture that stays is shown once more when its time ends, for one frame.
        """
        self._shown += round(self._film.hold * self._film.fps)
        if self._sent < self._shown - 1:
            self._send()
        self._background.do(partial(self._encode, None))
        self._background.finish()
        self._container.close()

    def close(self) -> None:
        """Release the file, complete or not."""
        self._background.close()
        with suppress(OSError):  # of a file that is thrown away; what went wrong first has been raised
            self._container.close()

    def _send(self) -> None:
        self._background.do(partial(self._encode, self._picture()))

    def _encode(self, picture: av.VideoFrame | None) -> None:
        """Encode one picture, or with None what the encoder still holds; after a failure do nothing."""
        if self._broken:  # FFmpeg's muxer crashes when it is given more after a disk was full
            return
        self._broken = True
        self._container.mux(self._stream.encode(picture))
        self._broken = False
        if picture is not None:
            self._idle.append(picture)

    def _picture(self) -> av.VideoFrame:
        """Copy the planes into a picture, since the next frame is converted while this one is encoded.

        Encoded pictures are filled again, so that no more exist than wait at once: megabytes that one thread allocates
        and another frees return to the system late or never.
        """
        if self._idle:
            picture = self._idle.pop()
            picture.make_writable()  # a copy where an encoder still looks at it
        else:
            picture = av.VideoFrame(self._film.width, self._film.height, "yuv420p")
        for plane, values in zip(picture.planes, self._planes, strict=True):
            padded = np.frombuffer(memoryview(plane), dtype=np.uint8).reshape(plane.height, plane.line_size)
            padded[:, : plane.width] = values
            padded[:, plane.width :] = 0  # what lies beyond the picture must not depend on what memory held before
        self._sent = picture.pts = self._shown - 1
        picture.color_range, picture.colorspace = LIMITED, BT709
        picture.color_primaries, picture.color_trc = BT709, BT709
        return picture


def _stream(
    container: av.container.OutputContainer, film: Film, encoding: Encoding, seconds_per_key: float
) -> av.VideoStream:
    """Add the container's only stream, its codec set up."""
    options = {**encoding.options, "crf": str(encoding.quality[film.compression])}
    stream = container.add_stream(encoding.codec, rate=film.fps, options=options)
    stream.width, stream.height, stream.pix_fmt = film.width, film.height, "yuv420p"
    context = stream.codec_context
    context.gop_size = max(1, round(seconds_per_key * film.fps))
    context.color_primaries = context.color_trc = context.colorspace = BT709
    context.color_range = LIMITED
    return stream
