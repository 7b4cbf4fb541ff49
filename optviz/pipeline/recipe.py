"""Tells whether a file is what its scenario, this version and the fonts here would make now: by a digest inside it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from optviz.errors import OptvizError
from optviz.frames import StillRequest
from optviz.optimizers import BoundRule
from optviz.optimizers.recorded import RECORDED
from optviz.output.atomic import is_numbered, numbered_files
from optviz.output.metadata import hash_of, read_metadata
from optviz.scenario import Scenario
from optviz.scenario.recorded import HELD


def recipe_of(scenario: Scenario, still: StillRequest | None = None, limit: int | None = None) -> str:
    """Return a digest of all that decides how this version draws a scenario: keys, defaults, flags, fonts.

    Nothing where code of others decides as well, which changes unseen: a library's, or the user's own.

    still: what stills show. limit: bytes that an animation may have.
    """
    given = scenario.function or scenario.network
    if (given and given.custom) or any(_is_foreign(one.rule) for one in scenario.optimizers):
        return ""
    facts = [scenario.source_text, scenario.resolved(), asdict(still or StillRequest()), limit, _fonts_of(scenario)]
    return hash_of(json.dumps(facts, sort_keys=True))


def is_current(path: str, recipe: str) -> bool:
    """Say whether the file at ``path`` says that this version made it by that recipe; numbers never say so."""
    files = numbered_files(Path(path)) if is_numbered(path) else [Path(path)]
    if not recipe or not files:
        return False
    try:
        return all(read_metadata(file).was_made_by(recipe) for file in files)
    except OptvizError:  # it is not there, or not ours
        return False


def _is_foreign(rule: BoundRule) -> bool:
    """Return whether what a rule does stands elsewhere: in code that is not optviz's, or in a log too long to hold."""
    return rule.is_custom and not (rule.name == RECORDED and HELD & rule.values.keys())


def _fonts_of(scenario: Scenario) -> dict[str, str]:
    """Return the revision of each installed font that the scenario's words take, Matplotlib's own left out."""
    if scenario.render.font is None and all(map(str.isascii, scenario.texts)):
        return {}
    from optviz.picture.machine.fonts import revisions

    try:
        return revisions(scenario.texts, scenario.render.font)
    except OptvizError:  # it is not installed, which is refused where words are drawn
        return {}
