"""The fonts of a picture: those that come with Matplotlib, and others that are installed for letters these lack."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

from matplotlib import get_data_path
from matplotlib.font_manager import FontEntry, FontProperties, fontManager, get_font

from optviz.errors import Issue, OptvizError, legible

FAMILY = "DejaVu Sans"  # where Matplotlib takes no file
Face = Literal["regular", "bold", "italic"]
FILES: dict[Face, str] = {
    "regular": "DejaVuSans.ttf",
    "bold": "DejaVuSans-Bold.ttf",
    "italic": "DejaVuSans-Oblique.ttf",
}
NOT_FOR_WORDS = ("cm", "STIXSize", "STIXNon", "Last Resort")  # their letters are pieces of mathematics, or boxes
MOST_NEAR = 3  # families that an error names
UNKNOWN = "?"  # stands for a letter that no font has


@cache
def font(size: float, face: Face = "regular", others: tuple[str, ...] = (), family: str = FAMILY) -> FontProperties:
    """Return a font of ``family``, and behind it the families that have what it lacks.

    Alone it is taken by its file: a search by name takes longer than to draw the words.
    """
    if not others:
        return FontProperties(fname=_file(face, family), family=[family], size=size, **_look(face))
    return FontProperties(family=[family, *others], size=size, **_look(face))


def lacking(text: str, face: Face = "regular", family: str = FAMILY) -> str:
    """Return the letters of a text, each once, that the face of ``family`` has not."""
    if text.isascii() and family == FAMILY:
        return ""
    return "".join(dict.fromkeys(c for c in text if not _has(_file(face, family), c)))


def installed_family(name: str) -> str:
    """Return the name of an installed family as it spells itself. Raises OptvizError for one that is not there."""
    families = {entry.name.casefold(): entry.name for entry in _installed()}
    if name.casefold() not in families:
        near = get_close_matches(name.casefold(), families, n=MOST_NEAR, cutoff=0.5)
        hint = f"did you mean {_either([families[one] for one in near])}?" if near else f"such as {FAMILY}"
        raise OptvizError(Issue(f"no font family {legible(name)} is installed", "render.font", hint))
    return families[name.casefold()]


def _either(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


@lru_cache(maxsize=4096)
def family_with(letter: str) -> str | None:
    """Return the family of an installed font that has the letter, None if there is no such font."""
    if _has(_file("regular", FAMILY), letter):
        return FAMILY
    return next((entry.name for entry in _installed() if _has(entry.fname, letter)), None)


def unknown_letters(texts: Iterable[str]) -> str:
    """Return the letters of texts, each once, that no font here has: they are drawn as ``?``."""
    letters = lacking("".join(texts))
    return "".join(letter for letter in letters if family_with(letter) is None and not is_unseen(letter))


def revisions(texts: Iterable[str], family: str | None) -> dict[str, str]:
    """Return the revision of each installed family that texts set in ``family`` take; Matplotlib's own are left out."""
    own = FAMILY if family is None else installed_family(family)
    families = {own, *map(family_with, lacking("".join(texts), family=own))} - {FAMILY, None}
    heads = {one: get_font(_file("regular", one)).get_sfnt_table("head") for one in sorted(filter(None, families))}
    return {one: str(head and head["fontRevision"]) for one, head in heads.items()}


def is_unseen(letter: str) -> bool:
    """Return whether a character is a mark for the letters around it, which is left out where no font knows it."""
    return unicodedata.category(letter) == "Cf" or "\ufe00" <= letter <= "\ufe0f"  # variation selectors


@cache
def _file(face: Face, family: str = FAMILY) -> str:
    if family == FAMILY:
        return str(Path(get_data_path(), "fonts", "ttf", FILES[face]))
    return str(fontManager.findfont(FontProperties(family=family, **_look(face)), fallback_to_default=False))


def _look(face: Face) -> dict[str, Any]:
    return {"style": "italic" if face == "italic" else "normal", "weight": "bold" if face == "bold" else "normal"}


def _has(file: str, letter: str) -> bool:
    return get_font(file).get_char_index(ord(letter)) > 0


def _installed() -> list[FontEntry]:
    """Return the fonts that words can be set in, upright and of usual weight and form first."""
    entries = [entry for entry in fontManager.ttflist if not entry.name.startswith(NOT_FOR_WORDS)]

    def strangeness(entry: FontEntry) -> tuple[bool, bool, bool, bool, str, str]:
        plain = entry.style == "normal", str(entry.weight) in ("400", "normal", "regular")
        return not plain[0], not plain[1], "Mono" in entry.name, "Serif" in entry.name, entry.name, entry.fname

    return sorted(entries, key=strangeness)
