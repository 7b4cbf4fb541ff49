"""Several scenarios at once: side by side, each failure alone, and nobody left behind."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from optviz.pipeline import render as rendering
from tests import few
from tests.cli import BROKEN, SMALL, optviz_says

pytestmark = pytest.mark.usefixtures("small")


@pytest.fixture(autouse=True)
def scenarios(folder: Path) -> None:
    for name in ("one", "two"):
        (folder / f"{name}.yaml").write_text(SMALL + f"output: {name}.json\n")
    (folder / "broken.yaml").write_text(BROKEN)


def test_several_end_with_a_table_and_one_failure_with_its_code(folder: Path) -> None:
    (folder / "blocked.yaml").write_text(SMALL + "output: two.yaml/x.json\n")
    result = optviz_says("race", "one.yaml", "broken.yaml", "two.yaml", "blocked.yaml")
    assert result.exit_code == 2
    rows = [line.split()[:3] for line in result.stdout.splitlines()]
    assert rows == [
        ["scenario", "winner", "files"],
        ["one.yaml", "SGD", "one.json"],
        ["broken.yaml", "failed"],
        ["two.yaml", "SGD", "two.json"],
        ["blocked.yaml", "failed"],
    ]
    errors = result.stderr.splitlines()
    assert errors[0] == "broken.yaml:1:11: function: no such function: baele; did you mean beale?"
    assert errors[1:3] == ["  function: baele", "            ^^^^^"]
    assert errors[-1].startswith("cannot write two.yaml/x.json: ")
    assert {path.name for path in folder.glob("*.json")} == {"one.json", "two.json"}


def test_several_go_into_one_folder_and_tell_scripts(folder: Path) -> None:
    result = optviz_says("race", "one.yaml", "two.yaml", "--to", "all", "--json", "--steps", "3")
    assert (result.exit_code, result.stderr) == (0, "")
    (one, two) = json.loads(result.stdout)
    assert [file["path"] for file in one["files"] + two["files"]] == ["all/one.json", "all/two.json"]
    assert one["files"][0]["bytes"] == os.path.getsize("all/one.json")


# --- interrupted --------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="signals to groups of processes")
@pytest.mark.parametrize(
    ("files", "number", "code"),
    few([(["one.yaml", "two.yaml"], signal.SIGINT, 130), (["one.yaml"], signal.SIGTERM, 143)], 2),
)
@pytest.mark.thorough
def test_an_interruption_ends_everybody_and_leaves_nothing(
    folder: Path, files: list[str], number: signal.Signals, code: int
) -> None:
    for name in files:
        (folder / name).write_text(SMALL.replace("frames: 3", "frames: 2000") + f"output: out/{name}.gif\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "optviz", "race", *files],
        start_new_session=True,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(rendering.__file__).parents[2])},
    )
    while process.poll() is None and not list(folder.glob("out/.*")):
        time.sleep(0.02)
    os.killpg(process.pid, number) if number == signal.SIGINT else process.send_signal(number)
    _, said = process.communicate()
    assert (process.returncode, said) == (code, b"interrupted\n" if code == 130 else b"terminated\n")
    assert list(folder.glob("out/*")) == []


# --- estimates ---------------------------------------------------------------------------------------


@pytest.mark.thorough
def test_a_dry_run_foretells_and_writes_nothing(folder: Path) -> None:
    result = optviz_says("race", "small.yaml", "--dry-run", "-o", "a.gif", "-o", "b.json")
    assert result.exit_code == 0
    assert re.fullmatch(r"a\.gif  3 frames, 0\.1 s, 320x180, about \d+ kB\nb\.json\n", result.stdout)
    assert not list(folder.glob("[ab].*"))


@pytest.mark.thorough
def test_a_dry_run_for_scripts(folder: Path) -> None:
    found = json.loads(optviz_says("race", "small.yaml", "--dry-run", "--json", "-o", "a.gif").stdout)
    assert (found["frames"], found["size"], found["files"][0]["path"]) == (3, [320, 180], "a.gif")
    assert found["files"][0]["expected_bytes"] > 1000


@pytest.mark.thorough
def test_a_dry_run_says_what_would_be_given_away(folder: Path) -> None:
    (folder / "wide.yaml").write_text(SMALL.replace("320x180", "640x360"))
    result = optviz_says("race", "wide.yaml", "--dry-run", "--max-size", "14kB")
    assert re.search(r"wide\.yaml: about [\d.]+ kB, for at most 14 kB: width 640 to \d+", result.stderr)


def test_an_estimate_of_several_reports_every_mistake(folder: Path) -> None:
    (folder / "worse.yaml").write_text("functoin: beale\n")
    result = optviz_says("race", "one.yaml", "broken.yaml", "worse.yaml", "--dry-run")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "broken.yaml:2:1: stepps" in result.stderr
    assert "worse.yaml:1:1: functoin" in result.stderr
