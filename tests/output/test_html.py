"""The page holds the whole film and nothing from elsewhere."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import av
import pytest

from tests.output.films import film, write_animation


def page(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_the_film_is_inside(tmp_path: Path) -> None:
    write_animation(tmp_path / "race.html", film())
    (letters,) = re.findall(r"data:video/mp4;base64,([A-Za-z0-9+/=]*)", page(tmp_path / "race.html"))
    (tmp_path / "inside.mp4").write_bytes(base64.b64decode(letters))
    with av.open(str(tmp_path / "inside.mp4")) as container:
        assert sum(1 for _ in container.decode(video=0)) == 12 + 1  # the hold is one long picture


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.sources: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        said = dict(attributes)
        if tag not in ("meta", "input"):
            self.open.append(tag)
        self.sources += [value or "" for key, value in attributes if key in ("src", "href")]
        self.ids |= {said["id"] or ""} if "id" in said else set()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_it_is_well_formed_and_loads_nothing(tmp_path: Path) -> None:
    write_animation(tmp_path / "race.html", replace(film(frames=2), title="<script>alert('a')</script>"))
    text = page(tmp_path / "race.html")
    elements = Elements()
    elements.feed(text)
    assert elements.open == []
    assert all(source.startswith("data:") for source in elements.sources)
    assert "http" not in re.sub(r"base64,[^\"]*", "", text)
    assert "<script>alert" not in text
    wanted = re.search(r"\[(\"film\".*?)\]", text)
    assert wanted
    assert set(re.findall(r'"(\w+)"', wanted[1])) <= elements.ids


@pytest.mark.parametrize("loop", [0, 3])
def test_the_player_knows_the_film(tmp_path: Path, loop: int) -> None:
    write_animation(tmp_path / "race.html", replace(film(fps=24), loop=loop))
    assert f"fps = 24, last = 23, plays = {loop};" in page(tmp_path / "race.html")
