"""Encoders alone, on the frames of the real race: ``python -m tests.benchmarks.encoders gif|mp4 SIZE FRAMES``.

Prints one JSON object. The drawing is paid for beforehand: a film's changed rectangles are kept and played again.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from optviz import load, run
from optviz.frames import Film, Pixels
from optviz.output import FORMATS, write_all
from optviz.output.video import MP4, VideoWriter
from tests.benchmarks.films import paid_for
from tests.picture.races import film_of

SECONDS_PER_KEY = FORMATS[".mp4"].seconds_per_key


@dataclass(frozen=True)
class Spent:
    """What a piece of work took: seconds on the clock and of all cores."""

    wall: float
    cpu: float


def spent(work: Callable[[], object]) -> Spent:
    began, before = time.perf_counter(), _cpu()
    work()
    return Spent(time.perf_counter() - began, _cpu() - before)


def _cpu() -> float:
    uses = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(use.ru_utime + use.ru_stime for use in uses)


def stored(size: str, frames: int) -> Film:
    """The default race with its drawing paid for."""
    return paid_for(
        film_of(run(load("race", overrides={"render.size": size, "render.frames": frames, "render.hold": 0})))
    )


# --- GIF ------------------------------------------------------------------------------------------


def ours(path: Path, film: Film) -> None:
    write_all([path], film=film)


def paletteuse(path: Path, film: Film) -> None:
    """FFmpeg's recipe for animations: a palette of the whole film, no dithering, changed rectangle only."""
    graph = av.filter.Graph()
    rgb, tick = av.VideoFormat("rgb24"), Fraction(1, film.fps)
    source = graph.add_buffer(width=film.width, height=film.height, format=rgb, time_base=tick)
    split, choose = graph.add("split"), graph.add("palettegen", "stats_mode=full")
    use, sink = graph.add("paletteuse", "dither=none:diff_mode=rectangle"), graph.add("buffersink")
    source.link_to(split)
    split.link_to(choose, 0, 0)
    split.link_to(use, 1, 0)
    choose.link_to(use, 0, 1)
    use.link_to(sink)
    graph.configure()
    for number, frame in enumerate(film.draw()):
        picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame.pixels[..., :3]), format="rgb24")
        picture.pts, picture.time_base = number, tick
        source.push(picture)
    source.push(None)
    with av.open(str(path), "w", format="gif") as container:
        stream = container.add_stream("gif", rate=film.fps)
        stream.width, stream.height, stream.pix_fmt = film.width, film.height, "pal8"
        for _ in range(film.frames):
            container.mux(stream.encode(cast(av.VideoFrame, sink.pull())))
        container.mux(stream.encode(None))


def pillow(path: Path, film: Film) -> None:
    """Pillow's own save of RGB pictures, as PillowWriter does it."""
    pictures = [Image.fromarray(frame.pixels[..., :3]) for frame in film.draw()]
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=1000 // film.fps, loop=0)


def gifski(path: Path, film: Film) -> None:
    """gifski from the path, fed PNG files, as good and as small as it makes them when nothing is set."""
    with TemporaryDirectory() as folder:
        names = [os.path.join(folder, f"{number:05}.png") for number in range(film.frames)]
        for name, frame in zip(names, film.draw(), strict=True):
            Image.fromarray(frame.pixels[..., :3]).save(name, compress_level=1)
        command = ["gifski", "--quiet", "--fps", str(film.fps), "-W", str(film.width), "-H", str(film.height)]
        subprocess.run([*command, "-o", str(path), *names], check=True, capture_output=True)


def fidelity(path: Path, film: Film) -> tuple[float, float]:
    """The mean and the least PSNR in decibels over every seventh frame."""
    levels = []
    with av.open(str(path)) as container:
        for number, (shown, frame) in enumerate(zip(container.decode(video=0), film.draw(), strict=False)):
            if number % 7 == 0:
                error = shown.to_ndarray(format="rgb24").astype(float) - frame.pixels[..., :3]
                levels.append(10 * np.log10(255**2 / np.mean(error**2)))
    return float(np.mean(levels)), float(min(levels))


