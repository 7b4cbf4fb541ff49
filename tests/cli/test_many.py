"""Several scenarios at once: side by side, each failure alone, and nobody left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from optviz.pipeline import render as rendering
from optviz.scenario.shipped import shipped_names
from tests.cli import BROKEN, SMALL, optviz_says


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(SMALL + f"output: {name}.json\n")
    (tmp_path / "broken.yaml").write_text(BROKEN)
    return tmp_path


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
    assert result.stderr.startswith("broken.yaml:1:11: function: no such function: baele; did you mean beale?\n")
    assert result.stderr.splitlines()[-1].startswith("cannot write two.yaml/x.json: ")
    assert {path.name for path in folder.glob("*.json")} == {"one.json", "two.json"}


def test_several_go_into_one_folder_and_tell_scripts(folder: Path) -> None:
    result = optviz_says("race", "one.yaml", "two.yaml", "--to", "all", "--json", "--steps", "3")
    assert (result.exit_code, result.stderr) == (0, "")
    (one, two) = json.loads(result.stdout)
    assert [file["path"] for file in one["files"] + two["files"]] == ["all/one.json", "all/two.json"]
    assert one["files"][0]["bytes"] == os.path.getsize("all/one.json")


def test_two_scenarios_must_not_write_the_same_file(folder: Path) -> None:
    (folder / "two.yaml").write_text(SMALL + "output: one.json\n")
    result = optviz_says("race", "one.yaml", "two.yaml")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("two.yaml: one.json is also the output of one.yaml; ")


def test_one_path_is_not_for_several_scenarios() -> None:
    result = optviz_says("race", "one.yaml", "two.yaml", "-o", "x.gif")
    assert result.exit_code == 2
    assert result.stderr.startswith("-o x.gif: names the files of one scenario, not of several; --to FOLDER")


def test_the_gallery_renders_what_ships(folder: Path) -> None:
    result = optviz_says("gallery", "--only", "race", "--only", "post/adamax-1d", "--preview", "--to", "g", "-j", "2")
    assert (result.exit_code, result.stderr) == (0, "")
    films = {path.relative_to("g").as_posix() for path in Path("g").rglob("*.gif")}
    assert films == {"race.preview.gif", "post/adamax-1d.preview.gif"}


def test_the_gallery_holds_every_shipped_scenario(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted: list[str] = []
    monkeypatch.setattr("optviz.cli.race_command._carry_out", lambda scenarios, wish: wanted.extend(scenarios))
    assert optviz_says("gallery").exit_code == 0
    assert wanted == shipped_names()
    assert optviz_says("gallery", "--only", "rcae").stderr == "--only rcae: no such scenario; did you mean race?\n"


# --- interrupted --------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="signals to groups of processes")
@pytest.mark.parametrize(
    ("files", "number", "code"),
    [(["one.yaml", "two.yaml"], signal.SIGINT, 130), (["one.yaml"], signal.SIGTERM, 143)],
)
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
    assert (process.returncode, said) == (code, b"interrupted\n" if code == 130 else b"")
    assert list(folder.glob("out/*")) == []
