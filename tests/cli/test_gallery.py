"""``optviz gallery``: the scenarios that ship, or those of a folder."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from optviz.scenario import Scenario
from optviz.scenario.shipped import shipped_names
from tests.cli import SMALL, optviz_says

ALONE = SMALL + "output: [some.gif, numbers.csv]\n"


def test_the_gallery_renders_what_ships(folder: Path) -> None:
    result = optviz_says("gallery", "--only", "race", "--only", "post/adamax-1d", "--preview", "--to", "g", "-j", "2")
    assert (result.exit_code, result.stderr) == (0, "")
    films = {path.relative_to("g").as_posix() for path in Path("g").rglob("*.gif")}
    assert films == {"race.preview.gif", "post/adamax-1d.preview.gif"}
    assert 'src="post/adamax-1d.preview.gif"' in Path("g/index.html").read_text()


@pytest.mark.thorough
def test_the_gallery_holds_every_shipped_scenario(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted: list[str] = []
    monkeypatch.setattr("optviz.cli.gallery.render", lambda scenarios, *_: wanted.extend(scenarios))
    assert optviz_says("gallery").exit_code == 0
    assert wanted == shipped_names()
    assert optviz_says("gallery", "--only", "rcae").stderr == "--only rcae: no such scenario; did you mean race?\n"


def test_a_folder_has_a_gallery_of_its_own(folder: Path) -> None:
    for name, text in {"a": ALONE, "b/a": SMALL, ".hidden/c": SMALL, "b/wrong": "function: <baele>\n"}.items():
        (folder / "talks" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "talks" / f"{name}.yaml").write_text(text)
    (folder / "talks" / "a.yml").write_text(SMALL + "title: <i>more</i>\noutput: a.mp4\n")
    result = optviz_says("gallery", "talks", "--to", "films")
    assert result.exit_code == 2
    assert [line.split()[0] for line in result.stdout.splitlines()] == [
        "scenario", "talks/a.yaml", "talks/a.yml", "talks/b/a.yaml", "talks/b/wrong.yaml", "films/index.html",
    ]  # fmt: skip
    made = {path.relative_to("films").as_posix() for path in Path("films").rglob("*.*")}
    assert made == {"index.html", "some.gif", "numbers.csv", "a.mp4", "b/a.gif"}
    page = Page(Path("films/index.html").read_text())
    assert {page.shown[0], page.shown[1], page.shown[2]} == {"some.gif", "a.mp4", "b/a.gif"}
    assert {link for link in page.links if not (folder / "films" / link).exists()} == set()
    assert "<i>" not in page.text
    assert "<baele>" not in page.text
    assert "is missing after &gt;" in page.text
    assert not re.search(r"https?:|<script", page.text)

    again = optviz_says("gallery", "talks", "--to", "films", "--changed", "--only", "a", "--only", "b/a", "--json")
    first, second = json.loads(again.stdout)
    assert [file["path"] for file in first["files"]] == ["films/numbers.csv"]  # numbers do not say what they are of
    assert second["unchanged"]
    assert again.exit_code == 0


def test_flags_change_every_scenario_of_a_gallery(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rendered: dict[str, Scenario] = {}
    monkeypatch.setattr("optviz.cli.gallery.render", lambda scenarios, *_: rendered.update(scenarios))
    flags = ("--theme", "dark", "--size", "480p", "--text", "large", "--fps", "30", "--set", "steps=7")
    assert optviz_says("gallery", "--only", "race", "--only", "beale", *flags).exit_code == 0
    for scenario in rendered.values():
        render = scenario.render
        assert (scenario.steps, render.theme, render.text, render.fps) == (7, "dark", "large", 30)
    wrong = optviz_says("gallery", "--only", "race", "--set", "step=7")
    assert wrong.stderr.startswith("--set step=7: unknown key; did you mean steps?")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["none"], "none: no such folder\n"),
        (["a.yaml"], "a.yaml: is no folder\n"),
        (["empty"], "empty: holds no scenario, no .yaml and no .yml\n"),
        (["own", "--to", "own"], "cannot write own/index.html: a file is there that optviz did not make"),
        (["page"], "page/p.yaml: outputs/gallery/index.html is the page of them all; name another output\n"),
    ],
)
def test_what_is_no_gallery(folder: Path, arguments: list[str], said: str) -> None:
    for name in ("empty", "own", "page"):
        (folder / name).mkdir()
    (folder / "a.yaml").write_text(SMALL)
    (folder / "own" / "a.yaml").write_text(SMALL)
    (folder / "own" / "index.html").write_text("<p>my own")
    (folder / "page" / "p.yaml").write_text(SMALL + "output: index.html\n")
    result = optviz_says("gallery", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(said)


class Page(HTMLParser):
    """What a page shows and links to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.shown: list[str | None] = []
        self.links: list[str | None] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("img", "video"):
            self.shown.append(given["src"])
        elif tag == "a":
            self.links.append(given["href"])


def test_a_folder_keeps_renders_for_the_next_time(folder: Path) -> None:
    (folder / "talks").mkdir()
    (folder / "talks" / "a.yaml").write_text(SMALL + "output: a.json\n")
    for to in ("one", "two"):
        result = optviz_says("gallery", "talks", "--to", to, "--resume", "kept", "-q")
        assert (result.exit_code, result.output) == (0, "")
    assert Path("one/a.json").read_bytes() == Path("two/a.json").read_bytes()
    assert len(list(Path("kept").glob("*.npz"))) == 1
    assert optviz_says("gallery", "talks", "--resume", "talks").stderr.startswith("--resume talks: holds other files")
