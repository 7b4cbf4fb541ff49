"""The rows of the table: what is measured against what, and what is asked of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from optviz.parallel import cores
from optviz.pipeline.changes import POLL_S
from tests.benchmarks.batch_rows import batch
from tests.benchmarks.pages import page
from tests.benchmarks.process import PYTHON, Cost, baseline, cost, optviz, side_by_side
from tests.benchmarks.table import Effort, Measure, Row, seconds

POST = ("race", "post/adamax-1d", "-q", "--set", "render.size=1080p")
RACE = ("race", "race", "-q", "--set", "render.size=1080p", "--set", "render.frames=300")
LIBRARIES = "import matplotlib.figure, numpy, PIL.Image, pydantic, typer, yaml"  # what a race cannot do without


IDLE = "import typer; typer.run(lambda path: None)"  # a command that takes a path and does nothing


# --- animations -----------------------------------------------------------------------------------


def _scaled(name: str, arguments: list[object], path: Path, frames: int, few: tuple[int, int]) -> tuple[float, str]:
    """The seconds a baseline would take for ``frames``, from two runs of few: a start, and so much a frame."""
    walls = [cost(baseline(name, *arguments, count, path)).wall for count in few]
    a_frame = (walls[1] - walls[0]) / (few[1] - few[0])
    start = walls[0] - a_frame * few[0]
    return start + a_frame * frames, f"scaled from {few[0]} and {few[1]} frames: {a_frame * 1e3:.0f} ms each"


def _faster(work: str, against: str, ask: float, ours: Cost, theirs: float, note: str) -> Row:
    ratio = theirs / ours.wall
    return Row(work, against, seconds(ours.wall), seconds(theirs), f"{ratio:.1f}x", f"{ask:g}x", ratio >= ask, note)


def post_gif(effort: Effort, folder: Path) -> Iterator[Row]:
    few = (4, effort.of(16, 6))
    theirs, note = _scaled("post_clear", [], folder / "theirs.gif", 200, few)
    best = side_by_side({"": optviz(*POST, "-o", str(folder / "ours.gif")), "floor": _libraries()}, effort.rounds)
    work = "the post's film, 1080p, 200 frames, GIF"
    yield _faster(work, "ax.clear() + PillowWriter", 60, best[""], theirs, note)
    floor = best["floor"].wall
    yield Row("  its floor: the libraries' imports alone", "", seconds(floor), "", f"{theirs / floor:.1f}x", "", None)


def _libraries() -> list[str]:
    return [PYTHON, "-c", LIBRARIES]


def race_gif(effort: Effort, folder: Path) -> Iterator[Row]:
    yield from _race(effort, folder, "GIF", "race_pillow", "set_data + PillowWriter", 40)


def race_mp4(effort: Effort, folder: Path) -> Iterator[Row]:
    yield from _race(effort, folder, "MP4", "race_ffmpeg", "set_data + ffmpeg writer", 12)


def _race(effort: Effort, folder: Path, kind: str, name: str, against: str, ask: float) -> Iterator[Row]:
    suffix = f".{kind.lower()}"
    ours = side_by_side({"": optviz(*RACE, "-o", str(folder / f"ours{suffix}"))}, effort.rounds)[""]
    few = (4, effort.of(24, 8))
    theirs, note = _scaled(name, [_trajectories(folder)], folder / f"theirs{suffix}", 300, few)
    yield _faster(f"race of ten, 1080p, 300 frames, {kind}", against, ask, ours, theirs, note)


def _trajectories(folder: Path) -> Path:
    """The race's numbers, so that the baseline need not compute them."""
    from optviz import load, run

    race = run(load("race"))
    path = folder / "race.npz"
    x = np.stack([racer.trajectory.x for racer in race.racers], axis=-1)
    np.savez(path, x=x, f=np.stack([np.maximum(racer.trajectory.f, 1e-12) for racer in race.racers], axis=-1))
    return path


