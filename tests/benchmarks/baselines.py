"""The way people do it today, each in a process of its own: ``python -m tests.benchmarks.baselines NAME ...``.

They are given their trajectories ready made and draw the same picture as optviz, in Matplotlib's own words. A film of
few frames shows steps of the whole race, so that its frames cost what those of the whole film do on average.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any, cast

import numpy as np

INCH = 100  # pixels


# --- animations -----------------------------------------------------------------------------------


def _spread(steps: int, frames: str) -> list[int]:
    """The steps that so many frames show, from the first to the last."""
    return [round(step) for step in np.linspace(0, steps - 1, int(frames))]


def post_clear(frames: str, path: str) -> None:
    """The post's way: clear the axes, plot everything anew, let Pillow save it. A GIF of 1920x1080."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt
    from matplotlib.animation import FuncAnimation

    figure, axes = plt.subplots(figsize=(19.2, 10.8), dpi=INCH)
    x = np.linspace(-1.25, 1.25, 1000)
    way = -1 + 0.42 * (1 - np.exp(-np.arange(200) / 50))

    def update(frame: int) -> None:
        axes.clear()
        axes.plot(x, x - x**3, color="tab:blue")
        axes.plot(way[: frame + 1], (way - way**3)[: frame + 1], color="tab:red", marker=".")
        axes.plot(way[frame], way[frame] - way[frame] ** 3, "o", color="tab:red", markersize=14)
        axes.set_title(f"Adamax, step {frame}: x = {way[frame]:.4f}")
        axes.grid(True)

    FuncAnimation(figure, update, frames=_spread(len(way), frames), interval=20).save(path, writer="pillow", fps=50)


def race_figure(paths: str) -> tuple[Any, Callable[[int], None], int]:
    """The race of ten as a figure, what brings it to a step with ``set_data``, and how many steps there are."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    race = np.load(paths)
    x, f = race["x"], race["f"]  # (steps + 1, 2, racers), (steps + 1, racers)
    figure = plt.figure(figsize=(19.2, 10.8), dpi=INCH)
    land, loss, words = (
        figure.add_axes(box) for box in ((0.04, 0.06, 0.6, 0.86), (0.7, 0.5, 0.28, 0.42), (0.7, 0.02, 0.28, 0.4))
    )
    a, b = np.meshgrid(np.linspace(-0.4, 4.2, 400), np.linspace(-1.6, 2, 400))
    value = (1.5 - a + a * b) ** 2 + (2.25 - a + a * b**2) ** 2 + (2.625 - a + a * b**3) ** 2
    land.contourf(a, b, np.log1p(value), 24, cmap="Blues")
    loss.set(yscale="log", xlim=(0, len(f)), ylim=(max(f.min(), 1e-9), f.max()))
    words.axis("off")
    racers = range(x.shape[2])
    trails = [land.plot([], [], lw=2)[0] for _ in racers]
    heads = [land.plot([], [], "o", ms=12, color=trail.get_color())[0] for trail in trails]
    losses = [loss.plot([], [], color=trail.get_color())[0] for trail in trails]
    rows = [words.text(0, 0, f"racer {k}", color=trails[k].get_color(), fontsize=16) for k in racers]
    title = figure.text(0.5, 0.95, "", fontsize=18)

    def update(step: int) -> None:
        places = np.argsort(np.argsort(f[step]))
        for k in racers:
            trails[k].set_data(x[: step + 1, 0, k], x[: step + 1, 1, k])
            heads[k].set_data(x[step : step + 1, 0, k], x[step : step + 1, 1, k])
            losses[k].set_data(np.arange(step + 1), f[: step + 1, k])
            rows[k].set_position((0, 0.95 - 0.09 * places[k]))
            rows[k].set_text(f"{places[k] + 1}  racer {k}  {f[step, k]:.3g}")
        title.set_text(f"step {step}")

    return figure, update, len(f)


def race_pillow(paths: str, frames: str, path: str) -> None:
    """FuncAnimation with set_data and PillowWriter."""
    from matplotlib.animation import FuncAnimation

    figure, update, steps = race_figure(paths)
    FuncAnimation(figure, update, frames=_spread(steps, frames)).save(path, writer="pillow", fps=25)


def race_ffmpeg(paths: str, frames: str, path: str) -> None:
    """FuncAnimation with set_data and Matplotlib's ffmpeg writer, as it is when nothing is set."""
    from matplotlib.animation import FuncAnimation

    figure, update, steps = race_figure(paths)
    FuncAnimation(figure, update, frames=_spread(steps, frames)).save(path, writer=ffmpeg_writer(25))


def ffmpeg_writer(fps: int) -> Any:
    """Matplotlib's own where there is an ffmpeg; else the same by PyAV: whole frames to libx264 as it comes."""
    from matplotlib.animation import FFMpegWriter

    return FFMpegWriter(fps=fps) if FFMpegWriter.isAvailable() else _pyav_writer(fps)


def _pyav_writer(fps: int) -> Any:
    import av
    from matplotlib.animation import AbstractMovieWriter

    class Writer(AbstractMovieWriter):
        """``ffmpeg -f rawvideo -pix_fmt rgba -i pipe: -vcodec h264 -pix_fmt yuv420p``, without the pipe."""

        def setup(self, fig: Any, outfile: Any, dpi: float | None = None) -> None:
            super().setup(fig, outfile, dpi=dpi)
            self.container = av.open(str(outfile), "w")
            self.stream = self.container.add_stream("libx264", rate=self.fps)
            self.stream.width, self.stream.height = self.frame_size
            self.stream.pix_fmt = "yuv420p"

        def grab_frame(self, **keys: Any) -> None:
            self.fig.canvas.draw()
            pixels = np.asarray(cast(Any, self.fig.canvas).buffer_rgba())
            picture = av.VideoFrame.from_ndarray(pixels, format="rgba").reformat(format="yuv420p")
            self.container.mux(self.stream.encode(picture))

        def finish(self) -> None:
            self.container.mux(self.stream.encode(None))
            self.container.close()

    return Writer(fps=fps)


