"""The words of a picture in every language: one catalogue, whose keys are the English words.

>>> Words("de")("arrives at step {step}", step=3)

One more word is a row of one of the tables; one more language is a column of all.
"""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from optviz.words.anatomy import ANATOMY
from optviz.words.around import ALT_TEXT, TERMS
from optviz.words.fair import COMPARED
from optviz.words.outcomes import OUTCOMES
from optviz.words.page import PAGE

Language = Literal["en", "de", "es", "fr"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
CATALOGUE: dict[str, dict[Language, str]] = {
    key: dict(zip(LANGUAGES, (key, *others), strict=True))
    for table in (PAGE, TERMS, OUTCOMES, ALT_TEXT, ANATOMY, COMPARED)
    for key, others in table.items()
}
COUNTS = "one two three four five six seven eight nine ten eleven twelve".split()


@dataclass(frozen=True)
class Words:
    """Says what stands in the catalogue, in one language; ``own`` words replace those of the catalogue."""

    language: Language = "en"
    own: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, key: str, /, **parts: object) -> str:
        """Return the words for an English key with ``parts`` in its braces. Raises KeyError for one that is unknown."""
        said = self.own.get(key) or CATALOGUE[key][self.language]
        return said.format(**parts)

    def listed(self, names: Sequence[str]) -> str:
        """Return ``one``, ``one and two``, or ``one, two and three``."""
        *most, last = names
        return self("{names} and {last}", names=", ".join(most), last=last) if most else last

    def counted(self, count: int) -> str:
        """Return a count in words up to twelve."""
        return self(COUNTS[count - 1]) if 1 <= count <= len(COUNTS) else str(count)


ENGLISH = Words()
LONGEST_LABEL = 200  # characters of a racer's name: ten times as many take seconds to be set
SHORT, LONGEST_FACTOR = 24, 2  # characters that any words may have, and times the longest translation


def longest(key: str) -> int:
    """Return how many characters the words may have that replace those of a key: a page has room for no more."""
    return max(SHORT, LONGEST_FACTOR * max(map(len, CATALOGUE[key].values())))


def holes(words: str) -> set[str]:
    """Return the names that stand in braces. Raises ValueError for braces that are not closed or hold more."""
    pieces = [piece for piece in string.Formatter().parse(words) if piece[1] is not None]
    if any(form or conversion for _, _, form, conversion in pieces):
        raise ValueError("braces hold a name alone")
    return {str(name) for _, name, _, _ in pieces}
