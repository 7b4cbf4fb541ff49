"""``optviz gallery``: the scenarios that ship."""

from __future__ import annotations

from pathlib import Path

import pytest

from optviz.scenario.shipped import shipped_names
from tests.cli import optviz_says


def test_the_gallery_renders_what_ships(folder: Path) -> None:
    result = optviz_says("gallery", "--only", "race", "--only", "post/adamax-1d", "--preview", "--to", "g", "-j", "2")
    assert (result.exit_code, result.stderr) == (0, "")
    films = {path.relative_to("g").as_posix() for path in Path("g").rglob("*.gif")}
    assert films == {"race.preview.gif", "post/adamax-1d.preview.gif"}


def test_the_gallery_holds_every_shipped_scenario(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted: list[str] = []
    monkeypatch.setattr("optviz.cli.gallery.render", lambda scenarios, options: wanted.extend(scenarios))
    assert optviz_says("gallery").exit_code == 0
    assert wanted == shipped_names()
    assert optviz_says("gallery", "--only", "rcae").stderr == "--only rcae: no such scenario; did you mean race?\n"
