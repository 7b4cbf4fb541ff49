"""What the terminal shows while something takes long, and what scripts and pipes get."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import typer

from optviz.cli.progress import Lines, Task, bar, shown
from tests.cli import SMALL, Terminal, optviz_says


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.yaml").write_text(SMALL)
    return tmp_path


def at(seconds: float, done: int, total: int) -> str:
    task = Task("x.gif", "drawing", done, total, began=0.0)
    return task.line(seconds)


def test_a_line_says_what_is_done_how_far_how_fast_and_how_long() -> None:
    half = "━" * 12 + "─" * 12
    assert bar(1, 2) == half
    assert at(2.0, 120, 240) == f"drawing x.gif {half}  120/240 frames  60/s  2 s left".replace(f"{half}  ", f"{half} ")
    assert at(0.01, 1, 2) == f"drawing x.gif {half} 1/2 frames"
    assert at(100.0, 10, 100).endswith("  0/s  15 min 0 s left")
    assert at(2.0, 240, 240).endswith(" 240/240 frames  120/s")
    assert Task("x.gif", "racing").line(5.0) == "racing x.gif"


def test_counting_begins_with_the_first_frame() -> None:
    task = Task("x", began=0.0)
    task.count(1, 10)
    began = task.began
    task.count(2, 10)
    assert began > 0
    assert (task.began, task.doing, task.done, task.total) == (began, "drawing", 2, 10)


def test_lines_are_drawn_over_one_another_and_gone_at_the_end() -> None:
    stream = Terminal(True)
    tasks = [Task("a", "racing"), Task("b"), Task("c", "racing")]
    lines = Lines(tasks, stream)
    lines.draw(at_once=True)
    tasks[0].doing = ""
    lines.draw(at_once=True)
    lines.erase()
    assert stream.getvalue() == "\rracing a\x1b[K\nracing c\x1b[K\x1b[J\r\x1b[1Aracing c\x1b[K\x1b[J\r\x1b[J"


def test_lines_never_wrap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    monkeypatch.setenv("LINES", "4")
    stream = Terminal(True)
    Lines([Task("a" * 50, "racing") for _ in range(9)], stream).draw(at_once=True)
    assert [len(line) for line in re.sub(r"\x1b\[.", "", stream.getvalue()[1:]).split("\n")] == [19] * 3


@pytest.mark.parametrize(
    ("terminal", "quiet", "drawn"), [(True, False, True), (False, False, False), (True, True, False)]
)
def test_only_a_terminal_is_drawn_on(terminal: bool, quiet: bool, drawn: bool) -> None:
    stream = Terminal(terminal)
    with shown([Task("x", "racing")], stream, quiet=quiet) as look:
        look()
    assert bool(stream.getvalue()) is drawn


# --- --json, --preview, --open ------------------------------------------------------------------------


def test_json_for_scripts() -> None:
    result = optviz_says("race", "small.yaml", "--json", "-o", "a.json", "-o", "b.csv")
    document = json.loads(result.stdout)
    assert (document["name"], document["title"]) == ("small.yaml", "Adam and SGD on Beale")
    assert document["ranking"] == [racer["label"] for racer in document["racers"]] == ["SGD", "Adam"]
    assert [(file["path"], file["bytes"]) for file in document["files"]] == [
        (path, Path(path).stat().st_size) for path in ("a.json", "b.csv")
    ]
    assert document["seconds"] > 0


def test_json_of_mistakes(folder: Path) -> None:
    (folder / "x.yaml").write_text("function: beale\nstepps: 3\noptimizers: [adam]\n")
    result = optviz_says("check", "small.yaml", "x.yaml", "--json")
    assert (result.exit_code, result.stderr) == (2, "")
    (issue,) = json.loads(result.stdout)
    assert (issue["file"], issue["line"], issue["column"], issue["path"]) == ("x.yaml", 2, 1, "stepps")
    assert optviz_says("check", "small.yaml", "--json").stdout == "[]\n"


def test_open_shows_the_first_file(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(typer, "launch", lambda path: opened.append(path) or len(opened) - 1)
    assert optviz_says("race", "small.yaml", "-o", "a.json", "-o", "b.json", "--open", "-q").exit_code == 0
    assert opened == ["a.json"]
    result = optviz_says("race", "small.yaml", "-o", "a.json", "--open", "-q")
    assert (result.exit_code, result.stderr) == (
        1,
        "a.json: written, but no viewer could be started; open it yourself\n",
    )
