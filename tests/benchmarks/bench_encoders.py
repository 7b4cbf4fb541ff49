"""How fast, how small and how true the encoders are, beside FFmpeg's palettegen + paletteuse and Pillow's own GIF.

    python tests/benchmarks/bench_encoders.py [WIDTH HEIGHT FRAMES]

The film: five racers with trails over filled contours, a growing curve, a step counter and now and then a line of a
ranking; the boxes are what a drawing machine would report.
"""

from __future__ import annotations

import functools
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import chain
from pathlib import Path

import av
import matplotlib as mpl
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from optviz.frames import Box, Film, Frame, Pixels
from optviz.output import write_all

RACERS = np.array([[214, 39, 40], [31, 119, 180], [44, 160, 44], [148, 103, 189], [255, 127, 14]], dtype=float)


@functools.cache
def board(width: int, height: int) -> Pixels:
    mpl.use("Agg")
    from matplotlib import pyplot as plt  # after the choice of the backend

    figure = plt.figure(figsize=(width / 100, height / 100), dpi=100)
    view = figure.add_axes((0.05, 0.08, 0.58, 0.84))
    x, y = np.meshgrid(np.linspace(-2, 2, 300), np.linspace(-1, 3, 300))
    z = np.log1p((1 - x) ** 2 + 100 * (y - x * x) ** 2)
    view.contourf(x, y, z, 24, cmap="Blues")
    view.contour(x, y, z, 24, colors="#4060a0", linewidths=0.6)
    view.set_title("Rosenbrock")
    figure.add_axes((0.69, 0.55, 0.29, 0.37)).grid()
    figure.canvas.draw()
    pixels = np.asarray(figure.canvas.buffer_rgba())[..., :3].copy()  # type: ignore[attr-defined]  # Agg's
    plt.close(figure)
    return pixels


def dot(pixels: Pixels, y: float, x: float, radius: float, colour: np.ndarray) -> Box:
    box = Box(int(y - radius - 2), int(x - radius - 2), int(y + radius + 3), int(x + radius + 3))
    rows, columns = np.mgrid[box.top : box.bottom, box.left : box.right]
    cover = np.clip(radius + 0.5 - np.hypot(rows - y, columns - x), 0, 1)[..., None]
    pixels[box.slices] = np.rint(pixels[box.slices] * (1 - cover) + colour * cover)
    return box