# --- numbers: each prints the seconds that the work itself took ------------------------------------


def _timed(work: Callable[[], object]) -> None:
    began = time.perf_counter()
    work()
    print(time.perf_counter() - began)


def _costed(work: Callable[[], object]) -> None:
    """Print the seconds of the processor, of all threads: they say the same on a machine that has other work."""
    began = time.process_time()
    work()
    print(time.process_time() - began)


def adam_optviz(steps: str) -> None:
    from optviz.engine.run import run
    from optviz.optimizers import OPTIMIZERS, bind
    from optviz.problems import from_catalogue

    problem = from_catalogue("rosenbrock")
    _timed(lambda: run(bind(OPTIMIZERS["adam"], {"lr": 0.01}, int(steps)), problem, (-1.2, 1.0)))


def adam_torch(steps: str) -> None:
    import torch

    def work() -> None:
        x = torch.tensor([-1.2, 1.0], dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.Adam([x], lr=0.01)
        for _ in range(int(steps)):
            optimizer.zero_grad()
            f = (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2
            f.backward()
            optimizer.step()

    _timed(work)


def fair_optviz(what: str, side: str, steps: str) -> None:
    """Cost of a comparison: nine racers tuned or as swarms, Adam's basins, or Adam over two axes."""
    from importlib import import_module

    from optviz import run
    from optviz.formula.codegen.lanes import is_available
    from optviz.pipeline.basins import study_basins
    from optviz.pipeline.cells import COMPILER
    from optviz.pipeline.sweep import axes_of, study_sweep
    from optviz.pipeline.tune import tune
    from optviz.scenario import loads

    head = f"function: himmelblau\nsteps: {steps}\n"
    rates = {"sgd": 0.01, "momentum": 0.005, "adam": 0.1, "amsgrad": 0.1, "adamax": 0.1, "rmsprop": 0.01}
    rates |= {"adagrad": 0.5, "nadam": 0.05, "lion": 0.01}
    nine = ", ".join(f"{name}: {{lr: {lr}}}" for name, lr in rates.items())
    tuned = f"{head}common: {{lr: {{tune: [1.0e-4, 1]}}}}\noptimizers: [{', '.join(rates)}]\n"
    adam = loads(f"{head}optimizers: [adam: {{lr: 0.1}}]\n")
    works: dict[str, Callable[[], object]] = {
        "tune": lambda: tune(loads(f"{tuned}tuning: {{trials: {side}, starts: {{random: 25}}}}\n")),
        "swarm": lambda: run(loads(f"{head}starts: {{random: {side}}}\noptimizers: [{nine}]\n")),
        "basins": lambda: study_basins(adam, int(side)),
        "sweep": lambda: study_sweep(adam, axes_of([f"lr=1e-3:1:log:{side}", f"beta1=0.5:0.99:logit:{side}"], adam)),
    }
    if is_available():
        import_module(COMPILER)  # imports are left out
    _costed(works[what])


def landscape_optviz(name: str, grid: str, steps: str) -> None:
    """Cost of a shipped network's landscape, its plane with all losses on it; the race is run before."""
    from dataclasses import replace

    from optviz import load, run
    from optviz.pipeline.landscape import with_landscape

    race = run(load(name, {"steps": int(steps)}))
    asked = load(name, {"steps": int(steps), "render.view": "landscape", "render.landscape": {"grid": int(grid)}})
    _costed(lambda: with_landscape(asked, replace(race.result, landscape=None)))


def fair_torch(what: str, side: str, steps: str) -> None:
    """Cost of the same steps by hand on one tensor of all points, on Beale: nothing is judged, all have one rate."""
    import torch

    from tests.benchmarks.torch_rules import RULES, gradient

    count = {"tune": 25 * int(side), "league": 25 * int(side), "swarm": int(side)}.get(what, int(side) ** 2)
    rules = {"tune": RULES[:9], "swarm": RULES[:9], "league": RULES}.get(what, RULES[6:7])  # else Adam alone
    start = torch.from_numpy(np.random.default_rng(0).uniform(-1, 1, (2, count)))

    def work() -> None:
        for rule in rules:
            x, state = start.clone(), rule.state(start)
            for t in range(1, int(steps) + 1):
                rule.step(x, gradient(x), state, t)

    with torch.no_grad():
        _costed(work)


def online_optviz(rule: str, steps: str) -> None:
    from optviz.engine.run import run
    from optviz.optimizers import OPTIMIZERS, bind
    from optviz.problems import from_formula

    problem = from_formula("where(t % 3 == 1, C*x, -x)", constants={"C": 3.0}, domain=((-1.0, 1.0),), start=(1.0,))
    settings = {"beta1": 0.0, "beta2": 0.1, "lr": "0.5/sqrt(t)"}
    _timed(lambda: run(bind(OPTIMIZERS[rule], settings, int(steps)), problem, (1.0,), record="last"))


BASELINES: dict[str, Callable[..., None]] = {
    "post_clear": post_clear,
    "race_pillow": race_pillow,
    "race_ffmpeg": race_ffmpeg,
    "adam_optviz": adam_optviz,
    "adam_torch": adam_torch,
    "online_optviz": online_optviz,
    "fair_optviz": fair_optviz,
    "landscape_optviz": landscape_optviz,
    "fair_torch": fair_torch,
}

if __name__ == "__main__":
    BASELINES[sys.argv[1]](*sys.argv[2:])