def default_race(effort: Effort, folder: Path) -> Iterator[Row]:
    commands = {
        "ours": optviz("race", "-q", "-o", str(folder / "race.gif")),
        "theirs": [PYTHON, "-c", "import matplotlib.figure"],
        "floor": _libraries(),
    }
    best = side_by_side(commands, effort.of(5, 1))
    yield _under("default race, 720p, GIF, whole command", "import matplotlib.figure", 4, best["ours"], best["theirs"])
    floor, unit = best["floor"].wall, best["theirs"].wall
    yield Row("  its floor: the libraries' imports alone", "", seconds(floor), "", f"{floor / unit:.2f}x", "", None)


def _under(work: str, against: str, ask: float, ours: Cost, theirs: Cost) -> Row:
    ratio = ours.wall / theirs.wall
    return Row(work, against, seconds(ours.wall), seconds(theirs.wall), f"{ratio:.2f}x", f"< {ask:g}x", ratio < ask)


def profile(effort: Effort, folder: Path) -> Iterator[Row]:
    """Where the time goes, part by part."""
    films = (("post/adamax-1d", "1080p", 200), ("race", "1080p", 300), ("race", "720p", 240))
    for name, size, frames in films:
        command = [PYTHON, "-m", "tests.benchmarks.phases", name, size, str(effort.of(frames, 20))]
        runs = [json.loads(cost(command).printed) for _ in range(effort.rounds)]
        parts = {part: min(run[part] for run in runs) for part in runs[0]}
        yield Row(f"{name}, {size}, {frames} frames, GIF", "", seconds(sum(parts.values())), "", "", "", None)
        for part, taken in parts.items():
            share = taken / sum(parts.values())
            yield Row(f"  {part}", "", seconds(taken), "", f"{share:.0%}", "", None)


def features(effort: Effort, folder: Path) -> Iterator[Row]:
    """Films without names and lens, beside the same films of an earlier commit; and what names and lens add."""
    long = ("race", "race", "-q", "--set", "render.size=1080p", "--set", f"render.frames={effort.of(300, 20)}")
    films = {"race of ten, 1080p": long, "default race, 720p": ("race", "-q"), "post's film, 1080p": POST}
    bare, written = ("--set", "render.lens=false"), ("-o", str(folder / "film.gif"))
    for name, command in list(films.items())[: effort.of(3, 1)]:
        commands = {
            "whole": optviz(*command, *written),
            "named": optviz(*command, *bare, *written),
            "plain": [PYTHON, "-m", "tests.benchmarks.nameless", *command, *bare, *written],
        }
        if effort.before is not None:
            script = (
                f"import runpy, sys; sys.path[0] = {str(effort.before)!r}; runpy.run_module('optviz', None, '__main__')"
            )
            commands["before"] = [PYTHON, "-c", script, *command, *written]
        cpu = {part: one.cpu for part, one in side_by_side(commands, effort.rounds, by="cpu").items()}
        yield _no_slower(f"{name}, no names, no lens", cpu["plain"], cpu.get("before"))
        if command is POST:  # one racer has neither
            continue
        for part, adds in (("its names", cpu["named"] - cpu["plain"]), ("its lens", cpu["whole"] - cpu["named"])):
            yield Row(f"  {part}", "", seconds(adds), "", f"{adds / cpu['plain']:+.0%}", "", None)


def _no_slower(work: str, ours: float, before: float | None) -> Row:
    """Our CPU seconds beside those of an earlier commit, where one is given."""
    if before is None:
        return Row(work, "", seconds(ours), "", "", "<= 1.1x", None, "--before CHECKOUT to compare")
    ratio = ours / before
    return Row(
        work, "--before", seconds(ours), seconds(before), f"{ratio:.2f}x", "<= 1.1x", ratio <= 1.1, "CPU seconds"
    )


