"""What a file says about itself: its title, what made it, and the scenario that makes it anew."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from optviz._version import __version__
from optviz.frames import Film

MADE_WITH = "Made with optviz "  # the end of files that hold no scenario; the version follows
DIGITS = 12  # of the hash: enough to tell a person's scenarios apart


@dataclass(frozen=True)
class Credits:
    """``maker`` names this program's version and the scenario's hash; ``scenario`` is its YAML text."""

    title: str
    maker: str
    scenario: str

    def as_text(self) -> str:
        """For formats that have one place for words: two lines, an empty one, the scenario."""
        return f"{self.title}\n{self.maker}\n\n{self.scenario}"

    @property
    def is_whole(self) -> bool:
        """Whether the scenario is still the one whose hash stands beside it."""
        return self.maker.endswith(hash_of(self.scenario))


def credits_of(film: Film) -> Credits:
    """The words for a film's files; the same for the same scenario and version."""
    title = " ".join(film.title.split())
    return Credits(title, f"optviz {__version__}, scenario {hash_of(film.scenario)}", film.scenario)


def from_text(text: str) -> Credits | None:
    """The inverse of ``as_text``; None for words of another program."""
    head, _, scenario = text.partition("\n\n")
    title, _, maker = head.partition("\n")
    return Credits(title, maker, scenario) if maker.startswith("optviz ") else None


def hash_of(scenario: str) -> str:
    """The first digits of the SHA-256 of the scenario's text."""
    return hashlib.sha256(scenario.encode()).hexdigest()[:DIGITS]