def flat_colours_are_exact(path: Path, film: Film) -> bool:
    """Whether in the first and the last picture every area of one colour still has it."""
    shown = [frame.to_ndarray(format="rgb24") for frame in _ends(path)]
    stills = [film.samples()[0], film.samples()[-1]]
    return all(_kept(still[..., :3], seen) for still, seen in zip(stills, shown, strict=True))


def _ends(path: Path) -> list[av.VideoFrame]:
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    return [frames[0], frames[-1]]


def _kept(still: Pixels, seen: NDArray[Any]) -> bool:
    """Areas: pixels that equal all eight around them, 100 or more of one colour."""
    inner = still[1:-1, 1:-1]
    around = [
        still[1 + i : still.shape[0] - 1 + i, 1 + j : still.shape[1] - 1 + j] for i in (-1, 0, 1) for j in (-1, 0, 1)
    ]
    flat = np.all([(inner == other).all(axis=-1) for other in around], axis=0)
    colours, counts = np.unique(inner[flat], axis=0, return_counts=True)
    large = {tuple(colour) for colour in colours[counts >= 100].tolist()}
    pairs = np.unique(np.hstack([inner[flat], seen[1:-1, 1:-1][flat]]), axis=0).tolist()
    return all(pair[:3] == pair[3:] for pair in pairs if tuple(pair[:3]) in large)


GIFS: dict[str, Callable[[Path, Film], None]] = {"optviz": ours, "paletteuse": paletteuse, "Pillow": pillow}


def gif(film: Film) -> dict[str, dict[str, float | bool]]:
    """Bytes, fidelity and seconds of each GIF writer that is here."""
    writers = GIFS | ({"gifski": gifski} if shutil.which("gifski") else {})
    found: dict[str, dict[str, float | bool]] = {}
    with TemporaryDirectory() as folder:
        for name, write in writers.items():
            path = Path(folder) / f"{name}.gif"
            took = spent(partial(write, path, film))
            mean, least = fidelity(path, film)
            found[name] = {
                "bytes": path.stat().st_size,
                "mean": mean,
                "least": least,
                "wall": took.wall,
                "cpu": took.cpu,
            }
            found[name]["flat"] = flat_colours_are_exact(path, film)
    return found


# --- MP4 ------------------------------------------------------------------------------------------


def pictures(film: Film) -> list[av.VideoFrame]:
    """Every frame as yuv420p, as x264 takes it."""
    kept: list[av.VideoFrame] = []

    class Keeper(VideoWriter):
        def _send(self) -> None:
            kept.append(self._picture())

    with TemporaryDirectory() as folder:
        keeper = Keeper(Path(folder) / "film.mp4", film, MP4, SECONDS_PER_KEY)
        for frame in film.draw():
            keeper.add(frame)
        keeper.close()
    return kept


def x264(path: Path, film: Film, ready: list[av.VideoFrame]) -> None:
    """x264 alone: the settings of optviz, nothing to convert."""
    with av.open(str(path), "w", format="mp4", options=MP4.container_options) as container:
        options = {**MP4.options, "crf": str(MP4.quality[0])}
        stream = container.add_stream("libx264", rate=film.fps, options=options)
        stream.width, stream.height, stream.pix_fmt = film.width, film.height, "yuv420p"
        stream.codec_context.gop_size = round(SECONDS_PER_KEY * film.fps)
        for picture in ready:
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))


def mp4(film: Film) -> dict[str, dict[str, float]]:
    """The best of three of optviz's writer and of x264 alone, in turn."""
    ready = pictures(film)
    tries: dict[str, list[Spent]] = {"optviz": [], "x264": []}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        for _ in range(3):
            tries["optviz"].append(spent(lambda: ours(path, film)))
            tries["x264"].append(spent(lambda: x264(path, film, ready)))
    return {name: {"wall": min(t.wall for t in some), "cpu": min(t.cpu for t in some)} for name, some in tries.items()}


if __name__ == "__main__":
    kind, size, frames = sys.argv[1:]
    print(json.dumps({"gif": gif, "mp4": mp4}[kind](stored(size, int(frames)))))
