"""Says which letters of a scenario no font has."""

from __future__ import annotations

from dataclasses import replace
from unicodedata import name, normalize

from optviz.errors import OptvizError
from optviz.scenario import Scenario

MOST_NAMED = 12  # letters
TWINS = str.maketrans(  # of Latin letters, in Cyrillic and Greek
    "АВЕЅІЈКМНОРСТХаеѕіјорсухһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧοντ", "ABESIJKMHOPCTXaesijopcyxhdqwABEZHIKMNOPTYXovt"
)


def note_on_letters(scenario: Scenario) -> str:
    """Return what is worth knowing of letters that are drawn: those that no font has, and labels that look alike."""
    return "; ".join(filter(None, [unknown_letters_said(scenario), look_alikes_said(scenario)]))


def look_alikes_said(scenario: Scenario) -> str:
    """Return a sentence about labels that differ only in letters of other scripts which look like Latin ones."""
    seen: dict[str, str] = {}
    said = []
    for label in (racer.label for racer in scenario.optimizers):
        twin = seen.setdefault(normalize("NFKC", label).translate(TWINS), label)
        odd = [letter for letter, other in zip(label, twin, strict=False) if letter != other]
        if odd:
            said.append(f"two labels look alike: {label} differs in {odd[0]}, {name(odd[0], 'a letter').lower()}")
    return "; ".join(said)


def refuse_missing_font(scenario: Scenario) -> None:
    """Raise OptvizError if the scenario asks for a font that is not installed here."""
    if scenario.render.font is None:
        return
    from optviz.picture.machine.fonts import installed_family

    try:
        installed_family(scenario.render.font)
    except OptvizError as error:
        raise OptvizError(replace(issue, where=scenario.called) for issue in error.issues) from None


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