def anatomy(effort: Effort, folder: Path) -> Iterator[Row]:
    """A frame in which a step is taken apart, beside a frame of motion of the same film; those of a pause are free."""
    motion, still = effort.of(300, 60), effort.of(100, 50)
    commands = {
        name: optviz(
            *RACE[:-1], f"render.frames={motion}", "--set", "render.focus=Adam", "--set",
            f"render.{name}=[{{at: 40, seconds: {still / 25:g}}}]", "-o", str(folder / "film.mp4"),
        )
        for name in ("anatomy", "pauses")
    }  # fmt: skip
    best = side_by_side(commands, effort.rounds)
    paused = best["pauses"].cpu
    ours, theirs = (1000 * cpu for cpu in ((best["anatomy"].cpu - paused) / still, paused / motion))
    work, against = "a frame that takes a step apart, 1080p, MP4", "a frame of that race"
    ratio = ours / theirs
    yield Row(work, against, f"{ours:.0f} ms", f"{theirs:.0f} ms", f"{ratio:.2f}x", "< 1x", ratio < 1, "of both cores")


def watched(effort: Effort, folder: Path) -> Iterator[Row]:
    """From a save until ``optviz watch`` has written the new still."""
    (folder / "three.yaml").write_text("function: beale\noptimizers: [adam: {lr: 0.1}, amsgrad, adamax]\n")
    for name, path in (("three racers", str(folder / "three.yaml")), ("race of ten", "configs/race.yaml")):
        found = json.loads(
            cost([PYTHON, "-m", "tests.benchmarks.stills", path, str(folder), str(effort.of(9, 2))]).printed
        )
        cpu, wall = 1000 * found["cpu"], 1000 * found["wall"]
        note = f"CPU; {wall:.0f} ms on the clock, and up to {1000 * POLL_S:.0f} until it looks again"
        yield Row(f"a still after a save, {name}, 720p", "", f"{cpu:.0f} ms", "", "", "<= 300 ms", cpu <= 300, note)


def replayed(effort: Effort, folder: Path) -> Iterator[Row]:
    """A million logged losses of four runs as a film, beside a thousand of them: whole commands."""
    few = logged_runs(folder / "few", 250)
    many = logged_runs(folder / "many", effort.of(250_000, 2500))
    commands = {str(path): optviz("replay", str(path), "-q", "-o", str(folder / "film.gif")) for path in (*few, *many)}
    best = side_by_side(commands, effort.rounds, by="cpu")
    for less, more in zip(few, many, strict=True):
        ours, theirs = best[str(more)].cpu, best[str(less)].cpu
        sides = seconds(ours), seconds(theirs), f"{ours / theirs:.2f}x"
        work = f"{4 * effort.of(250_000, 2500)} losses replayed, {more.name}"
        yield Row(work, "a thousand", *sides, "<= 2 s", ours <= 2, "CPU, whole commands, GIF at 720p")


def logged_runs(folder: Path, steps: int) -> list[Path]:
    """Write the losses of four runs as tables, long and wide, as wandb exports them, as JSON lines and as arrays."""
    folder.mkdir()
    rng, at = np.random.default_rng(0), np.arange(steps)
    runs = {f"run {n}": 2 * np.exp(-4 * at / steps / n) + 0.05 * rng.random(steps) for n in (1, 2, 3, 4)}
    told = {name: [f"{loss:.6g}" for loss in losses.tolist()] for name, losses in runs.items()}
    heads = [f'"{name} - loss{end}"' for name in runs for end in ("", "__MIN", "__MAX")]
    every = list(zip(*told.values(), strict=True))
    texts = {
        "long.csv": [
            "label,step,loss",
            *(f"{name},{n},{f}" for name, losses in told.items() for n, f in enumerate(losses)),
        ],
        "wide.csv": [",".join(["step", *runs]), *(f"{n},{','.join(row)}" for n, row in enumerate(every))],
        "wandb.csv": [
            ",".join(['"Step"', *heads]),
            *(",".join([f'"{n}"', *(f'"{f}"' for f in row for _ in range(3))]) for n, row in enumerate(every)),
        ],
        "rows.jsonl": [
            f'{{"label": "{name}", "step": {n}, "loss": {f}}}'
            for name, losses in told.items()
            for n, f in enumerate(losses)
        ],
    }
    for name, lines in texts.items():
        (folder / name).write_text("\n".join(lines) + "\n")
    arrays: dict[str, Any] = {**runs}
    np.savez(folder / "arrays.npz", **arrays)
    return [folder / name for name in (*texts, "arrays.npz")]


