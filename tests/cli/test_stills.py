"""The picture after a save is the one of a process that has drawn nothing before, whatever was kept."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from optviz.cli import watch
from optviz.cli.server import Page
from optviz.pipeline.changes import Changes

PLAIN = """\
function: {name: beale, window: [[-1, 4], [-1.5, 2]]}
start: [0.7, 1.4]
steps: 60
language: en
optimizers: [adam: {lr: 0.1}, amsgrad: {lr: 0.2, label: Mine}, sgd: {lr: 0.01, color: crimson}]
render: {size: 426x240, frames: 2, theme: light, levels: auto, panels: [loss, ranking]}
"""
EDITS = {
    "a rate": ("lr: 0.1", "lr: 0.11"),
    "a racer": ("adam:", "adamax:"),
    "a label": ("Mine", "Yours"),
    "a colour": ("crimson", "navy"),
    "the function": ("{name: beale, window: [[-1, 4], [-1.5, 2]]}", "{formula: x**2 + 3*y**2 - x*y}"),
    "a constant": (
        "{name: beale, window: [[-1, 4], [-1.5, 2]]}",
        "{formula: a*x**2 + y**2, constants: {a: 3}, window: [[-2, 2], [-2, 2]]}",
    ),
    "the window": ("[-1, 4]", "[-1.1, 4]"),
    "the steps": ("60", "70"),
    "the theme": ("light", "dark"),
    "the size": ("426x240", "480x270"),
    "the language": ("language: en", "language: de"),
    "the levels": ("levels: auto", "levels: linear"),
    "the panels": ("[loss, ranking]", "[ranking]"),
    "nothing, in the end": ("steps", "steps"),
}
FRESH = """\
import os, pkgutil, sys
from importlib import import_module
from pathlib import Path
import optviz.picture, optviz.pipeline.glance, optviz.pipeline.render, optviz.output.png, optviz.scenario.loading
from tests.cli.test_stills import still_of
for module in pkgutil.walk_packages(optviz.picture.__path__, "optviz.picture."):
    import_module(module.name)  # once for all
for path in map(Path, sys.argv[1:]):
    child = os.fork()
    if not child:
        path.with_suffix(".fresh").write_bytes(still_of(path))
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0, path
"""


def still_of(file: Path) -> bytes:
    """Return the picture that watching a file begins with; no film is drawn."""
    return still_after_save(watch.Rounds(watch.WatchOptions(scenarios=[str(file)], quiet=True), Changes(file), Page()))


def still_after_save(rounds: watch.Rounds) -> bytes:
    """Return the picture that is written next; no film is drawn."""
    written: list[bytes] = []

    def put_and_leave_off(path: Path, data: bytes) -> None:
        written.append(data)
        raise watch.OvertakenError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(watch, "_put", put_and_leave_off)
        rounds.changes.wait()
        rounds.render()
    return written[0]


@pytest.mark.thorough
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that have drawn nothing")
def test_whatever_is_edited_the_still_is_that_of_a_fresh_process(folder: Path) -> None:
    texts = {what: PLAIN.replace(old, new, 1) for what, (old, new) in EDITS.items()}
    assert all(text != PLAIN for what, text in texts.items() if "nothing" not in what)
    files = []
    for number, text in enumerate(texts.values()):
        files.append(folder / f"{number}" / "edited.yaml")
        files[-1].parent.mkdir()
        files[-1].write_text(text)
    subprocess.run([sys.executable, "-c", FRESH, *map(str, files)], check=True, cwd=Path(__file__).parents[2])
    edited = folder / "edited.yaml"
    edited.write_text(PLAIN)
    rounds = watch.Rounds(watch.WatchOptions(scenarios=[str(edited)], quiet=True), Changes(edited), Page())
    first = still_after_save(rounds)
    for what, text, file in zip(texts, texts.values(), files, strict=True):
        edited.write_text(text)
        assert still_after_save(rounds) == file.with_suffix(".fresh").read_bytes(), what
    assert first == files[-1].with_suffix(".fresh").read_bytes()
