"""Numbers written to files read back to the last bit."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optviz.output import data
from tests.output.films import Race, X, write_data


def plain(value: Any) -> Any:
    """Arrays as lists, however deep."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.tolist() if isinstance(value, np.ndarray) else value


def test_json_reads_back_exactly(tmp_path: Path) -> None:
    path = tmp_path / "race.json"
    write_data(path, Race())
    assert json.loads(path.read_text(encoding="utf-8")) == plain(Race().document())


def forbidden(name: str) -> Any:
    raise AssertionError(f"{name} is not JSON")


@pytest.mark.parametrize("value", [float("inf"), -float("inf"), float("nan"), np.float64("inf"), np.array(np.nan)])
def test_a_number_that_is_not_finite_is_null(value: Any) -> None:
    for shaped, expected in ((value, None), ([1.0, value], [1.0, None]), (np.array([[value, 2.0]]), [[None, 2.0]])):
        assert json.loads("".join(data._pieces(shaped, "\n")), parse_constant=forbidden) == expected


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        (),
        {"a": []},
        [{"b": [[1, 2.5], [3, 4]]}, {}],
        ["text", None, True],
        np.float64(0.1),
        np.zeros((0, 2)),
        "NaN",
    ],
)
def test_any_shape_of_document(value: Any) -> None:
    read = json.loads("".join(data._pieces(value, "\n")))
    assert read == json.loads(json.dumps(value, default=lambda array: array.tolist()))


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
@pytest.mark.thorough
def test_any_float_survives_json(values: list[float]) -> None:
    assert json.loads("".join(data._pieces(np.array(values), "\n"))) == values


def test_a_long_series_is_written_in_parts() -> None:
    values = np.random.default_rng(0).normal(size=(2 * data.CHUNK + 5, 2))
    pieces = list(data._pieces(values, "\n"))
    assert len(pieces) == 4
    assert json.loads("".join(pieces)) == values.tolist()


def test_csv_has_exact_floats_and_empty_cells(tmp_path: Path) -> None:
    path = tmp_path / "race.csv"
    write_data(path, Race())
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["racer"], row["step"]) for row in rows] == [("Adam, slow", str(step)) for step in range(3)]
    assert [[float(row["x0"]), float(row["x1"])] for row in rows] == X.tolist()
    assert [row["gradient"] for row in rows] == ["", "0.1", "0.2"]


def test_npz_holds_the_arrays(tmp_path: Path) -> None:
    path = tmp_path / "race.npz"
    write_data(path, Race())
    with np.load(path) as archive:
        assert archive.files == list(Race().arrays())
        for name, expected in Race().arrays().items():
            assert archive[name].dtype == np.float64
            assert np.array_equal(archive[name], expected)
