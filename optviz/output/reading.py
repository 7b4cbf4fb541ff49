"""The scenario back out of a file that was made from it, and whether a file was made here at all."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from os import SEEK_END
from pathlib import Path

from optviz.errors import Issue, OptvizError
from optviz.output.metadata import MADE_WITH, Credits, from_text

END = 256  # bytes at either end of a file that holds no scenario: one of them has its mark
MARKS = {
    ".json": re.compile(rb'\A\s*\{\s*"optviz"\s*:\s*"'),
    ".csv": re.compile(rb"\Aracer,step,x0,"),
    ".npz": re.compile(MADE_WITH.encode() + rb"[0-9]\S*\Z"),
    ".txt": re.compile(rb"\n" + MADE_WITH.encode() + rb"[0-9]\S*\n\Z"),
}


def read_credits(path: Path | str) -> Credits:
    """What ``path`` says of itself, whatever its format. OptvizError where it says nothing or cannot be read."""
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in READERS:
        raise _wrong(path, "files of this kind hold no scenario", f"those that do: {', '.join(READERS)}")
    try:
        found = READERS[suffix](path)
    except Exception as error:  # any of the libraries, on a file that may be anything
        reason = getattr(error, "strerror", None) or str(error)
        raise _wrong(path, f"cannot be read: {reason}", "") from error
    if found is None:
        raise _wrong(path, "holds no scenario", "only optviz writes one into its files")
    return found


def made_by_optviz(path: Path | str) -> bool:
    """Whether the file at ``path`` has the mark of this program; one that cannot be read has none."""
    path = Path(path)
    try:
        if path.suffix.lower() not in MARKS:
            return bool(read_credits(path))
        with path.open("rb") as file:
            first = file.read(END)
            file.seek(max(0, file.seek(0, SEEK_END) - END))
            last = file.read(END)
    except (OptvizError, OSError):
        return False
    return bool(MARKS[path.suffix.lower()].search(first + last))


def _wrong(path: Path, message: str, hint: str) -> OptvizError:
    return OptvizError(Issue(message, hint=hint, where=str(path)))


def _gif(path: Path) -> Credits | None:
    from PIL.GifImagePlugin import GifImageFile

    with path.open("rb") as file, GifImageFile(file) as image:
        comment = image.info.get("comment", b"")
    return from_text(comment.decode("utf-8", "replace"))


def _png(path: Path) -> Credits | None:
    from PIL.PngImagePlugin import PngImageFile

    with path.open("rb") as file, PngImageFile(file) as image:  # Image.open refuses large sheets, which are not decoded
        words = [str(image.info.get(key, "")) for key in ("Title", "Software", "Scenario")]
    return Credits(*words) if words[1].startswith("optviz ") else None


def _webp(path: Path) -> Credits | None:
    from PIL import Image

    with path.open("rb") as file, Image.open(file, formats=["WEBP"]) as image:
        packet = image.info.get("xmp", b"").decode("utf-8", "replace")
    tags = ("dc:title", "xmp:CreatorTool", "dc:description")
    words = [_between(packet, rf"<{tag}>(?:<rdf:Alt><rdf:li[^>]*>)?", "</") for tag in tags]
    return Credits(*words) if words[1].startswith("optviz ") else None


def _video(path: Path) -> Credits | None:
    import av

    # a file with its format named: FFmpeg would take a list of other files, or an address, for a film
    with path.open("rb") as file, av.open(file, format=path.suffix.lower()[1:]) as container:
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
    """What first stands between a pattern and a text, out of its entities; nothing where they do not occur."""
    found = re.search(before, text)
    end = text.find(after, found.end()) if found else -1
    return unescape(text[found.end() : end]) if found and end >= 0 else ""


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
