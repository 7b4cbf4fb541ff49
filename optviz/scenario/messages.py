"""The words people read when a file is wrong: how values are quoted, and what parser errors mean."""

from __future__ import annotations

from typing import Any, NamedTuple

import yaml

from optviz.errors import Issue

_LONGEST_MESSAGE = 200  # characters of a message from another room
_LONGEST = 48  # characters of a value or key quoted in a message


def legible(text: object) -> str:
    """Text on one line and not too long, whatever it holds."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(text))
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"


def shortened(message: str) -> str:
    """A message without the better part of whatever it quotes at length."""
    return message if len(message) <= _LONGEST_MESSAGE else message[: _LONGEST_MESSAGE - 1] + "…"


def said(value: object) -> str:
    """A value as a YAML author would name it."""
    if isinstance(value, list | tuple):
        return _said_list(value)
    if isinstance(value, str):
        return f"'{legible(value)}'" if value else "an empty text"
    if isinstance(value, float):
        return repr(value).removesuffix(".0").replace("inf", ".inf").replace("nan", ".nan")
    if isinstance(value, dict):
        return "a mapping"
    return _SAID.get(repr(value), legible(value))


_SAID = {"None": "nothing", "True": "true", "False": "false"}


def _said_list(value: list[Any] | tuple[Any, ...]) -> str:
    if len(value) <= 4 and all(isinstance(item, int | float) for item in value):
        return "[" + ", ".join(said(item) for item in value) + "]"
    return "a list"


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
    _Syntax("escape", "no such escape in double quotes", "use single quotes"),
    _Syntax("comment or line break", "text cannot begin with | or >", _QUOTE_IT),
    _Syntax("indentation indicators", "text cannot begin with | or >", _QUOTE_IT),
    _Syntax("alphabetic or numeric", "text cannot begin with & or *", _QUOTE_IT),
    _Syntax("'>'", "text cannot begin with !", _QUOTE_IT),
    _Syntax("tag", "text cannot begin with !", _QUOTE_IT),
    _Syntax("directive", "a line cannot begin with %", _QUOTE_IT),
    _Syntax("incompatible YAML document", "%YAML names a version unknown here", "leave that line out"),
)


def syntax_in_words(error: yaml.MarkedYAMLError, text: str, file: str) -> Issue:
    """One YAML syntax error, in plain words and with its place."""
    problem = str(error.problem)
    mark = error.problem_mark or error.context_mark
    if "cannot start any token" in problem:
        return _wrong_start(text, mark, file)
    for row in _SYNTAX:
        if row.phrase in problem:
            mark = error.context_mark if row.at_opening and error.context_mark else mark
            return _marked(Issue(row.message, hint=row.hint), mark, file)
    return _marked(Issue(f"not YAML: {problem}"), mark, file)


def _wrong_start(text: str, mark: yaml.Mark | None, file: str) -> Issue:
    character = text[mark.index : mark.index + 1] if mark else ""
    message, hint = _TAB if character == "\t" else (f"text cannot begin with {character}", "put it in quotes")
    return _marked(Issue(message, hint=hint), mark, file)


def _marked(issue: Issue, mark: yaml.Mark | None, file: str) -> Issue:
    return issue.at(file, mark.line + 1, mark.column + 1) if mark else issue.at(file, None, None)


# --- pydantic -------------------------------------------------------------------------------------

# Every kind of error that the models of this package can raise, in our words. Those that validators
# of our own raise ("value_error") carry their words already.
_SHAPES = {
    "missing": "is required",
    "model_type": "must be a mapping of keys, got {got}",
    "model_attributes_type": "must be a mapping of keys, got {got}",
    "dict_type": "must be a mapping of keys, got {got}",
    "tuple_type": "must be a list, got {got}",
    "string_type": "must be text, got {got}",
    "bool_type": "must be true or false, got {got}",
}


def shape_in_words(error: dict[str, Any]) -> tuple[str, str]:
    """Message and hint of one entry of pydantic's ``ValidationError.errors()``."""
    if error["type"] == "value_error":
        message, *hint = error["ctx"]["error"].args
        return message, hint[0] if hint else ""
    return _SHAPES[error["type"]].format(got=said(error["input"])), ""
