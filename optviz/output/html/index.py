"""Lays out a page that shows the files of several scenarios: pictures beside it, no script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import PurePath
from string import Template
from urllib.parse import quote

from optviz._version import __version__
from optviz.output import format_of
from optviz.output.atomic import is_numbered

VIDEOS = (".mp4", ".webm")

_PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="script-src 'none'; object-src 'none'; connect-src 'none'; \
base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="optviz $version">
<title>$title</title>
<style>
:root { color-scheme: light dark; font: 16px/1.45 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
main { display: grid; gap: 2.5rem 2rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 30rem), 1fr)); }
h2 { font-size: 1.1rem; margin: 0 0 .5rem; overflow-wrap: anywhere; }
img, video { width: 100%; height: auto; display: block; border: 1px solid #8884; }
p { margin: .5rem 0; overflow-wrap: anywhere; }
pre { overflow: auto; padding: .75rem; border: 1px solid #8884; white-space: pre; }
.wrong { color: #b3261e; border-color: currentcolor; white-space: pre-wrap; }
@media (prefers-color-scheme: dark) { .wrong { color: #f2b8b5; } }
</style>
</head>
<body>
<h1>$title</h1>
<main>
$entries
</main>
</body>
</html>
""")


@dataclass(frozen=True)
class Entry:
    """One scenario of the page."""

    name: str
    title: str = ""
    size: tuple[int, int] = (0, 0)  # of its pictures, width and height in pixels
    files: tuple[str, ...] = ()  # that are there, relative to the page
    scenario: str = ""  # as YAML text
    wrong: str = ""  # why it has no files


def index_text(title: str, entries: Sequence[Entry]) -> str:
    """Return the page's text."""
    shown = "\n".join(map(_entry, entries))
    return _PAGE.substitute(version=__version__, title=escape(" ".join(title.split())), entries=shown)


def _entry(entry: Entry) -> str:
    """Return one scenario: title, picture, files, text."""
    title = escape(" ".join((entry.title or entry.name).split()))
    links = ", ".join(f'<a href="{_address(file)}">{escape(PurePath(file).name)}</a>' for file in entry.files)
    parts = [
        f"<h2>{title}</h2>",
        _picture(entry, title),
        f"<p>{escape(entry.name)}{': ' if links else ''}{links}</p>",
        f'<pre class="wrong">{escape(entry.wrong)}</pre>' if entry.wrong else "",
        f"<details><summary>Scenario</summary><pre>{escape(entry.scenario)}</pre></details>" if entry.scenario else "",
    ]
    return "\n".join(["<section>", *filter(None, parts), "</section>"])


def _picture(entry: Entry, title: str) -> str:
    """Return the first animation, else the first still, that a browser shows in place."""
    kinds = {file: format_of(file).kind for file in entry.files if not is_numbered(file) and not file.endswith(".pdf")}
    films = [file for kind in ("animation", "still") for file in entry.files if kinds.get(file) == kind]
    if not films:
        return ""
    size = 'width="{}" height="{}"'.format(*entry.size)
    if PurePath(films[0]).suffix.lower() in VIDEOS:
        return (
            f'<video src="{_address(films[0])}" {size} controls muted loop preload="metadata" title="{title}"></video>'
        )
    return f'<img src="{_address(films[0])}" {size} loading="lazy" alt="{title}">'


def _address(file: str) -> str:
    return escape(quote(PurePath(file).as_posix()))
