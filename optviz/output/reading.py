"""The scenario back out of a file that was made from it."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

from optviz.errors import Issue, OptvizError
from optviz.output.credits import Credits, from_text


def read_credits(path: Path | str) -> Credits:
    """What ``path`` says of itself, whatever its format. OptvizError where it says nothing or cannot be read."""
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in READERS:
        raise _wrong(path, "files of this kind hold no scenario", f"those that do: {', '.join(READERS)}")
    try:
        found = READERS[suffix](path)
    except (OSError, ValueError) as error:  # Pillow's and PyAV's errors are both
        reason = getattr(error, "strerror", None) or str(error)
        raise _wrong(path, f"cannot be read: {reason}", "") from error
    if found is None:
        raise _wrong(path, "holds no scenario", "only optviz writes one into its files")
    return found


def _wrong(path: Path, message: str, hint: str) -> OptvizError:
    return OptvizError(Issue(message, hint=hint, file=str(path)))


def _gif(path: Path) -> Credits | None:
    from PIL import Image

    with Image.open(path) as image:
        comment = image.info.get("comment", b"")
    return from_text(comment.decode("utf-8", "replace"))


def _png(path: Path) -> Credits | None:
    from PIL import Image

    with Image.open(path, formats=["PNG"]) as image:
        words = [str(image.info.get(key, "")) for key in ("Title", "Software", "Scenario")]
    return Credits(*words) if words[1].startswith("optviz ") else None


def _webp(path: Path) -> Credits | None:
    from PIL import Image

    with Image.open(path) as image:
        packet = image.info.get("xmp", b"").decode("utf-8", "replace")
    tags = ("dc:title", "xmp:CreatorTool", "dc:description")
    words = [_between(packet, rf"<{tag}>(?:<rdf:Alt><rdf:li[^>]*>)?", "</") for tag in tags]
    return Credits(*words) if words[1].startswith("optviz ") else None


def _video(path: Path) -> Credits | None:
    import av

    with av.open(str(path)) as container:
        words = {key.lower(): text for key, text in container.metadata.items()}
    return from_text(words.get("comment", ""))


def _svg(path: Path) -> Credits | None:
    return from_text(_between(path.read_text(encoding="utf-8"), "<desc>", "</desc>"))


def _html(path: Path) -> Credits | None:
    page = path.read_text(encoding="utf-8")
    maker = _between(page, '<meta name="generator" content="', '"')
    words = Credits(_between(page, "<title>", "</title>"), maker, _between(page, '<pre id="scenario">', "</pre>"))
    return words if maker.startswith("optviz ") else None


def _pdf(path: Path) -> Credits | None:
    from PIL.PdfParser import PdfFormatError, PdfParser, decode_text

    try:
        with PdfParser(str(path)) as document:
            subject = document.info.get(b"Subject", b"")
    except PdfFormatError as error:
        raise ValueError(str(error)) from error
    return from_text(decode_text(subject))


def _between(text: str, before: str, after: str) -> str:
    """What stands between two patterns for the first time, out of its entities; nothing where they do not occur."""
    found = re.search(f"{before}(.*?){after}", text, re.DOTALL)
    return unescape(found[1]) if found else ""


READERS: dict[str, Callable[[Path], Credits | None]] = {
    ".gif": _gif,
    ".mp4": _video,
    ".webm": _video,
    ".webp": _webp,
    ".apng": _png,
    ".html": _html,
    ".png": _png,
    ".svg": _svg,
    ".pdf": _pdf,
}
