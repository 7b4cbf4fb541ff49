"""Logs of every format give the same runs; what is wrong is said in a line."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optviz
from optviz.errors import OptvizError
from optviz.logs import Log, files_of, read_logs
from optviz.logs.log import MOST_STEPS

STEPS = [0, 10, 20]
LOSSES = {"adam": [3.0, 1.5, 0.25], "sgd": [3.0, 2.5, 2.0]}


def record(*fields: bytes) -> bytes:
    """One record of an event file; nobody looks at its checksums."""
    body = b"".join(fields)
    return struct.pack("<Q", len(body)) + bytes(4) + body + bytes(4)


def field(number: int, body: bytes) -> bytes:
    return bytes([number << 3 | 2, len(body)]) + body


def event(step: int, tag: str, value: float, *, tensor: bool) -> bytes:
    number = (
        field(8, bytes([1 << 3, 1]) + field(4, struct.pack("<f", value)))
        if tensor
        else bytes([2 << 3 | 5]) + struct.pack("<f", value)
    )
    summary = field(1, field(1, tag.encode()) + number)
    return record(bytes([1 << 3 | 1]) + struct.pack("<d", 1.0), bytes([2 << 3, step]), field(5, summary))


def long_csv(folder: Path) -> Path:
    rows = [f"{run},{step},{loss}" for run, losses in LOSSES.items() for step, loss in zip(STEPS, losses, strict=True)]
    return written(folder / "long.csv", "\n".join(["run,step,loss", *rows]))


def wide_csv(folder: Path) -> Path:
    rows = [";".join(map(str, row)) for row in zip(STEPS, *LOSSES.values(), strict=True)]
    return written(folder / "wide.csv", "\n".join([";".join(["Step", *LOSSES]), *rows]))


def wandb_csv(folder: Path) -> Path:
    head = ["Step", *(f"{run} - train/loss{end}" for run in LOSSES for end in ("", "__MIN", "__MAX"))]
    rows = [
        [step, *(cell for losses in LOSSES.values() for cell in (losses[i], "", ""))] for i, step in enumerate(STEPS)
    ]
    text = "\n".join(",".join(f'"{cell}"' for cell in row) for row in [head, *rows])
    return written(folder / "wandb.csv", text)


def json_lines(folder: Path) -> Path:
    rows = [
        {"label": run, "_step": step, "loss": loss, "note": "x", "lr": {"a": 1}}
        for run, losses in LOSSES.items()
        for step, loss in zip(STEPS, losses, strict=True)
    ]
    return written(folder / "runs.jsonl", "\n".join(map(json.dumps, rows)))


def npz(folder: Path) -> Path:
    np.savez(folder / "runs.npz", step=np.array(STEPS), **{run: np.array(values) for run, values in LOSSES.items()})
    return folder / "runs.npz"


def events(folder: Path) -> Path:
    for number, (run, losses) in enumerate(LOSSES.items()):
        (folder / "logs" / run).mkdir(parents=True)
        parts = [event(s, "loss", loss, tensor=bool(number)) for s, loss in zip(STEPS, losses, strict=True)]
        (folder / "logs" / run / "events.out.tfevents.1").write_bytes(b"".join(parts) + b"\x20\0\0\0\0\0\0\0half")
    return folder / "logs"


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("make", [long_csv, wide_csv, wandb_csv, json_lines, npz, events])
def test_every_format_gives_the_same_runs(make: Callable[[Path], Path], tmp_path: Path) -> None:
    logs = read_logs(make(tmp_path))
    assert {log.label: log.f.tolist() for log in logs if log.f is not None} == LOSSES
    assert [log.steps.tolist() for log in logs] == [STEPS, STEPS]


@pytest.mark.parametrize("suffix", ["json", "npz", "csv"])
def test_what_optviz_exports_is_read_back(suffix: str, tmp_path: Path) -> None:
    race = optviz.run(optviz.build(function="beale", steps=20, optimizers=["adam", {"sgd": {"label": "Plain, slow"}}]))
    race.save(tmp_path / f"race.{suffix}")
    for racer, log in zip(race.racers, read_logs(tmp_path / f"race.{suffix}"), strict=True):
        assert log.label == racer.label
        assert log.x is not None
        assert log.f is not None
        assert np.array_equal(log.x, racer.x)
        assert np.array_equal(log.f, racer.f)


@pytest.mark.parametrize("columns", [{"x": [3.0, 2.0], "y": [1.0, 0.0]}, {"x": [[3.0, 1.0], [2.0, 0.0]]}])
def test_arrays_of_points_are_points(columns: dict[str, Any], tmp_path: Path) -> None:
    np.savez(tmp_path / "mine.npz", f=[5.0, 4.0], **columns)
    (log,) = read_logs(tmp_path / "mine.npz")
    assert log.x is not None
    assert log.f is not None
    assert (log.label, log.x.tolist(), log.f.tolist()) == ("mine", [[3, 1], [2, 0]], [5, 4])


def test_a_folder_has_its_tables_and_its_event_files(tmp_path: Path) -> None:
    folder = events(tmp_path)
    (folder / "notes.json").write_text("{}")
    (folder / "deep").mkdir()
    tables = [json_lines(folder), long_csv(folder / "deep")]
    assert files_of(folder) == [folder, *sorted(tables)]
    assert files_of(tables[0]) == [tables[0]]
    assert files_of(tmp_path / "none") == [tmp_path / "none"]


def test_what_was_logged_holds_until_the_next_row() -> None:
    log = Log("a", np.array([2, 5]), np.array([1.0, 0.5]))
    held = log.held().f
    assert held is not None
    assert held.tolist() == [1, 1, 1, 1, 1, 0.5]


def test_empty_cells_are_nothing_and_nan_is_a_divergence(tmp_path: Path) -> None:
    (log,) = read_logs(written(tmp_path / "a.csv", "step,loss\n0,1\n1,\n2,nan\n"))
    assert log.steps.tolist() == [0, 2]
    assert log.f is not None
    assert log.f.tolist() == [1, np.inf]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.csv", "", "has no row of numbers"),
        ("a.csv", "step,loss\n1,2\n3\n", "row 3 has 1 cells, the head 2"),
        ("a.csv", "step,loss\n1,high\n", "row 1 of 'loss' is no number: high"),
        ("a.csv", "step;loss\n1;1,5\n", "row 1 of 'loss' is no number: 1,5; write a decimal point for the comma"),
        ("a.csv", "step\n1\n", "holds no losses and no points, but step"),
        ("a.csv", "step,loss\n-1,2\n", "must be whole numbers from 0"),
        ("a.csv", f"step,loss\n{MOST_STEPS + 1},2\n", f"beyond {MOST_STEPS}"),
        ("a.csv", f"step,{'x' * 201}\n1,2\n", "the name of a run must be at most 200 characters, got 201"),
        ("a.jsonl", "{}\n[1]\n", "line 2 is no JSON object"),
        ("a.json", "{}", "is no data of optviz"),
        ("a.npz", "PK", "cannot be read"),
        ("a.tfevents", "x" * 40, "is no event file of TensorBoard"),
        ("a.txt", "1", "has no format that can be replayed"),
    ],
)
def test_what_is_wrong_is_said(name: str, text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(OptvizError) as error:
        read_logs(written(tmp_path / name, text))
    assert said in str(error.value)


@pytest.mark.parametrize("cut", [0, 7, 13, 20, 30, 45])
def test_a_damaged_event_file_gives_runs_or_an_error(cut: int, tmp_path: Path) -> None:
    raw = bytearray(event(3, "loss", 1.0, tensor=False) + event(4, "loss", 0.5, tensor=True))
    raw[cut] ^= 0xFF
    (tmp_path / "events.tfevents").write_bytes(raw)
    try:
        assert read_logs(tmp_path / "events.tfevents")
    except OptvizError as error:
        assert "\n" not in str(error)  # noqa: PT017
