"""Writes one HTML page in which the race is alive, and which holds all that it needs, so that it can be mailed.

The application is TypeScript in ``src``, built into page.js and page.css (``npm run build``). The page allows no script
but these two by their hashes, no network and no code made from text.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import quote

from PIL import Image

from optviz.frames import Pixels
from optviz.output.metadata import Metadata, between, metadata_of

POSTER_QUALITY = 78  # of WebP, up to 100
FRAME_PX = 960  # height in a notebook

_PAGE = Template("""<!doctype html>
<html lang="en"$scheme>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src $scripts; style-src $styles; \
img-src data: blob:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="$maker">
<title>$title</title>
<style>$style</style>
</head>
<body>
<main id="app">
<h1>$title</h1>
<div class="late">
$poster<p>The race itself runs in a browser of 2022 or later that allows scripts.</p>
<p>$words</p>
</div>
</main>
<template id="scenario">$scenario</template>
<script type="application/json" id="race">$document</script>
<script>$code</script>
<script>$app</script>
</body>
</html>
""")

_SCHEMES = {"dark": ' class="dark"', "paper": ' class="light"'}  # asked for, whatever the reader's browser prefers

_EMBEDDING = Template("""<iframe src="$source" title="$title" loading="lazy" style="width: 100%; border: 0"></iframe>
<script>
addEventListener("message", event => {
  const frame = [...document.querySelectorAll("iframe")].find(one => one.contentWindow === event.source);
  if (frame && event.data.optviz) frame.style.height = event.data.optviz.height + "px";
});
</script>""")


@dataclass(frozen=True)
class Page:
    """All that a page holds."""

    title: str
    scenario: str  # as YAML text
    words: str  # what happened, for readers who cannot see it, or whose browser is too old
    document: Mapping[str, Any]  # what src/types.ts calls Payload
    code: str  # sets optvizCode: the function, its gradient and the rules as JavaScript
    poster: Pixels | None = None  # the end of the race, (height, width, 4)
    recipe: str = ""  # a digest of all that decides what is drawn


def write_html(path: Path, page: Page) -> None:
    """Write the page."""
    path.write_text(page_text(page), encoding="utf-8", newline="\n")


def page_text(page: Page) -> str:
    """Return the page's text."""
    words = metadata_of(page)
    script, style = _built("page.js"), _built("page.css")
    texts = {"title": words.title, "maker": words.maker, "scenario": words.scenario, "words": page.words}
    return _PAGE.substitute(
        {name: escape(text) for name, text in texts.items()},
        scripts=f"{allowed_source(page.code)} {allowed_source(script)}",
        styles=allowed_source(style),
        style=style,
        scheme=_SCHEMES.get(str(page.document.get("scheme")), ""),
        poster="" if page.poster is None else _poster(page.poster, page.title),
        document=_in_script(page.document),
        code=page.code,
        app=script,
    )


def embedding(name: str, title: str) -> str:
    """Return what a page of another site needs to show this one, as high as it says it is."""
    called = escape(" ".join(title.split()))
    return _EMBEDDING.substitute(source=escape(quote(name)), title=called)


def framed(text: str, title: str) -> str:
    """Return a page inside a frame of its own, for a notebook's cell."""
    style = f"width: 100%; height: {FRAME_PX}px; border: 0"
    called, inside = escape(" ".join(title.split())), escape(text)
    rights = "allow-scripts allow-downloads"
    return f'<iframe title="{called}" sandbox="{rights}" style="{style}" srcdoc="{inside}"></iframe>'


def read_html(path: Path) -> Metadata:
    """Read what the page says about itself."""
    page = path.read_text(encoding="utf-8")
    places = ("<title>", "</title>"), ('<meta name="generator" content="', '"'), ('<template id="scenario">', "</temp")
    return Metadata(*(between(page, before, after) for before, after in places))


@cache
def _built(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8").strip()


def allowed_source(text: str) -> str:
    """Return the source that a Content-Security-Policy allows a script or style of this text by."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _in_script(document: Mapping[str, Any]) -> str:
    """Return JSON in which nothing can end the script that holds it."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _poster(pixels: Pixels, title: str) -> str:
    held = io.BytesIO()
    Image.fromarray(pixels).convert("RGB").save(held, "WEBP", quality=POSTER_QUALITY)
    picture = base64.b64encode(held.getvalue()).decode()
    height, width = pixels.shape[:2]
    described = escape(f"{' '.join(title.split())}: the end of the race")
    size = f'width="{width}" height="{height}"'
    return f'<img id="poster" decoding="async" src="data:image/webp;base64,{picture}" {size} alt="{described}">\n'
