"""Nothing of the user's machine is in a file, a picture or on the terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import optviz
from optviz.output import FORMATS
from optviz.output.metadata import read_metadata
from tests.cli import SMALL, optviz_says

READABLE = [suffix for suffix, form in FORMATS.items() if form.reader]


# --- paths ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", FORMATS)
def test_no_file_tells_where_it_was_written(folder: Path, suffix: str) -> None:
    path = folder / f"secret{suffix}"
    (folder / "own.yaml").write_text(SMALL + f"# mine\noutput: {path}\n")
    for arguments in (["own.yaml"], ["own.yaml", "--set", "steps=4"], ["own.yaml", "-o", str(path)]):
        assert optviz_says("race", *arguments).exit_code == 0
        written = path.read_bytes()
        assert str(folder).encode() not in written
        assert b"secret" not in written


def test_the_json_holds_the_scenario_without_output(folder: Path) -> None:
    path = folder / "race.json"
    race = optviz.run(optviz.load(SMALL, overrides={"output": str(path)}))
    race.save(path)
    document = json.loads(path.read_text())
    assert "output" not in document["scenario"]
    assert optviz.build(**document["scenario"]).resolved() == document["scenario"] == race.scenario.resolved()


@pytest.mark.parametrize("suffix", READABLE)
def test_a_picture_keeps_the_scenario_with_its_comments(folder: Path, suffix: str) -> None:
    path = folder / f"race{suffix}"
    (folder / "own.yaml").write_text(f"# mine\noutput: [{path}]\n# a comment\n{SMALL}")
    assert optviz_says("race", "own.yaml").exit_code == 0
    assert read_metadata(path).scenario == f"# mine\n# a comment\n{SMALL}"


@pytest.mark.parametrize("home", ["~/films/x.json", "~/x.json"])
def test_a_tilde_is_home(folder: Path, monkeypatch: pytest.MonkeyPatch, home: str) -> None:
    away = folder / "away"
    monkeypatch.setenv("HOME", str(folder / "home"))
    monkeypatch.setenv("USERPROFILE", str(folder / "home"))
    there = folder / "home" / home[2:]
    away.mkdir()
    monkeypatch.chdir(away)
    (away / "own.yaml").write_text(f"output: {home}\n{SMALL}")
    (away / "plain.yaml").write_text(f"output: x.json\n{SMALL}")
    for arguments in (["own.yaml"], ["plain.yaml", "-o", home], ["plain.yaml", "--to", home[: -len("/x.json")]]):
        assert optviz_says("race", *arguments, "-q").exit_code == 0
        there.unlink()
    optviz.run(optviz.load(SMALL)).save(home)
    there.unlink()
    assert sorted(path.name for path in away.iterdir()) == ["own.yaml", "plain.yaml"]