def mp4_share(effort: Effort, folder: Path) -> Iterator[Row]:
    frames = effort.of(300, 40)
    found = json.loads(cost([PYTHON, "-m", "tests.benchmarks.encoders", "mp4", "1080p", str(frames)]).printed)
    ours, theirs = found["optviz"]["wall"], found["x264"]["wall"]
    cpu = found["optviz"]["cpu"] / found["x264"]["cpu"]
    note = f"the encoding alone, without drawing; {cpu:.2f}x in time of all cores"
    sides = seconds(ours), seconds(theirs), f"{ours / theirs:.2f}x"
    yield Row("MP4 encode share, 1080p", "x264 alone, yuv420p", *sides, "< 1.5x", ours < 1.5 * theirs, note)


def long_film(effort: Effort, folder: Path) -> Iterator[Row]:
    short, long = effort.of(300, 60), effort.of(3000, 600)
    command = ("race", "race", "-q", "--set", f"steps={long}")
    both = {
        frames: optviz(*command, "--set", f"render.frames={frames}", "-o", str(folder / f"{frames}.gif"))
        for frames in (short, long)
    }
    best = side_by_side({str(frames): run for frames, run in both.items()}, effort.of(2, 1))
    few, many = best[str(short)], best[str(long)]
    time, memory = many.wall / few.wall, many.peak / few.peak
    work, against = f"{long} frames against {short}", "itself, 720p GIF"
    yield Row(f"{work}: time", against, seconds(many.wall), seconds(few.wall), f"{time:.2f}x", "< 10.5x", time < 10.5)
    ours, theirs = (f"{one.peak / 1e6:.0f} MB" for one in (many, few))
    yield Row(f"{work}: memory", against, ours, theirs, f"{memory:.2f}x", "< 1.1x", memory < 1.1)


def gif_size(effort: Effort, folder: Path) -> Iterator[Row]:
    frames = effort.of(300, 30)
    found = json.loads(cost([PYTHON, "-m", "tests.benchmarks.encoders", "gif", "720p", str(frames)]).printed)
    ours = found.pop("optviz")
    for name in ("paletteuse", "Pillow", "gifski"):
        work = f"GIF bytes, race of ten, 720p, {frames} frames"
        if name not in found:
            yield Row(work, name, f"{ours['bytes'] / 1e3:.0f} kB", "", "", "<= 1x", None, f"{name} is not on the path")
            continue
        ratio = ours["bytes"] / found[name]["bytes"]
        note = f"{found[name]['mean']:.1f} dB, took {found[name]['wall'] / ours['wall']:.1f} times as long"
        here, there = (f"{one['bytes'] / 1e3:.0f} kB" for one in (ours, found[name]))
        yield Row(work, name, here, there, f"{ratio:.2f}x", "<= 1x", ratio <= 1, note)
    mean, note = ours["mean"], f"least {ours['least']:.1f} dB, flat colours {'exact' if ours['flat'] else 'NOT exact'}"
    yield Row("GIF fidelity", "the frames", f"{mean:.1f} dB", "", "", ">= 50 dB", mean >= 50 and ours["flat"], note)


# --- the command line -----------------------------------------------------------------------------


def answers(effort: Effort, folder: Path) -> Iterator[Row]:
    (folder / "x.yaml").write_text("function: beale\noptimizers: [adam, amsgrad, adamax]\n")
    commands = {
        "optviz --help": optviz("--help"),
        "optviz check": optviz("check", str(folder / "x.yaml")),
        "typer": [PYTHON, "-c", "import typer"],
        "command": [PYTHON, "-c", IDLE, "x"],
        "libraries": [PYTHON, "-c", f"import numpy, yaml; {IDLE}", "x"],
    }
    best = side_by_side(commands, effort.of(10, 2))
    for name in ("optviz --help", "optviz check"):
        yield _under(name, "python -c pass + typer's import", 2, best[name], best["typer"])
    for name, what in (("command", "a command of typer's that does nothing"), ("libraries", "that and numpy, yaml")):
        floor = best[name].wall
        yield Row(f"  its floor: {what}", "", seconds(floor), "", f"{floor / best['typer'].wall:.2f}x", "", None)


