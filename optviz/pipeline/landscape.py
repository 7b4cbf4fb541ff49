"""Computes the landscape of a race by tiles: in threads, and kept in a folder where one is named."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from optviz.engine.landscape import Landscape, cut_landscape
from optviz.engine.result import Result
from optviz.parallel import ordered
from optviz.pipeline.cells import Store, digest
from optviz.scenario import Scenario


def with_landscape(scenario: Scenario, result: Result, folder: Path | None = None) -> Result:
    """Return the result with the landscape that the scenario's view shows, if it shows one.

    folder: where finished tiles are kept. Raises OptvizError for one that holds something else.
    """
    asked = scenario.render.landscape
    if scenario.render.view != "landscape" or asked is None:
        return result
    landscape = cut_landscape(result, asked.plane, asked.grid, scenario.seed)
    return replace(result, landscape=replace(landscape, heights=_heights(result, landscape, folder)))


def _heights(result: Result, landscape: Landscape, folder: Path | None) -> NDArray[np.float64]:
    """Return the (grid, grid) heights; a tile is a row, and those that the folder has are not computed again."""
    store = None if folder is None else Store(folder, {"kind": "tiles of landscapes"}, "tiles")
    fingerprint = "" if store is None else _fingerprint(result, landscape)

    def tile(row: int) -> NDArray[np.float64]:
        key = digest({"landscape": fingerprint, "row": row})
        kept = None if store is None else store.get(key)
        if kept is not None:
            return kept["f"]
        heights = landscape.rows(result.problem, slice(row, row + 1))
        if store is not None:
            store.put(key, {"f": heights})
        return heights

    rows = range(landscape.grid)
    # code of the user's may mind by which thread it is called
    return np.concatenate(list(map(tile, rows) if result.problem.custom else ordered(tile, rows)))


def _fingerprint(result: Result, landscape: Landscape) -> str:
    """Return a hash of all that the heights depend on: the places, and the loss, told by its values along the paths."""
    content = sha256()
    for array in (*landscape.plane[:2], *landscape.axes, *landscape.losses, *(racer.f for racer in result.racers)):
        content.update(np.ascontiguousarray(array).tobytes())
    return content.hexdigest()
