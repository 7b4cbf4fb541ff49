"""``optviz league``: its table, its files, and what is said of leagues that cannot be played."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from optviz.output.metadata import made_by_optviz
from tests.cli import optviz_says

TEXT = """function: beale
steps: 12
optimizers: [sgd, adam]
league: {functions: [sphere, beale], rates: 4, starts: {random: 3}}
render: {size: 320x180, frames: 3, hold: 0}
"""


@pytest.fixture(autouse=True)
def scenario(folder: Path) -> None:
    (folder / "it.yaml").write_text(TEXT)


@pytest.mark.thorough
def test_a_league_in_every_kind_of_file(folder: Path) -> None:
    outputs = ["a.json", "b.csv", "c.npz", "d.png", "e.gif", "f.txt"]
    given = [part for path in outputs for part in ("-o", path)]
    result = optviz_says("league", "it.yaml", "--ruleset", "coco", *given)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0].startswith("COCO: one rate for all functions")
    assert result.stdout.splitlines()[2].split()[:4] == ["place", "95", "%", "rule"]
    assert all(made_by_optviz(folder / path) for path in outputs)
    document = json.loads((folder / "a.json").read_text())
    assert document["ruleset"] == "coco"
    assert document["functions"] == ["sphere", "beale"]
    assert len(list(csv.DictReader((folder / "b.csv").read_text().splitlines()))) == 4
    with np.load(folder / "c.npz") as file:
        assert file["final"].shape == (2, 2, 4, 3)


def test_flags_change_who_plays_and_finished_cells_are_kept(folder: Path) -> None:
    given = ("league", "it.yaml", "--rules", "adamax,lion", "--functions", "booth", "-o", "a.csv", "--resume", "kept")
    first = optviz_says(*given)
    assert first.exit_code == 0, first.output
    assert "Adamax" in first.stdout
    assert len(list((folder / "kept").glob("*.npz"))) == 4
    written = (folder / "a.csv").read_bytes()
    assert optviz_says(*given, "-q").exit_code == 0
    assert (folder / "a.csv").read_bytes() == written


@pytest.mark.parametrize(
    ("flag", "remedy"),
    [
        ("--function", "--functions NAME,..."),
        ("--optimizer", "--rules NAME,..."),
        ("--start", "--set league.starts={random: COUNT}"),
        ("--lr", "--set league.lr=[LOW,HIGH]"),
        ("--table", "-o numbers.csv"),
    ],
)
def test_what_a_league_does_not_heed_it_does_not_take(flag: str, remedy: str) -> None:
    assert f"{flag}; {remedy} does it" in optviz_says("league", "it.yaml", flag, "1").stderr.replace("\n", " ")


def test_a_league_is_called_by_who_plays_unless_its_author_says_otherwise(folder: Path) -> None:
    def title(*arguments: str) -> str:
        assert optviz_says("league", *arguments, "-o", "a.txt").exit_code == 0
        return (folder / "a.txt").read_text().partition(" Terms")[0]

    few = ("--set", "league.rates=3", "--set", "league.starts={random: 3}", "--steps", "9")
    assert title("it.yaml", *few) == "2 rules on 2 functions: who is first?"
    assert title("it.yaml", *few, "--title", "Mine") == "Mine."
    assert title("--rules", "adam,lion", "--functions", "beale", *few) == "2 rules on Beale: who is first?"


REFUSED = [
    (["--rules", ""], "--rules: names nothing; leave it out"),
    (["--rules", "adamm"], "--rules adamm: no such optimizer: adamm; did you mean adam?"),
    (["--rules", "adam,adamm"], "--rules adam,adamm: no such optimizer: adamm; did you mean adam?"),
    (["--functions", "bealle"], "--functions bealle: no such function: bealle; did you mean beale?"),
    (["--ruleset", "olympic"], "--ruleset olympic: must be final, target, algoperf, deepobs or coco, got 'olympic'"),
    (["--resume", "it.yaml"], "--resume it.yaml: is a file; name an empty or a new folder"),
]


@pytest.mark.parametrize(("flags", "said"), REFUSED)
def test_wrong_flags_are_told_and_nothing_is_written(flags: list[str], said: str, folder: Path) -> None:
    result = optviz_says("league", "it.yaml", "-o", "a.csv", *flags)
    assert result.exit_code != 0
    assert said in result.stderr
    assert not (folder / "a.csv").exists()