# --- numbers --------------------------------------------------------------------------------------


def _work(name: str, *arguments: object, rounds: int = 1) -> float:
    """The least of the seconds that the process says its work took, imports left out."""
    return min(float(cost(baseline(name, *arguments)).printed) for _ in range(rounds))


def _compared(
    work: str,
    against: str,
    names: tuple[str, str],
    arguments: list[object],
    ask: float,
    effort: Effort,
    why: str = "",
) -> Row:
    ours = _work(names[0], *arguments, rounds=effort.rounds)
    asked = f"{ask:g}x"
    if find_spec("torch") is None:
        return Row(work, against, seconds(ours), "", "", asked, None, "torch not installed")
    theirs = _work(names[1], *arguments, rounds=effort.of(2, 1))
    ratio = theirs / ours
    note = f"the work alone, imports left out{why}"
    return Row(work, against, seconds(ours), seconds(theirs), f"{ratio:.1f}x", asked, ratio >= ask, note)


def adam(effort: Effort, folder: Path) -> Iterator[Row]:
    steps = effort.of(10_000, 1000)
    work = f"Adam on Rosenbrock, {steps} steps"
    yield _compared(work, "torch.optim.Adam in a loop", ("adam_optviz", "adam_torch"), [steps], 5, effort)


def online(effort: Effort, folder: Path) -> Iterator[Row]:
    steps = effort.of(1_000_000, 50_000)
    for rule in ("adam", "amsgrad"):
        ours = _work("online_optviz", rule, steps)
        yield Row(f"{steps} online steps, {rule}", "", seconds(ours), "", "", "seconds", ours < 10, "the work alone")


CORES = 2  # on which the seconds are asked for, both idle: what is asked of the clock is half of the processor's
FAIR = (  # what is done, how much of it, and the seconds that are asked for
    ("tune", "9 racers x 64 trials x 25 starts x 300 steps", 64, 8, 0.5),
    ("swarm", "9 racers x 200 starts x 300 steps", 200, 20, 0.3),
    ("basins", "400 x 400 starts x 300 steps of Adam", 400, 20, 0.35),
    ("basins", "1080 x 1080 starts x 300 steps of Adam", 1080, 20, 2.5),
    ("sweep", "512 x 512 values x 300 steps of Adam", 512, 16, 1.0),
)
LEAGUE = ("league", "--functions", "all", "--rules", "all", "-q")  # 31 rules, 42 functions with known minima
PAIRS, BY_HAND = 31 * 42, 10  # of rules and functions; rules that are written by hand
ON_ONE_CORE = """import os, runpy
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
runpy.run_module("optviz", run_name="__main__")
"""


def fair(effort: Effort, folder: Path) -> Iterator[Row]:
    """Comparisons, imports left out; kernels are compiled first where their folder is empty."""
    for name, work, side, quick, ask in FAIR:
        size = effort.of(side, quick), effort.of(300, 30)
        ours = _work("fair_optviz", name, *size, rounds=effort.rounds)
        yield _on_two(f"{name}: {work}", ours, ask, "the work alone")
        yield from _by_others(name, ours, size, effort)
    yield from _league(effort, folder)


def _on_two(work: str, cpu: float, ask: float, note: str) -> Row:
    note = f"CPU seconds, {seconds(cpu / CORES)} on each of {CORES} cores; {note}"
    return Row(work, "", seconds(cpu), "", "", f"<= {ask:g} s", cpu / CORES <= ask, note)


