"""Numbers written to files read back to the last bit."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from films import Race, document
from hypothesis import given
from hypothesis import strategies as st

from optviz.output import data, write_data


def plain(value: Any) -> Any:
    """Arrays as lists, however deep."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.tolist() if isinstance(value, np.ndarray) else value


def test_json_reads_back_exactly(tmp_path: Path) -> None:
    path = tmp_path / "race.json"
    write_data(path, Race(document()))
    assert json.loads(path.read_text(encoding="utf-8")) == plain(document())


def forbidden(name: str) -> Any:
    raise AssertionError(f"{name} is not JSON")


@pytest.mark.parametrize("value", [float("inf"), -float("inf"), [1.0, float("inf")], np.array([[-np.inf]])])
def test_infinity_is_valid_json_and_reads_back(value: Any) -> None:
    text = "".join(data._pieces(value, "\n"))
    assert json.loads(text, parse_constant=forbidden) == plain(value)


@pytest.mark.parametrize("value", [float("nan"), [float("nan")], np.array(np.nan)])
def test_what_is_no_number_is_null(value: Any) -> None:
    assert json.loads("".join(data._pieces(value, "\n"))) in (None, [None])


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


@given(st.lists(st.floats(allow_nan=False), min_size=1))
def test_any_float_survives_json(values: list[float]) -> None:
    assert json.loads("".join(data._pieces(np.array(values), "\n"))) == values


def test_a_long_series_is_written_in_parts() -> None:
    values = np.random.default_rng(0).normal(size=(2 * data.CHUNK + 5, 2))
    pieces = list(data._pieces(values, "\n"))
    assert len(pieces) == 4
    assert json.loads("".join(pieces)) == values.tolist()


def test_csv_has_a_line_for_each_step_and_exact_floats(tmp_path: Path) -> None:
    path = tmp_path / "race.csv"
    write_data(path, Race(document()))
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    adam = document()["racers"][0]
    assert [(row["label"], row["step"]) for row in rows] == [
        *(("Adam, slow", str(step)) for step in range(3)),
        *(("SGD", str(step)) for step in range(2)),
    ]
    for step in range(3):
        assert [float(rows[step]["x"]), float(rows[step]["y"])] == adam["x"][step].tolist()
        assert float(rows[step]["f"]) == adam["f"][step]
    for name in ("gradient_x", "effective_lr_y", "m_x", "v_y"):
        assert rows[0][name] == ""
    assert float(rows[2]["gradient_y"]) == adam["gradient"][1, 1]
    assert float(rows[1]["m_x"]) == adam["state"]["m"][0, 0]
    assert rows[4]["m_x"] == rows[4]["effective_lr_x"] == ""
    assert float(rows[4]["gradient_x"]) == float("inf")


@pytest.mark.parametrize(
    ("name", "size", "columns"),
    [
        ("x", 1, ["x"]),
        ("gradient", 1, ["gradient"]),
        ("x", 2, ["x", "y"]),
        ("m", 2, ["m_x", "m_y"]),
        ("x", 3, ["x1", "x2", "x3"]),
        ("v", 3, ["v_x1", "v_x2", "v_x3"]),
    ],
)
def test_the_names_of_columns(name: str, size: int, columns: list[str]) -> None:
    assert data._column_names(name, size) == columns


def test_a_long_csv_is_written_in_parts(tmp_path: Path) -> None:
    steps = data.CHUNK + 7
    racer = {"label": "SGD", "optimizer": "sgd", "x": np.arange(steps + 1.0), "gradient": np.arange(1.0, steps + 1)}
    write_data(tmp_path / "race.csv", Race({"racers": [racer]}))
    lines = (tmp_path / "race.csv").read_text().splitlines()
    assert lines[:3] == ["label,optimizer,step,x,gradient", "SGD,sgd,0,0.0,", "SGD,sgd,1,1.0,1.0"]
    assert lines[1:] == [f"SGD,sgd,{k},{float(k)},{float(k) if k else ''}" for k in range(steps + 1)]


def test_npz_holds_float64_arrays_and_the_rest_as_json(tmp_path: Path) -> None:
    path = tmp_path / "race.npz"
    write_data(path, Race(document()))
    with np.load(path) as archive:
        about = json.loads(str(archive["about"]))
        arrays = {name: archive[name] for name in archive.files if name != "about"}
    adam = document()["racers"][0]
    assert set(arrays) == {
        *("0/x", "0/f", "0/gradient", "0/effective_lr", "0/state/m", "0/state/v"),
        *("1/x", "1/f", "1/gradient"),
    }
    assert all(array.dtype == np.float64 for array in arrays.values())
    assert np.array_equal(arrays["0/state/v"], adam["state"]["v"])
    assert np.array_equal(arrays["0/f"], adam["f"])
    assert about["ranking"] == document()["ranking"]
    assert about["racers"][1]["label"] == "SGD"
    assert "x" not in about["racers"][0]
