"""Messages about a wrong file: how values are quoted, and what the errors of PyYAML and pydantic mean.

Those about unknown keys are in loading.py, which knows where each key belongs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import yaml

from optviz.errors import Issue, legible
from optviz.scenario.habits import number_hint, word_hint

_LONGEST_MESSAGE = 200  # characters
_MOST_LISTED = 4  # items of a list that are quoted


def shortened(message: str) -> str:
    """Return a message without the end of what it quotes at too great length."""
    return message if len(message) <= _LONGEST_MESSAGE else message[: _LONGEST_MESSAGE - 1] + "…"


def said(value: object) -> str:
    """Name a value as the author of a YAML file would."""
    if isinstance(value, list | tuple):
        is_short = len(value) <= _MOST_LISTED and all(isinstance(item, int | float) for item in value)
        return "[" + ", ".join(said(item) for item in value) + "]" if is_short else "a list"
    if isinstance(value, str):
        return f"'{legible(value)}'" if value else "an empty text"
    if isinstance(value, float):
        return repr(value).removesuffix(".0").replace("inf", ".inf").replace("nan", ".nan")
    if isinstance(value, Mapping):
        return "a mapping"
    return {"None": "nothing", "True": "true", "False": "false"}.get(repr(value), legible(value))


def spaced(number: float) -> str:
    """Write a number with its thousands apart: ``1 000 000``."""
    return f"{number:,}".removesuffix(".0").replace(",", " ")


# --- YAML -----------------------------------------------------------------------------------------


class _Syntax(NamedTuple):
    """What a phrase of the YAML parser means, and whether the mistake is where the construct was opened."""

    phrase: str
    message: str
    hint: str = ""
    at_opening: bool = False


_TAB = ("a tab cannot indent", "indent with spaces")
_UNCLOSED_QUOTE = ("this quoted text is not closed", "write the same quote at its end")
_MISPLACED = ("this does not fit the lines above", "check the indentation and the quotes")
_QUOTE_IT = "put it in quotes"

# The first row whose phrase occurs in the message of the parser, libyaml's or PyYAML's own, says what is wrong.
_SYNTAX = (
    _Syntax("tab character", *_TAB),
    _Syntax("',' or ']'", "this [ is not closed", "write ] at its end, commas between", at_opening=True),
    _Syntax("',' or '}'", "this { is not closed", "write } at its end, commas between", at_opening=True),
    _Syntax("unexpected end of stream", *_UNCLOSED_QUOTE, at_opening=True),
    _Syntax("unexpected document separator", *_UNCLOSED_QUOTE, at_opening=True),
    _Syntax("values are not allowed", "a colon cannot stand here", "quote text with a colon; check the indentation"),
    _Syntax("entries are not allowed", "a list item cannot begin here", "begin it on a line of its own"),
    _Syntax("expected key", "expected key: value here", "check the indentation and the quotes"),
    _Syntax("expected '-'", "expected a list item here", "begin it with '- ' under the others"),
    _Syntax("<block end>", *_MISPLACED),
    _Syntax("<document start>", *_MISPLACED),
    _Syntax("expected ':'", "expected a colon after the key", "write key: value"),
    _Syntax("node content", "expected a value here"),
    _Syntax("hexdecimal", "no such escape in double quotes", "use single quotes"),
    _Syntax("escape", "no such escape in double quotes", "use single quotes"),
    _Syntax("comment or line break", "text cannot begin with | or >", _QUOTE_IT),
    _Syntax("indentation indicators", "text cannot begin with | or >", _QUOTE_IT),
    _Syntax("alphabetic or numeric", "text cannot begin with & or *", _QUOTE_IT),
    _Syntax("undefined alias", "this alias repeats nothing", "mark the value to repeat with & and the same name above"),
    _Syntax("second occurrence", "this & names a second value", "give it another name"),
    _Syntax("another document", "a second document begins here", "one file holds one scenario"),
    _Syntax("'>'", "text cannot begin with !", _QUOTE_IT),
    _Syntax("tag", "text cannot begin with !", _QUOTE_IT),
    _Syntax("directive", "a line cannot begin with %", _QUOTE_IT),
    _Syntax("incompatible YAML document", "%YAML names a version unknown here", "leave that line out"),
)


def syntax_error(error: yaml.MarkedYAMLError, text: str) -> tuple[Issue, yaml.Mark | None]:
    """Return a YAML syntax error in plain words, and where it is."""
    problem = str(error.problem)
    mark = error.problem_mark or error.context_mark
    if "cannot start any token" in problem:
        character = text[mark.index : mark.index + 1] if mark else ""
        message, hint = _TAB if character == "\t" else (f"text cannot begin with {character}", _QUOTE_IT)
        return Issue(message, hint=hint), mark
    for row in _SYNTAX:
        if row.phrase in problem:
            return Issue(row.message, hint=row.hint), (row.at_opening and error.context_mark) or mark
    return Issue(f"not YAML: {problem}"), mark


# --- pydantic -------------------------------------------------------------------------------------

NO_MAPPING = ("model_type", "model_attributes_type", "dict_type")  # kinds of errors where a part's keys are missing

# Message and hint of every kind of error that the models can raise, but for those whose validators are
# ours ("value_error"): they carry their words already.
_SHAPES = {
    "missing": ("is required",),
    "model_type": ("must be a mapping of keys, got {got}",),
    "model_attributes_type": ("must be a mapping of keys, got {got}",),
    "dict_type": ("must be a mapping of keys, got {got}",),
    "tuple_type": ("must be a list, got {got}",),
    "string_type": ("must be text, got {got}", _QUOTE_IT),
    "string_unicode": ("holds a character that cannot be drawn: {got}",),
    "string_too_short": ("must not be empty",),
    "bool_type": ("must be true or false, got {got}",),
    "too_short": ("must not be empty",),
    "int_type": ("must be a whole number, got {got}",),
    "float_type": ("must be a number, got {got}",),
    "finite_number": ("must be a finite number, got {got}",),
    "greater_than": ("must be greater than {gt}, got {got}",),
    "greater_than_equal": ("must be at least {ge}, got {got}",),
    "less_than_equal": ("must be at most {le}, got {got}",),
}


def shape_error(error: Mapping[str, Any]) -> tuple[str, str]:
    """Return message and hint of one entry of pydantic's ``ValidationError.errors()``."""
    context, value = error.get("ctx", {}), error["input"]
    if error["type"] == "value_error":
        message, *hint = context["error"].args
        return message, hint[0] if hint else ""
    if error["type"] == "literal_error":
        return choice_error(value, re.findall("'([^']*)'", context["expected"]))
    bounds = {name: spaced(bound) for name, bound in context.items() if name in ("gt", "ge", "le")}
    message, *hint = (part.format(got=said(value), **bounds) for part in _SHAPES[error["type"]])
    return message, hint[0] if hint else number_hint(value) if error["type"] in ("int_type", "float_type") else ""


def choice_error(value: object, allowed: list[str]) -> tuple[str, str]:
    """Return message and hint about a value that is none of a few names."""
    *most, last = allowed
    hint = word_hint(value, allowed) if isinstance(value, str) else ""
    return f"must be {', '.join(most)} or {last}, got {said(value)}", hint
