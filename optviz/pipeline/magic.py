"""The cell magic ``%%optviz``: a notebook's cell that holds a scenario is raced and shown."""

from __future__ import annotations

import shlex
from typing import Any

from optviz.errors import Issue, OptvizError, told_briefly
from optviz.pipeline.race import Race
from optviz.pipeline.run import run
from optviz.scenario import loads
from optviz.scenario.overrides import setting

MAGIC = "%%optviz"


@told_briefly
def race_cell(line: str, cell: str) -> Race:
    """Race the YAML of a cell; words behind ``%%optviz`` replace keys, such as render.size=480p. Raises OptvizError."""
    try:
        words = shlex.split(line)
    except ValueError:
        raise OptvizError(Issue("a quotation mark is not closed", where=f"{MAGIC} {line}")) from None
    return run(loads(cell, name="<cell>", overrides=[setting(word, MAGIC) for word in words]))


def register(shell: Any) -> None:
    """Make ``%%optviz`` known to an IPython shell."""
    shell.register_magic_function(race_cell, magic_kind="cell", magic_name="optviz")
