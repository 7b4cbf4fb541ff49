"""``optviz race``: what it writes, prints and returns."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import typer

from tests.cli import optviz_says

pytestmark = pytest.mark.usefixtures("small")


def test_race_writes_every_output_and_prints_the_ranking(folder: Path) -> None:
    result = optviz_says("race", "small.yaml", "-o", "a.json", "-o", "b/c.csv")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["racer", "outcome", "final", "f"]
    assert [line.split()[:3] for line in lines[1:3]] == [["1", "SGD", "moving"], ["2", "Adam", "moving"]]
    assert lines[3].startswith("a.json  ")
    assert lines[4].startswith("b/c.csv  ")
    assert lines[4].endswith(" s")
    assert json.loads((folder / "a.json").read_text())["ranking"] == ["SGD", "Adam"]


@pytest.mark.thorough
def test_race_goes_to_outputs_by_default(folder: Path) -> None:
    result = optviz_says("race", "small.yaml")
    assert result.exit_code == 0
    assert (folder / "outputs" / "small.gif").read_bytes().startswith(b"GIF89a")


def test_quiet_prints_nothing(folder: Path) -> None:
    result = optviz_says("race", "small.yaml", "-q", "-o", "a.json")
    assert (result.exit_code, result.output) == (0, "")


def test_race_without_a_file_is_the_shipped_race(folder: Path) -> None:
    result = optviz_says("race", "-o", "a.json")
    assert result.exit_code == 0
    assert len(json.loads((folder / "a.json").read_text())["racers"]) == 10


def test_an_unwritable_output_is_found_before_the_race(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "x.gif").mkdir()
    monkeypatch.setattr("optviz.pipeline.render.run", lambda *_: pytest.fail("raced"))
    result = optviz_says("race", "small.yaml", "-o", "x.gif")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "cannot write x.gif: it is a folder\n"


def test_json_for_scripts() -> None:
    result = optviz_says("race", "small.yaml", "--json", "-o", "a.json", "-o", "b.csv")
    document = json.loads(result.stdout)
    assert (document["name"], document["title"]) == ("small.yaml", "Adam and SGD on Beale")
    assert document["ranking"] == [racer["label"] for racer in document["racers"]] == ["SGD", "Adam"]
    assert [(file["path"], file["bytes"]) for file in document["files"]] == [
        (path, Path(path).stat().st_size) for path in ("a.json", "b.csv")
    ]
    assert document["seconds"] > 0


def test_open_shows_the_first_file(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(typer, "launch", lambda path: opened.append(path) or len(opened) - 1)
    assert optviz_says("race", "small.yaml", "-o", "a.json", "-o", "b.json", "--open", "-q").exit_code == 0
    assert opened == ["a.json"]
    result = optviz_says("race", "small.yaml", "-o", "a.json", "--open", "-q")
    assert (result.exit_code, result.stderr) == (
        1,
        "a.json: written, but no viewer could be started; open it yourself\n",
    )


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always one")
def test_open_without_a_display_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("platform.release", lambda: "6.1.0")
    monkeypatch.setattr(typer, "launch", lambda path: pytest.fail("opened"))
    result = optviz_says("race", "small.yaml", "-o", "a.json", "--open", "-q")
    said = "a.json: written, but there is no display to open it on; optviz race FILE --show plays it in this terminal\n"
    assert (result.exit_code, result.stderr, Path("a.json").exists()) == (1, said, True)


def test_ctrl_c_ends_with_the_shells_code(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("optviz.pipeline.render.run", interrupted)
    result = optviz_says("race", "small.yaml")
    assert (result.exit_code, result.stderr) == (130, "interrupted\n")


def test_a_bug_keeps_its_trace(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("optviz.pipeline.render.run", broken)
    assert isinstance(optviz_says("race", "small.yaml").exception, ZeroDivisionError)


@pytest.mark.thorough
def test_changed_writes_only_what_would_be_another(folder: Path) -> None:
    call = ("race", "small.yaml", "--changed", "-o", "a.gif")
    assert optviz_says(*call).stdout.startswith("   racer")
    made = (folder / "a.gif").stat().st_mtime_ns
    assert optviz_says(*call).stdout == "unchanged: a.gif\n"
    assert json.loads(optviz_says(*call, "--json").stdout)["unchanged"]
    assert (folder / "a.gif").stat().st_mtime_ns == made
    assert optviz_says(*call, "--preview").stdout.startswith("   racer")
    assert (folder / "a.gif").stat().st_mtime_ns > made
