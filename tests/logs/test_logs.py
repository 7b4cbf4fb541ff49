"""Logs of every format give the same runs; what is wrong is said in a line."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import optviz
from optviz.errors import OptvizError
from optviz.logs import Log, files_of, read_logs, tensorboard, text
from optviz.logs import json_lines as lines
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
    stepped = bytes([step]) if step < 128 else bytes([step & 127 | 128, step >> 7])
    return record(bytes([1 << 3 | 1]) + struct.pack("<d", 1.0), bytes([2 << 3]) + stepped, field(5, summary))


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


LONG = "x" * 64  # which may have been cut
TABLES = {
    "commas": ("a.csv", 'step,name,loss\n0,"Adam, fast",1\n0,é,2\n1,"Adam, fast",.5\n'),
    "byte order mark": ("a.csv", "\ufeffstep,loss\n0,1\n1,nan\n"),
    "returns": ("a.tsv", "step\tloss\r\n0\t1\r\n1\t2\r\n"),
    "returns alone": ("a.csv", "step,loss\r0,1\r1,2\r"),
    "holes": ("a.csv", "step,adam,sgd\n0,1,\n1,,2\n2,nan,3\n"),
    "a first hole": ("a.csv", "step,adam,sgd\n0,,5\n1,1,2\n"),
    "numbers as names": ("a.csv", "run,step,loss\n0,0,1\n1,0,2\n"),
    "long names": ("a.csv", f"run,step,loss\n{LONG},0,1\n{LONG}x,0,2\n"),
    "blank lines": ("a.csv", "step,loss\n0,1\n\n1,2\n"),
    "ranges": ("a.csv", 'Step,"a - f","a - f__MIN","a - f__MAX"\n0,1,,\n1,2,x,9\n'),
    "lines": ("a.jsonl", '{"label": "Adam, fast", "step": 0, "loss": 1}\n{"label": "é", "step": 3, "loss": NaN}\n'),
    "close lines": ("a.jsonl", '{"step":0,"loss":1,"note":"x"}\r\n{"step":3,"loss":-1e-3,"note":"y"}\r\n'),
    "lines with holes": (
        "a.jsonl",
        '{"step": 0, "loss": 1}\n{"step": 1, "loss": null}\n\n{"step": 2}\n{"loss": 3, "step": 4}',
    ),
    "lines of two forms": (
        "a.jsonl",
        '{"step": 1, "b": 1, "note": "x,"}\n{"step": 1, "a": 2}\n{"note": "y", "step": 3, "b": null}\n'
        '{"step": 4, "a": 0.5}\n{"step": 4, "a": 5.0}\n{"step": 5, "b": 1e-3, "note": "z"}',
    ),
    "lines of other runs": (
        "a.jsonl",
        '{"run": "z", "loss": 1}\n{"loss": 2, "run": "b"}\n{"loss": 3}\n{"loss": 4, "run": "z"}\n'
        '{"run": 1, "loss": 5}\n{"run": "1", "loss": 6}\n{"run": null, "loss": 7}\n{"run": 1.0, "loss": 8}',
    ),
    "lines of many forms": ("a.jsonl", "\n".join(f'{{"f{number % 40}": {number}}}' for number in range(80))),
    "lines that are escaped": ("a.jsonl", '{"run": "a\\"}", "loss": 1}\n{"run": "\\u00e9", "loss": 2}\n'),
    "lines of texts": ("a.jsonl", '{"loss": 1, "lr": "0.1"}\n{"loss": 2, "lr": "0.2"}\n'),
    "a text later": ("a.jsonl", '{"loss": 1, "f2": 1}\n{"loss": 2, "f2": "2"}\n'),
    "lines in lines": ("a.jsonl", '{"loss": 1, "lr": {"loss": 3}}\n{"loss": 2, "lr": {"loss": 4}}\n'),
}


def outcome(file: Path) -> object:
    """The runs of a file, or what is said of it."""
    try:
        logs = read_logs(file)
    except OptvizError as error:
        return str(error)
    return [(log.label, log.steps.tolist(), None if log.f is None else log.f.tolist()) for log in logs]


def outcomes(file: Path) -> tuple[object, object]:
    """What comes of a file that may be read at once, and that is read row by row."""
    quick = outcome(file)
    with pytest.MonkeyPatch.context() as patch:
        for module in (text, lines):
            patch.setattr(module, "_at_once", lambda *_: None)
        return quick, outcome(file)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_that_is_read_at_once_is_read_as_row_by_row(name: str, tmp_path: Path) -> None:
    file = tmp_path / TABLES[name][0]
    file.write_bytes(TABLES[name][1].encode())
    quick, slow = outcomes(file)
    assert isinstance(quick, list)
    assert quick == slow


@pytest.mark.thorough
@settings(max_examples=500)
@given(
    name=st.sampled_from(sorted(TABLES)),
    edits=st.lists(
        st.tuples(st.integers(0, 200), st.integers(0, 2), st.text('0 1.e-+,;"{}[]:\t\n\\xé', max_size=2)),
        min_size=1,
        max_size=3,
    ),
)
def test_a_table_with_odd_characters_is_read_or_refused_as_row_by_row(
    name: str, edits: list[tuple[int, int, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    file, held = tmp_path_factory.getbasetemp() / TABLES[name][0], TABLES[name][1]
    for place, count, put in edits:
        held = held[: place % len(held)] + put + held[place % len(held) + count :]
    file.write_bytes(held.encode())
    quick, slow = outcomes(file)
    assert quick == slow


ODD = ("lines of many forms", "lines that are escaped", "a text later", "lines in lines")


@pytest.mark.parametrize("name", TABLES)
def test_only_odd_tables_are_read_row_by_row(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slowly: list[object] = []
    for module, reader in ((text, "_row_by_row"), (lines, "_line_by_line")):
        read = getattr(module, reader)
        monkeypatch.setattr(module, reader, lambda *given, read=read: slowly.append(given) or read(*given))
    file = written(tmp_path / TABLES[name][0], "")
    file.write_bytes(TABLES[name][1].encode())
    read_logs(file)
    assert bool(slowly) == (name in ODD)


@pytest.mark.parametrize("text", ["step,loss,loss__MAX\n0,1,2\n1,3\n", "step,loss,loss__MAX\n0,1,2\n1,3,4,5\n"])
def test_rows_of_other_lengths_are_seen_beside_ranges(text: str, tmp_path: Path) -> None:
    with pytest.raises(OptvizError, match=r"row 2 has [24] cells, the first line 3"):
        read_logs(written(tmp_path / "a.csv", text))


@pytest.mark.parametrize(
    ("loss", "said"),
    [
        (np.array([1, 1j]), "loss holds no numbers, but complex128"),
        (np.array(["3", "2"]), "loss holds no numbers, but <U1"),
        (np.array([3, None], object), "is no NPZ file of numbers"),
        (np.ones((3, 4)), "holds no run"),
        (np.float64(3), "holds no run"),
    ],
)
def test_arrays_that_are_no_losses_are_refused(tmp_path: Path, loss: Any, said: str) -> None:
    np.savez(tmp_path / "a.npz", loss=loss)
    with pytest.raises(OptvizError, match=said):
        read_logs(tmp_path / "a.npz")


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


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("epoch,accuracy,loss,val_accuracy,val_loss\n0,.1,3,.1,4\n1,.2,2,.2,5\n", ["loss", "val_loss"]),  # Keras
        ("epoch,train_loss,val_loss\n0,3,\n0,,4\n1,2,\n1,,5\n", ["train_loss", "val_loss"]),  # Lightning
        ("step,loss,eval/loss,train_loss\n0,3,4,\n1,2,5,2.5\n", ["loss", "eval/loss"]),
        ("step,val_loss,lr\n0,3,4\n1,2,5\n", ["a"]),
        ("step,d_loss,g_loss,lr\n0,3,4,1\n1,2,5,1\n", ["d_loss", "g_loss"]),
        (
            "run,epoch,train_loss,val_loss\nA,0,3,4\nA,1,2,5\nB,0,3,4\n",
            [f"{r} {c}_loss" for r in "AB" for c in ("train", "val")],
        ),
        ("step,x,y,loss,val_loss\n0,1,2,3,4\n", ["a"]),
        ("step,loss,loss_scale\n0,3,4\n1,2,5\n", ["a"]),
    ],
)
def test_each_loss_of_a_run_races(text: str, labels: list[str], tmp_path: Path) -> None:
    logs = read_logs(written(tmp_path / "a.csv", text))
    assert [log.label for log in logs] == labels
    first = logs[0].f
    assert first is not None
    assert first.tolist() == [3.0, 2.0][: len(first)]


def test_what_was_logged_holds_until_the_next_row() -> None:
    log = Log("a", np.array([2, 5]), np.array([1.0, 0.5]))
    held = log.held().f
    assert held is not None
    assert held.tolist() == [1, 1, 1, 1, 1, 0.5]
    whole = Log("a", np.array([0, 1]), np.array([1.0, 0.5]))
    assert whole.held() is whole


def test_empty_cells_are_nothing_and_nan_is_a_divergence(tmp_path: Path) -> None:
    (log,) = read_logs(written(tmp_path / "a.csv", "step,loss\n0,1\n1,\n2,nan\n"))
    assert log.steps.tolist() == [0, 2]
    assert log.f is not None
    assert log.f.tolist() == [1, np.inf]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.csv", "", "has no row of numbers"),
        ("a.csv", "step,loss\n1,2\n3\n", "row 2 has 1 cells, the first line 2"),
        ("a.csv", "step,loss\n1,high\n", "row 1 of 'loss' is no number: high"),
        ("a.csv", "step;loss\n1;1,5\n", "row 1 of 'loss' is no number: 1,5; write a decimal point for the comma"),
        ("a.csv", "step\n1\n", "holds no losses and no points, but step"),
        ("a.csv", "step,loss\n-1,2\n", "must be whole numbers from 0"),
        ("a.csv", f"step,loss\n{MOST_STEPS + 1},2\n", f"beyond {MOST_STEPS}"),
        ("a.csv", f"step,{'x' * 201}\n1,2\n", "the name of a run must be at most 200 characters, got 201"),
        ("a.jsonl", "{}\n[1]\n", "line 2 is no JSON object"),
        ("a.jsonl", '{"loss":1}{"loss":2}\n', "line 1 is no JSON object"),
        ("a.jsonl", '{"loss":1}\n{"loss":1}2\n', "line 2 is no JSON object"),
        ("a.jsonl", '{"loss":1}\n5{"loss":1}\n', "line 2 is no JSON object"),
        ("a.jsonl", "[" * 100_000, "line 1 is no JSON object"),
        ("a.jsonl", "", "has no row of numbers"),
        ("a.csv", "step,loss,loss\n0,1,2\n", "has two columns called loss"),
        ("a.json", '{"racers": [{"label": "a", "x": [], "f": [1' + "0" * 400 + "]}]}", "is no data of optviz"),
        ("a.json", "{}", "is no data of optviz"),
        ("a.npz", "PK", "is no NPZ file of numbers"),
        ("a.npz", "PK\x03\x04cut", "cannot be read: File is not a zip file"),
        ("a.npz", "", "cannot be read"),
        ("a.csv", 'step,"loss\n1,2\n', "has no row of numbers"),
        ("a.csv", "loss,a" + "x" * 140_000 + "\n1,2\n", "is no table: field larger than field limit (131072)"),
        ("a.csv", "0,3\n1,2\n", "names no columns; its first line must, such as step,loss"),
        ("a.tfevents", "x" * 40, "is no event file of TensorBoard"),
        ("a.txt", "1", "has no format that can be replayed"),
    ],
)
def test_what_is_wrong_is_said(name: str, text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(OptvizError) as error:
        read_logs(written(tmp_path / name, text))
    assert said in str(error.value)


def test_lines_that_are_no_utf_8_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b'{"loss": 1, "name": "\\u0061\xff"}\n')
    with pytest.raises(OptvizError, match="is no text in UTF-8"):
        read_logs(tmp_path / "a.jsonl")


def test_blank_lines_are_passed_over(tmp_path: Path) -> None:
    (log,) = read_logs(written(tmp_path / "a.csv", "\nstep,loss\n\n0,1\n\n3,0.5\n"))
    assert (log.steps.tolist(), log.f if log.f is None else log.f.tolist()) == ([0, 3], [1, 0.5])


@pytest.mark.parametrize("forms", [0, 1, tensorboard.MOST_FORMS])
def test_scalars_are_read_in_their_order_whatever_their_records_have_in_common(
    forms: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tensorboard, "MOST_FORMS", forms)
    image = record(bytes([2 << 3, 1]), field(5, field(1, field(1, b"loss") + field(4, b"\x0a\x02hi"))))
    logged = [
        (300, "b", 3.0),
        (0, "b", 9.0),
        (7, "a", 4.0),
        (7, "b", 8.0),
        (1, "a", 5.0),
        (7, "a", 2.0),
        (301, "b", 1.0),
    ]
    records = [event(step, tag, value, tensor=tag == "a") for step, tag, value in logged]
    (tmp_path / "events.tfevents").write_bytes(b"".join([record(), image, *records, image]))
    found = {
        log.label: (log.steps.tolist(), log.f.tolist())
        for log in read_logs(tmp_path / "events.tfevents")
        if log.f is not None
    }
    assert list(found) == ["b", "a"]
    assert found == {"b": ([0, 7, 300, 301], [9, 8, 3, 1]), "a": ([1, 7], [5, 2])}


@pytest.mark.parametrize("hole", ["", "null"])
def test_a_number_larger_than_any_float_is_a_run_that_is_lost(hole: str, tmp_path: Path) -> None:
    rows = [f'{{"loss": {loss}}}' for loss in ("1", f"1{'0' * 400}", f"-1{'0' * 400}", hole) if loss]
    (log,) = read_logs(written(tmp_path / "a.jsonl", "\n".join(rows)))
    assert log.f is not None
    assert log.f.tolist() == [1, np.inf, -np.inf]


@pytest.mark.parametrize("cut", [0, 7, 13, 20, 30, 45])
def test_a_damaged_event_file_gives_runs_or_an_error(cut: int, tmp_path: Path) -> None:
    raw = bytearray(event(3, "loss", 1.0, tensor=False) + event(4, "loss", 0.5, tensor=True))
    raw[cut] ^= 0xFF
    (tmp_path / "events.tfevents").write_bytes(raw)
    try:
        assert read_logs(tmp_path / "events.tfevents")
    except OptvizError as error:
        assert "\n" not in str(error)  # noqa: PT017
