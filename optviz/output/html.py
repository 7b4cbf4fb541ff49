"""Writes one HTML page that holds the film and its player (play, step, scrub) and no links, so it can be mailed."""

from __future__ import annotations

import base64
import tempfile
from functools import partial
from html import escape
from pathlib import Path
from string import Template

from optviz.frames import Film, Frame
from optviz.output import FORMATS
from optviz.output.metadata import Metadata, between, metadata_of
from optviz.output.timing import hold_of
from optviz.output.video import MP4, VideoWriter

CHUNK_BYTES = 3 << 18  # read at a time; three bytes are four characters of base64

_BEFORE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="$maker">
<title>$title</title>
<style>
body { margin: 0 auto; padding: 1em; max-width: ${width}px; font: 16px system-ui, sans-serif; }
video { width: 100%; height: auto; display: block; }
.controls { display: flex; gap: .5em; align-items: center; margin: .5em 0 1em; }
.controls input { flex: 1; }
.controls output { min-width: 7em; text-align: right; font-variant-numeric: tabular-nums; }
button { font: inherit; min-width: 2.5em; }
pre { overflow: auto; }
</style>
</head>
<body>
<video id="film" width="$width" height="$height" muted playsinline autoplay aria-label="$title"
 src="data:video/mp4;base64,""")

_AFTER = Template(""""></video>
<div class="controls">
<button id="back" title="One frame back (left arrow)" aria-label="One frame back">&#x2190;</button>
<button id="play" title="Play or pause (space)" aria-label="Play or pause">&#x23EF;</button>
<button id="on" title="One frame on (right arrow)" aria-label="One frame on">&#x2192;</button>
<input id="bar" type="range" min="0" max="$last" value="0" aria-label="Frame">
<output id="count" for="bar"></output>
</div>
<details><summary>The scenario</summary><pre id="scenario">$scenario</pre></details>
<script>
"use strict";
const fps = $fps, last = $last, plays = $plays;
const [film, bar, count, back, play, on] =
  ["film", "bar", "count", "back", "play", "on"].map(id => document.getElementById(id));
let played = 0;
const shown = () => Math.min(last, Math.floor(film.currentTime * fps + 0.01));
const tell = () => { bar.value = shown(); count.value = `$${shown() + 1} / $${last + 1}`; };
const go = frame => { film.pause(); film.currentTime = (Math.max(0, Math.min(last, frame)) + 0.5) / fps; };
const toggle = () => film.paused ? film.play() : film.pause();
const watch = () => { if (!film.seeking) tell(); requestAnimationFrame(watch); };
film.addEventListener("ended", () => { played += 1; if (!plays || played < plays) film.play(); });
film.addEventListener("seeked", tell);
film.addEventListener("click", toggle);
play.addEventListener("click", toggle);
back.addEventListener("click", () => go(shown() - 1));
on.addEventListener("click", () => go(shown() + 1));
bar.addEventListener("input", () => go(Number(bar.value)));
document.addEventListener("keydown", event => {
  const act = { ArrowLeft: () => go(shown() - 1), ArrowRight: () => go(shown() + 1), " ": toggle }[event.key];
  if (act) { event.preventDefault(); act(); }
});
watch();
</script>
</body>
</html>
""")


class PageWriter:
    """Writes the film as MP4 into a temporary folder, then the page around it."""

    def __init__(self, path: Path, film: Film) -> None:
        self._path, self._film = path, film
        self._folder = tempfile.TemporaryDirectory(prefix="optviz-")
        self._video = Path(self._folder.name) / "film.mp4"
        self._writer = VideoWriter(self._video, film, MP4, FORMATS[".html"].seconds_per_key)

    def add(self, frame: Frame) -> None:
        """Show the next frame."""
        self._writer.add(frame)

    def finish(self) -> None:
        """Write the page."""
        self._writer.finish()
        words = self._words()
        with self._path.open("w", encoding="utf-8", newline="\n") as page:
            page.write(_BEFORE.substitute(words))
            with self._video.open("rb") as video:
                for part in iter(partial(video.read, CHUNK_BYTES), b""):
                    page.write(base64.b64encode(part).decode("ascii"))
            page.write(_AFTER.substitute(words))

    def close(self) -> None:
        """Release the video, complete or not, and remove it."""
        self._writer.close()
        self._folder.cleanup()

    def _words(self) -> dict[str, str]:
        """Return what the templates ask for, escaped."""
        film, words = self._film, metadata_of(self._film)
        held = round(hold_of(film) * film.fps)
        numbers = {"width": film.width, "height": film.height, "fps": film.fps, "plays": film.loop}
        numbers["last"] = film.frames + held - 1
        texts = {"title": words.title, "maker": words.maker, "scenario": words.scenario}
        return {key: str(number) for key, number in numbers.items()} | {k: escape(text) for k, text in texts.items()}


def read_html(path: Path) -> Metadata:
    """Read what the page says about itself."""
    page = path.read_text(encoding="utf-8")
    places = ("<title>", "</title>"), ('<meta name="generator" content="', '"'), ('<pre id="scenario">', "</pre>")
    return Metadata(*(between(page, before, after) for before, after in places))
