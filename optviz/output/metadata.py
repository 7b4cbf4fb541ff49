"""The metadata of a file (title, program, scenario), and reading them back; each format writes them in its own way."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from html import unescape
from os import SEEK_END
from pathlib import Path
from typing import Protocol

from optviz._version import __version__
from optviz.errors import Issue, OptvizError
from optviz.output import FORMATS

HASH_DIGITS = 12  # enough to tell a person's scenarios apart
PNG_KEYS = ("Title", "Software", "Scenario")  # of the texts in PNG and APNG files, in the order of Metadata
MARK_BYTES = 256  # at either end of a file without metadata: one of them holds its mark


class Titled(Protocol):
    """What is made from a scenario, and has its title."""

    @property
    def title(self) -> str: ...
    @property
    def scenario(self) -> str: ...
    @property
    def recipe(self) -> str: ...


@dataclass(frozen=True)
class Metadata:
    """What a file says about itself.

    ``maker`` names this program's version, the scenario's hash and what ``recipe_of`` gives; ``scenario`` is its YAML
    text.
    """

    title: str
    maker: str
    scenario: str

    def as_text(self) -> str:
        """Return one text, for formats that have one place for words: two lines, an empty one, the scenario."""
        return f"{self.title}\n{self.maker}\n\n{self.scenario}"

    @property
    def is_ours(self) -> bool:
        """Whether this program wrote it."""
        return self.maker.startswith("optviz ")

    @property
    def is_whole(self) -> bool:
        """Whether the scenario is still the one whose hash stands beside it."""
        return f"scenario {hash_of(self.scenario)}" in self.maker.split(", ")

    def was_made_by(self, recipe: str) -> bool:
        """Return whether this version wrote it by that recipe."""
        version, *rest = self.maker.split(", ")
        return version == f"optviz {__version__}" and f"recipe {recipe}" in rest


def metadata_of(made: Titled) -> Metadata:
    """Return what the files of a film or page say; the same for the same scenario and version."""
    title = " ".join(made.title.split())
    recipe = f", recipe {made.recipe}" if made.recipe else ""
    return Metadata(title, f"optviz {__version__}, scenario {hash_of(made.scenario)}{recipe}", made.scenario)


def from_text(text: str) -> Metadata:
    """Invert ``Metadata.as_text``; a text of another form gives metadata that is not ours."""
    head, _, scenario = text.partition("\n\n")
    title, _, maker = head.partition("\n")
    return Metadata(title, maker, scenario)


def hash_of(scenario: str) -> str:
    """Return the first digits of the SHA-256 of the scenario's text."""
    return hashlib.sha256(scenario.encode()).hexdigest()[:HASH_DIGITS]


def read_metadata(path: Path | str) -> Metadata:
    """Read what the file at ``path`` says about itself. Raises OptvizError if it says nothing or cannot be read."""
    path = Path(path)
    form = FORMATS.get(path.suffix.lower())
    if form is None or not form.reader:
        able = ", ".join(suffix for suffix, form in FORMATS.items() if form.reader)
        raise _wrong(path, "files of this kind hold no scenario", f"those that do: {able}")
    try:
        found: Metadata = form.load(form.reader)(path)
    except Exception as error:  # raised by any of the libraries on a file that may hold anything
        reason = getattr(error, "strerror", None) or str(error)
        raise _wrong(path, f"cannot be read: {reason}", "") from error
    if not found.is_ours:
        raise _wrong(path, "holds no scenario", "only optviz writes one into its files")
    return found


def made_by_optviz(path: Path | str) -> bool:
    """Say whether the file at ``path`` bears the mark of this program; one that cannot be read does not."""
    path = Path(path)
    form = FORMATS.get(path.suffix.lower())
    try:
        if form is None or not form.mark:
            return read_metadata(path).is_ours
        with path.open("rb") as file:
            first = file.read(MARK_BYTES)
            file.seek(max(0, file.seek(0, SEEK_END) - MARK_BYTES))
            last = file.read(MARK_BYTES)
    except (OptvizError, OSError):
        return False
    return bool(re.search(form.mark, first + last))


def between(text: str, before: str, after: str) -> str:
    """Return what first stands between a pattern and a text, entities resolved; nothing where they do not occur."""
    found = re.search(before, text)
    end = text.find(after, found.end()) if found else -1
    return unescape(text[found.end() : end]) if found and end >= 0 else ""


def _wrong(path: Path, message: str, hint: str) -> OptvizError:
    return OptvizError(Issue(message, hint=hint, where=str(path)))
