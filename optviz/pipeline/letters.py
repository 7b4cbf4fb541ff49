"""Says which letters of a scenario no font has."""

from __future__ import annotations

from dataclasses import replace

from optviz.errors import OptvizError
from optviz.scenario import Scenario

MOST_NAMED = 12  # letters


def refuse_missing_font(scenario: Scenario) -> None:
    """Raise OptvizError if the scenario asks for a font that is not installed here."""
    if scenario.render.font is None:
        return
    from optviz.picture.machine.fonts import installed_family

    try:
        installed_family(scenario.render.font)
    except OptvizError as error:
        where = str(scenario.source or "")
        raise OptvizError(replace(issue, where=where) for issue in error.issues) from None


def unknown_letters_said(scenario: Scenario) -> str:
    """Return a sentence about letters that are drawn as ``?``; nothing if there are none."""
    if all(map(str.isascii, scenario.texts)):
        return ""
    from optviz.picture.machine.fonts import UNKNOWN, unknown_letters

    letters = unknown_letters(scenario.texts)
    if not letters:
        return ""
    which = f"{letters[:MOST_NAMED]}{'…' * (len(letters) > MOST_NAMED)}"
    return f"no font here has {which}: drawn as {UNKNOWN}; install one that does, such as Noto Sans CJK for Chinese"
