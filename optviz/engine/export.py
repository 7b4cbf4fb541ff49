"""Lays a result out for files: one JSON document, rows of CSV, arrays by name, and its words.

A number that came out not finite is null, an empty cell in CSV. Settings are spelled as a scenario spells them ('inf').
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from optviz._version import __version__
from optviz.engine.judge import Array, Judgement
from optviz.engine.landscape import Landscape
from optviz.engine.result import Racer, Result
from optviz.engine.run import Trajectory

ROWS_AT_ONCE = 10_000  # of a column converted to Python floats


class DataExport(Protocol):
    """All that a data file may hold."""

    @property
    def alt_text(self) -> str:
        """Describe the picture in words."""

    def document(self) -> dict[str, Any]:
        """Return the JSON document."""

    def csv_rows(self) -> Iterator[tuple[object, ...]]:
        """Yield a header, then the rows."""

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """Return every array by name."""


@dataclass(frozen=True, repr=False)
class Export:
    """A result, the scenario it comes from, and its description: all that a data file may hold."""

    result: Result
    scenario: Mapping[str, object]  # every key, in plain values
    alt_text: str

    def __repr__(self) -> str:
        """Return whose data they are."""
        return f"<Export of {self.result!r}>"

    def document(self) -> dict[str, Any]:
        """Return the JSON document; its series are arrays still, which a writer converts a part at a time."""
        result = self.result
        return {
            "optviz": __version__,
            "scenario": as_written(self.scenario),
            "problem": {
                "dimension": result.problem.dim,
                "minima": [list(map(float, point)) for point in result.problem.minima],
                "local_minima": [list(map(float, point)) for point in result.problem.local_minima],
                "f_min": result.problem.f_min,
            },
            "racers": [
                {**_racer_facts(racer, place), "average_regret": regret, **_swarm(racer), **seen}
                for racer, place, regret, seen in zip(
                    result.racers, result.places, _regrets(result), _in_plane(result), strict=True
                )
            ],
            "ranking": list(result.ranking),
            **({} if result.landscape is None else {"landscape": _landscape(result.landscape)}),
        }

    def csv_rows(self) -> Iterator[tuple[object, ...]]:
        """Yield a header, then one row per racer and step; step 0 has no gradient and no learning rate yet.

        An online problem with a domain has one more column, ``average_regret``; a swarm has ``run``, from 0, instead. A
        landscape has ``plane0`` and ``plane1``, the place in the plane, and ``plane_f``, the loss there.
        """
        result, axes = self.result, range(self.result.problem.dim)
        yield (
            *("racer", "step"),
            *(f"x{i}" for i in axes),
            *("f", "|g|"),
            *([f"effective_lr{i}" for i in axes] if len(axes) > 1 else ["effective_lr"]),
            *("lr", "optimizer"),
            *(("average_regret",) if result.regrets is not None and not result.is_swarm else ()),
            *(("run",) if result.is_swarm else ()),
            *(("plane0", "plane1", "plane_f") if result.landscape is not None else ()),
        )
        for racer, regret, seen in zip(result.racers, _regrets(result), _in_plane(result), strict=True):
            if racer.runs is None:
                rows = _csv_rows_of(racer, racer.trajectory, len(axes), regret)
                if seen:
                    places = _rows(np.column_stack([seen["plane_x"], seen["plane_f"]]))
                    rows = ((*row, *place) for row, place in zip(rows, places, strict=True))
                yield from rows
                continue
            for number, (path, _) in enumerate(racer.runs.single()):
                yield from ((*row, number) for row in _csv_rows_of(racer, path, len(axes), None))

    def arrays(self) -> dict[str, Array]:
        """Return every series by name: 'label/x', 'label/f', 'label/gradient', 'label/state/m' and so on.

        Those of a swarm are (run, step, coordinate), NaN from the step at which a run diverged. A landscape has
        'label/plane_x' and 'label/plane_f' too, and 'landscape_origin', 'landscape_f' and so on.
        """
        result = self.result
        plane = {} if result.landscape is None else _landscape(result.landscape)
        series = {
            f"{racer.label}/{name}": column
            for racer, regret, seen in zip(result.racers, _regrets(result), _in_plane(result), strict=True)
            for name, column in (*_columns(racer, regret), *seen.items())
        }
        return {**series, **{f"landscape_{name}": np.asarray(value) for name, value in plane.items()}}


def jsonable(value: Any) -> Any:
    """Return what JSON can hold: lists for arrays, null for a number that is not finite."""
    if isinstance(value, Mapping):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return _listed(np.asarray(value))
    if isinstance(value, list | tuple):
        return [jsonable(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def sentence(title: str) -> str:
    """Return a title so that another sentence can follow it."""
    return title if title[-1:] in ".?!…" else f"{title}."


def as_written(settings: object) -> Any:
    """Return settings as a scenario file spells them, so that it can be read again: 'inf' for infinity."""
    if isinstance(settings, Mapping):
        return {str(key): as_written(item) for key, item in settings.items()}
    if isinstance(settings, list | tuple):
        return [as_written(item) for item in settings]
    return str(settings) if isinstance(settings, float) and not math.isfinite(settings) else settings


def _listed(array: NDArray[Any]) -> Any:
    if array.dtype.kind != "f" or np.isfinite(array).all():
        return array.tolist()
    items = array.astype(object)
    items[~np.isfinite(array)] = None
    return items.tolist()


def _regrets(result: Result) -> Iterable[Array | None]:
    return repeat(None, len(result.racers)) if result.regrets is None else result.regrets


def _in_plane(result: Result) -> Iterable[dict[str, Array]]:
    """Return where each racer is in the plane of a landscape, and the loss there; nothing without one."""
    if result.landscape is None:
        return repeat({}, len(result.racers))
    both = zip(result.landscape.paths, result.landscape.losses, strict=True)
    return ({"plane_x": path, "plane_f": losses} for path, losses in both)


def _landscape(landscape: Landscape) -> dict[str, Any]:
    """Return the plane, what it holds of the paths, and the loss on it: f[i, j] at y[i] and x[j]."""
    plane, (x, y) = landscape.plane, landscape.axes
    return {
        "plane": landscape.name,
        "variance_share": plane.share,
        "variance_shares": list(plane.shares),
        "iterates": plane.iterates,
        "left_out": list(landscape.left_out),
        "origin": plane.origin,
        "directions": plane.directions,
        "x": x,
        "y": y,
        "f": landscape.heights,
    }


def _racer_facts(racer: Racer, place: int) -> dict[str, Any]:
    return {
        "label": racer.label,
        "optimizer": racer.rule.name,
        "hyperparameters": as_written(racer.hyperparameters),
        **racer.rule.gradient_written,
        **({} if racer.from_twin is None else {"distance_from_ours": racer.from_twin}),
        **({} if racer.tuning is None else {"tuning": racer.tuning.facts()}),
        **_outcome(racer.judgement),
        "place": place,
        "gradient_evaluations": racer.trajectory.gradient_evaluations,
        "state_size": racer.state_size,
        **_series(racer.trajectory),
    }


def _swarm(racer: Racer) -> dict[str, Any]:
    """Return what is told of a swarm, and each of its runs as a race of its own would tell it."""
    if racer.runs is None:
        return {}
    runs = [
        {**_outcome(judgement), "gradient_evaluations": path.gradient_evaluations, **_series(path)}
        for path, judgement in racer.runs.single()
    ]
    return {"swarm": racer.runs.facts(), "runs": runs}


def _outcome(judgement: Judgement) -> dict[str, Any]:
    return {
        "outcome": judgement.outcome,
        "arrived_at": judgement.arrived_at,
        "entered_at": judgement.entered_at,
        "stopped_at": judgement.stopped_at,
        "diverged_at": judgement.diverged_at,
    }


def _series(trajectory: Trajectory) -> dict[str, Any]:
    return {
        "x": trajectory.x,
        "f": trajectory.f,
        "gradient": trajectory.gradient,
        "state": trajectory.state,
        "effective_lr": trajectory.effective_lr,
    }


def _csv_rows_of(racer: Racer, trajectory: Trajectory, dim: int, regret: Array | None) -> Iterator[tuple[object, ...]]:
    name = racer.rule.name
    rates = trajectory.effective_lr
    columns: tuple[Iterable[Any], ...] = (
        _rows(trajectory.x[1:]),
        _rows(trajectory.f[1:]),
        _rows(np.linalg.norm(trajectory.gradient, axis=1)),
        repeat([None] * dim, trajectory.steps) if rates is None else _rows(rates),
        _rows(trajectory.lr),
        repeat((), trajectory.steps) if regret is None else _rows(regret[:, np.newaxis]),
    )
    last = [None] * (regret is not None)
    yield racer.label, 0, *trajectory.x[0].tolist(), float(trajectory.f[0]), *[None] * (dim + 2), name, *last
    for step, (x, f, norm, rate, lr, average) in enumerate(zip(*columns, strict=True), 1):
        yield racer.label, step, *x, f, norm, *rate, lr, name, *average


def _rows(column: Array) -> Iterator[Any]:
    """Yield each row as Python floats, None where not finite, converted a part of the column at a time."""
    for start in range(0, len(column), ROWS_AT_ONCE):
        yield from _listed(column[start : start + ROWS_AT_ONCE])


def _columns(racer: Racer, regret: Array | None) -> Iterator[tuple[str, Array]]:
    if racer.runs is not None:
        yield from _stacked([path for path, _ in racer.runs.single()], racer.rule.steps)
        return
    trajectory = racer.trajectory
    for name in ("x", "f", "gradient", "lr"):
        yield name, getattr(trajectory, name)
    if trajectory.effective_lr is not None:
        yield "effective_lr", trajectory.effective_lr
    if regret is not None:
        yield "average_regret", regret
    yield from ((f"state/{name}", column) for name, column in trajectory.state.items())


def _stacked(paths: Sequence[Trajectory], steps: int) -> Iterator[tuple[str, Array]]:
    """Yield each series of several runs as one array, filled up with NaN where a run is shorter."""

    def stack(columns: Sequence[Array], rows: int) -> Array:
        whole = np.full((len(columns), rows, *columns[0].shape[1:]), np.nan)
        for one, column in zip(whole, columns, strict=True):
            one[: len(column)] = column
        return whole

    yield "x", stack([path.x for path in paths], steps + 1)
    yield "f", stack([path.f for path in paths], steps + 1)
    yield "gradient", stack([path.gradient for path in paths], steps)
    yield "lr", stack([path.lr for path in paths], steps)
    rates = [path.effective_lr for path in paths if path.effective_lr is not None]
    if rates:
        yield "effective_lr", stack(rates, steps)
    for name in paths[0].state:
        yield f"state/{name}", stack([path.state[name] for path in paths], steps)