def line(pixels: Pixels, top: int, left: int, words: str, size: int) -> Box:
    label = Image.new("RGB", (9 * size, 3 * size // 2), "white")
    ImageDraw.Draw(label).text((2, 1), words, font=ImageFont.load_default(size), fill="black")
    box = Box(top, left, top + label.height, left + label.width)
    pixels[box.slices] = np.asarray(label)
    return box


def race(width: int, height: int, frames: int) -> Film:
    scale = height / 1080

    def place(racer: int, frame: float) -> tuple[float, float]:
        u = frame / frames
        down = 0.5 + 0.33 * np.sin(3 * u * np.pi + racer) * np.exp(-u)
        return height * down, width * (0.34 + 0.25 * np.cos(2.2 * u * np.pi + 1.3 * racer) * np.exp(-0.7 * u))

    def chalk(pixels: Pixels, frame: int) -> Iterator[Box]:
        for racer, colour in enumerate(RACERS):
            for part in range(6):
                yield dot(pixels, *place(racer, frame + part / 6), 2 * scale, colour)
            fall = 0.1 + 0.3 * (1 - np.exp(-3 * frame / frames * (1 + 0.3 * racer)))
            yield dot(pixels, height * fall, width * (0.7 + 0.27 * frame / frames), 1.5 * scale, colour)

    def pointers(pixels: Pixels, frame: int) -> Iterator[Box]:
        for racer, colour in enumerate(RACERS):
            yield dot(pixels, *place(racer, frame + 1), 9 * scale, colour)
        yield line(pixels, int(30 * scale), int(0.8 * width), f"step {10 * frame}", int(22 * scale))
        if frame % 10 == 0:
            row = int(height * 0.6 + frame // 10 % 5 * 60 * scale)
            yield line(pixels, row, int(0.71 * width), f"{frame}. an optimizer", int(26 * scale))

    def draw() -> Iterator[Frame]:
        under, before = board(width, height).copy(), (Box(0, 0, height, width),)
        for frame in range(frames):
            trail = tuple(chalk(under, frame))
            pixels = under.copy()
            moved = tuple(pointers(pixels, frame))
            yield Frame(pixels, (*before, *trail, *moved))
            before = moved

    def samples() -> list[Pixels]:
        return [frame.pixels for k, frame in enumerate(draw()) if k in (0, frames // 2, frames - 1)]

    return Film(
        width=width,
        height=height,
        fps=25,
        frames=frames,
        hold=0.0,
        loop=0,
        title="Race",
        scenario="title: Race\n",
        draw=draw,
        samples=samples,
        still=lambda _: samples()[-1],
        print=lambda path, kind, step: None,
        key_steps=lambda count: [],
    )


def stored(film: Film) -> Film:
    """The film with its drawing paid for."""
    drawn, stills = list(film.draw()), film.samples()
    return Film(**{**vars(film), "draw": lambda: iter(drawn), "samples": lambda: stills})


def ours(path: Path, film: Film) -> None:
    write_all([path], film=film)


def paletteuse(path: Path, film: Film) -> None:
    """FFmpeg's recipe for animations: a palette of the whole film, no dithering, changed rectangle only."""
    graph = av.filter.Graph()
    source = graph.add_buffer(width=film.width, height=film.height, format="rgb24", time_base=Fraction(1, film.fps))
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
        picture.pts, picture.time_base = number, Fraction(1, film.fps)
        source.push(picture)
    source.push(None)
    with av.open(str(path), "w", format="gif") as container:
        stream = container.add_stream("gif", rate=film.fps)
        stream.width, stream.height, stream.pix_fmt = film.width, film.height, "pal8"
        packets = (stream.encode(sink.pull()) for _ in range(film.frames))
        container.mux(chain.from_iterable(packets))
        container.mux(stream.encode(None))


def pillow(path: Path, film: Film) -> None:
    pictures = [Image.fromarray(frame.pixels[..., :3]) for frame in film.draw()]
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=1000 // film.fps, loop=0)


def fidelity(path: Path, film: Film) -> tuple[float, float]:
    """The mean and the least PSNR in decibels over every seventh frame."""
    levels = []
    with av.open(str(path)) as container:
        for number, (shown, frame) in enumerate(zip(container.decode(video=0), film.draw(), strict=False)):
            if number % 7 == 0:
                error = shown.to_ndarray(format="rgb24").astype(float) - frame.pixels[..., :3]
                levels.append(10 * np.log10(255**2 / np.mean(error**2)))
    return float(np.mean(levels)), min(levels)


WRITERS: dict[str, tuple[str, Callable[[Path, Film], None]]] = {
    "optviz": (".gif", ours),
    "paletteuse": (".gif", paletteuse),
    "Pillow": (".gif", pillow),
    "optviz mp4": (".mp4", ours),
}


def main(width: int = 1920, height: int = 1080, frames: int = 100) -> None:
    film = stored(race(width, height, frames))
    print(f"{width}x{height}, {frames} frames")
    with tempfile.TemporaryDirectory() as folder:
        for name, (suffix, write) in WRITERS.items():
            path = Path(folder) / f"{name}{suffix}"
            begun = time.perf_counter()
            write(path, film)
            took = time.perf_counter() - begun
            mean, least = fidelity(path, film)
            speed = f"{took / frames * 1e3:7.1f} ms a frame {path.stat().st_size:9} bytes"
            print(f"{name:11} {speed} {mean:5.1f} dB mean {least:5.1f} least")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
