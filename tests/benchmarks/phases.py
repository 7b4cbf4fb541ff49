"""Where the time of one command goes: ``python -m tests.benchmarks.phases SCENARIO SIZE FRAMES``.

The parts of ``optviz race``, one after another in a process of its own; prints one JSON object of seconds. What the
whole command takes besides is Python's own start. Drawing and coding, which the command does side by side, are here
apart: the command takes about the longer of the two, not their sum.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

TAKEN: dict[str, float] = {}


@contextmanager
def part(name: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    TAKEN[name] = time.perf_counter() - began


def time_parts(name: str, size: str, frames: str) -> None:
    """All parts of it, the film as a GIF."""
    with part("import typer and the commands"):
        from optviz.cli.app import app_of, commands
        from optviz.cli.startup import tune_startup

        tune_startup()
        app_of(commands("race"))
    with part("import numpy, pydantic, yaml and the scenario's room"):
        from optviz.scenario import load
    with part("read the scenario"):
        scenario = load(name, overrides={"render.size": size, "render.frames": int(frames)})
    with part("run the race"):
        from optviz import run

        race = run(scenario)
    with part("import matplotlib.figure"):
        from optviz.cli.startup import import_matplotlib

        import_matplotlib()
    with part("import the drawing machine"):
        from optviz.output import gif
        from optviz.picture.film import film as filmed
    with part("the board: axes, contours, words"):
        film = filmed(race.result, race.scenario)
    with part("stills for the palette"):
        film.samples()
    with part("draw the frames"):
        for _ in film.draw():
            pass
    from tests.benchmarks.films import paid_for

    paid = paid_for(film)
    with TemporaryDirectory() as folder:
        with part("choose the palette"):
            writer = gif.GifWriter(Path(folder) / "film.gif", paid)
        with part("index and code the frames"):
            for frame in paid.draw():
                writer.add(frame)
            writer.finish()


if __name__ == "__main__":
    time_parts(*sys.argv[1:])
    print(json.dumps(TAKEN))