def landscapes(effort: Effort, folder: Path) -> Iterator[Row]:
    """The planes of all networks that ship, their races left out; most of it is NumPy's hyperbolic tangent."""
    from optviz import load
    from optviz.scenario.shipped import shipped_names

    for name in shipped_names():
        scenario = load(name)
        if scenario.network is None:
            continue
        grid, steps = effort.of(101, 11), effort.of(scenario.steps, 10)
        ours = _work("landscape_optviz", name, grid, steps, rounds=effort.rounds)
        yield _on_two(f"{name}: landscape, {grid} x {grid} places", ours, 3, "plane and paths, the race left out")


def _by_others(name: str, ours: float, size: tuple[int, int], effort: Effort, pairs: int = 1) -> Iterator[Row]:
    """What others make of the same steps, nothing judged. pairs: of rules and functions, to which it is scaled."""
    scaled = f", one function scaled to {pairs} pairs" if pairs > 1 else ""
    if find_spec("torch") is not None:
        a_pair = _work("fair_torch", name, *size, rounds=effort.of(2, 1)) / (BY_HAND if pairs > 1 else 1)
        yield _beside("torch by hand", ours, a_pair * pairs, f"CPU seconds of the steps alone{scaled}")
    if name not in ("tune", "swarm") and find_spec("jax") is not None:
        side = round((25 * size[0]) ** 0.5) if name == "league" else size[0]
        command = [PYTHON, "-m", "tests.benchmarks.batches", "adam_jax", str(side), str(size[1])]
        a_pair = float(json.loads(cost(command).printed)["cpu"])
        yield _beside("jax.jit, scan of vmap", ours, a_pair * pairs, f"CPU seconds of Adam's steps, compiled{scaled}")


def _beside(against: str, ours: float, theirs: float, note: str) -> Row:
    return Row("", against, seconds(ours), seconds(theirs), f"{theirs / ours:.1f}x", "", None, note)


def _league(effort: Effort, folder: Path) -> Iterator[Row]:
    """The full league as a whole command with a cache folder of its own: on one core twice, then on all."""
    rates, steps = effort.of(64, 2), effort.of(300, 10)
    flags = ("--steps", str(steps), "--set", f"league.rates={rates}", "--set", "league.starts={random: 25, seed: 1}")
    few = ("--functions", "beale,booth", "--rules", "sgd,adam", "-q")
    table, digests, ours = folder / "league.npz", set(), 0.0
    played = (*(LEAGUE if not effort.quick else (LEAGUE[0], *few)), *flags, "-o", str(table))
    work, env = "league: 2 083 200 runs of 300 steps", ("env", f"XDG_CACHE_HOME={folder}")

    def same() -> str:
        digests.add(hashlib.sha256(table.read_bytes()).digest())
        return f"bytes {'equal' if len(digests) == 1 else 'NOT equal'}"

    for ask, kept in ((30, "first time"), (10, "kernels kept")):
        ours = cost([*env, PYTHON, "-c", ON_ONE_CORE, *played]).cpu
        yield _on_two(f"{work}, {kept}", ours, ask, f"whole command, {same()}")
    clock = cost([*env, *optviz(*played)]).wall
    note = f"on the clock, in {cores()} processes, {same()}; true of an idle machine alone"
    yield Row(f"{work}, kernels kept", "", seconds(clock), "", "", "<= 10 s", clock <= 10, note)
    yield from _by_others("league", ours, (rates, steps), effort, PAIRS)


ROWS: dict[str, Measure] = {
    "post": post_gif,
    "gif": race_gif,
    "mp4": race_mp4,
    "default": default_race,
    "profile": profile,
    "features": features,
    "anatomy": anatomy,
    "watch": watched,
    "replay": replayed,
    "share": mp4_share,
    "long": long_film,
    "bytes": gif_size,
    "answers": answers,
    "adam": adam,
    "batch": batch,
    "online": online,
    "fair": fair,
    "landscapes": landscapes,
    "page": page,
}


def measured(names: list[str], effort: Effort) -> Iterator[Row]:
    """The rows of these names, one after another as they are done."""
    for name in names:
        with TemporaryDirectory(prefix="optviz-bench-") as folder:
            yield from ROWS[name](effort, Path(folder))
