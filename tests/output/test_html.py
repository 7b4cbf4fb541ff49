"""The page is one file that asks for nothing from elsewhere, and allows no script but its own."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from optviz.output import html, write_all
from optviz.output.html import Page, page_text
from tests.output.films import film, page

FOLDER = Path(html.__file__).parent
EVIL = "</script><script>alert('a')</script><img src=x onerror=alert(1)> & \u2028"


class Elements(HTMLParser):
    """What a browser finds in the page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.inside: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "img"):
            self.open.append(tag)
        self.attributes += [(tag, key, value or "") for key, value in attributes]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("script", "style"):
            self.inside.append((self.open[-1], data))

    def values(self, key: str) -> list[str]:
        return [value for _, name, value in self.attributes if name == key]


def evil() -> Page:
    return replace(page(film()), title=EVIL, words=EVIL, document={"title": EVIL, "racers": [{"label": EVIL}]})


def test_it_is_well_formed_and_asks_for_nothing() -> None:
    elements = Elements(page_text(page(film())))
    assert elements.open == []
    assert all(source.startswith("data:image/webp;base64,") for source in elements.values("src"))
    assert elements.values("href") == elements.values("style") == []
    for name in ("page.js", "page.css"):
        text = (FOLDER / name).read_text(encoding="utf-8")
        assert not re.search(r"https?://|\beval\(|new Function|innerHTML|insertAdjacentHTML|document\.write", text)
        assert "</script" not in text


def test_only_its_own_scripts_and_styles_are_allowed_by_their_hashes() -> None:
    elements = Elements(page_text(page(film())))
    (policy,) = [value for value in elements.values("content") if "default-src" in value]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    texts = [text for tag, text in elements.inside if not text.startswith("{")]
    assert len(texts) == 3
    hashes = {base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts}
    assert set(re.findall(r"'sha256-([^']*)'", policy)) == hashes


def test_words_are_text_and_never_markup() -> None:
    text = page_text(evil())
    elements = Elements(text)
    assert elements.open == []
    assert len(re.findall("<script", text)) == 3
    assert len(re.findall("<img", text)) == 1
    (document,) = [json.loads(inside) for tag, inside in elements.inside if inside.startswith("{")]
    assert document["racers"][0]["label"] == EVIL


def test_the_poster_is_the_end_of_the_race() -> None:
    (source,) = Elements(page_text(page(film()))).values("src")
    with Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2]))) as image:
        shown: Any = np.asarray(image.convert("RGB"), int)
    assert np.abs(shown - film().still(None)[..., :3]).mean() < 12
    assert Elements(page_text(replace(page(film()), poster=None))).values("src") == []


def test_what_is_not_finite_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_all([tmp_path / "race.html"], page=replace(page(film()), document={"x": float("nan")}))
    assert list(tmp_path.iterdir()) == []


def test_the_built_files_are_those_of_the_sources() -> None:
    digest = hashlib.sha256()
    for path in sorted((FOLDER / "src").iterdir()):
        digest.update(path.read_bytes())
    for name in ("page.js", "page.css"):
        first = (FOLDER / name).read_text(encoding="utf-8")[:30]
        assert f"/* {digest.hexdigest()[:16]} */" in first, "run npm run build in optviz/output/html"


def test_the_scripts_stay_small() -> None:
    assert (FOLDER / "page.js").stat().st_size < 60_000
    assert (FOLDER / "page.css").stat().st_size < 9_000
