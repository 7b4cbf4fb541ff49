"""Every mistake in a formula's text, each with its column, before anything is parsed.

One pass over the words of the text, knowing only whether a value or an operator should come next and which
brackets are open. That is enough to find all mistakes at once and to say what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from keyword import iskeyword
from typing import NamedTuple

from optviz.errors import Issue, did_you_mean
from optviz.formula.language import CHARACTER_HINTS, FUNCTION_HINTS, FUNCTIONS, KEYWORD_HINTS, WORDS

LONGEST = 2000  # characters
MOST_WORDS = 500  # so that even the worst formula is ready within a blink
DEEPEST = 50  # brackets inside one another
LONGEST_WORD = 60  # characters
MOST_ISSUES = 20  # a text in another language altogether is not listed letter by letter

WORD = re.compile(
    r"""(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
      | (?P<name>[A-Za-z_]\w*)
      | (?P<operator>\*\*|//|<=|>=|==|!=|[-+*/%<>])
      | (?P<bracket>[(),])
      | (?P<other>\S)""",
    re.ASCII | re.VERBOSE,
)


class Word(NamedTuple):
    """A piece of the text and where it starts, counted from 1."""

    kind: str
    text: str
    column: int


@dataclass
class Bracket:
    """An open bracket; ``function`` is the name before it, if any."""

    column: int
    function: str = ""
    commas: int = 0


def misspellings(text: str, names: Collection[str]) -> list[Issue]:
    """All mistakes of the text, by column. ``names`` are the variables and constants allowed."""
    found = words(text)
    return Speller(names).issues_of(found) if found else [Issue("the formula is empty")]


def words(text: str) -> list[Word]:
    """The numbers, names, operators and brackets of the text."""
    return [Word(match.lastgroup or "", match[0], match.start() + 1) for match in WORD.finditer(text)]


def excess(text: str) -> list[Issue]:
    """Whether the text is longer than any formula, found without reading further."""
    if len(text) > LONGEST:
        return [Issue(f"the formula has {len(text)} characters; at most {LONGEST}")]
    count = len(words(text))
    if count > MOST_WORDS:
        return [Issue(f"the formula has {count} numbers, names, operators and brackets; at most {MOST_WORDS}")]
    return []


class Speller:
    """Walks over the words; ``wanted`` comes next: "value", "operator", or after a mistake "any"."""

    def __init__(self, names: Collection[str]) -> None:
        self.names = names
        self.issues: list[Issue] = []
        self.brackets: list[Bracket] = []
        self.wanted = "value"
        self.before = Word("", "", 0)

    def issues_of(self, text: list[Word]) -> list[Issue]:
        """Every mistake, the first ones first."""
        for word, after in zip(text, [*text[1:], Word("", "", 0)], strict=True):
            self._take(word, after)
            self.before = word
            if len(self.brackets) > DEEPEST or len(self.issues) >= MOST_ISSUES:
                break
        else:
            self._end(text[-1])
        if len(self.brackets) > DEEPEST:
            self._say(f"more than {DEEPEST} brackets inside one another", self.brackets[-1].column)
        return sorted(self.issues, key=lambda issue: issue.column or 0)

    def _take(self, word: Word, after: Word) -> None:
        if len(word.text) > LONGEST_WORD:
            self._endless(word)
        elif word.kind == "name":
            self._name(word, after)
        elif word.kind == "number":
            self._number(word)
        elif word.kind == "operator":
            self._operator(word)
        elif word.kind == "bracket":
            {"(": self._open, ")": self._close, ",": self._comma}[word.text](word)
        else:
            self._other(word)

    def _say(self, message: str, column: int, hint: str = "") -> None:
        self.issues.append(Issue(message, hint=hint, column=column))

    def _endless(self, word: Word) -> None:
        message = f"{word.text[:20]}... has {len(word.text)} characters; a {word.kind} has at most {LONGEST_WORD}"
        self._say(message, word.column)
        self.wanted = "any"

    def _number(self, word: Word) -> None:
        if word.text.isdigit() and word.text != "0" and word.text.startswith("0"):
            self._say(f"{word.text} starts with a zero", word.column, f"write {int(word.text)}")
        self._value(word)

    def _value(self, word: Word) -> None:
        if self.wanted == "operator":
            hint = f"write {self.before.text}*{word.text}".replace("*(", "*(...)")
            self._say(f"no operator between {self.before.text} and {word.text}", word.column, hint)
        self.wanted = "operator"

    def _name(self, word: Word, after: Word) -> None:
        if word.text in WORDS:
            self._word(word)
        elif iskeyword(word.text):
            self._foreign(word)
        elif after.text == "(":
            self._function(word)
        else:
            self._known(word)
            self._value(word)

    def _word(self, word: Word) -> None:
        if self.before.kind == "number" and self.before.column + len(self.before.text) == word.column:
            self._say(f"no space between {self.before.text} and {word.text}", word.column)
        if word.text == "not":
            self._prefix(word)
        else:
            self._operator(word)

    def _foreign(self, word: Word) -> None:
        self._say(f"{word.text} is not part of a formula", word.column, KEYWORD_HINTS.get(word.text, ""))
        self.wanted = "any"

    def _known(self, word: Word) -> None:
        name = word.text
        if name in self.names:
            return
        if name in FUNCTIONS:
            self._say(f"{name} has no argument", word.column, f"write {name}({_example(name)})")
        elif len(name) > 1 and all(letter in self.names for letter in name):
            self._say(f"unknown name {name}", word.column, f"write {'*'.join(name)}")
        else:
            self._say(f"unknown name {name}", word.column, did_you_mean(name, self.names))

    def _function(self, word: Word) -> None:
        name = word.text
        if name in self.names:
            self._say(f"{name} is not a function", word.column, f"write {name}*(...)")
        elif name not in FUNCTIONS:
            hint = FUNCTION_HINTS.get(name) or did_you_mean(name, FUNCTIONS)
            self._say(f"unknown function {name}", word.column, hint)
        self._value(word)

    def _operator(self, word: Word) -> None:
        if word.text == "//":
            self._say("// is not an operator here", word.column, "write floor(a/b)")
        if self.wanted == "value" and word.text in "+-":
            return
        if self.wanted == "value":
            self._missing(word)
        self.wanted = "value"

    def _prefix(self, word: Word) -> None:
        if self.wanted == "operator":
            self._say(f"no operator between {self.before.text} and {word.text}", word.column)
        self.wanted = "value"

    def _missing(self, word: Word) -> None:
        after = f"between {self.before.text} and {word.text}" if self.before.text else f"before {word.text}"
        self._say(f"a value is missing {after}", word.column)

    def _open(self, word: Word) -> None:
        called = self.before.kind == "name" and self.before.text not in WORDS
        if not called:
            self._value(word)
        self.brackets.append(Bracket(word.column, self.before.text if called else ""))
        self.wanted = "value"

    def _close(self, word: Word) -> None:
        empty_call = self.before.text == "(" and bool(self.brackets) and self.brackets[-1].function != ""
        if self.wanted == "value" and not empty_call:
            self._missing(word)
        if not self.brackets:
            self._say("this ) closes nothing", word.column)
        else:
            self._count_arguments(self.brackets.pop(), empty_call)
        self.wanted = "operator"

    def _count_arguments(self, bracket: Bracket, empty: bool) -> None:
        function = FUNCTIONS.get(bracket.function)
        given = 0 if empty else bracket.commas + 1
        if function is None or (function.least <= given and (function.most is None or given <= function.most)):
            return
        least = "at least " if function.most is None else ""
        plural = "" if function.least == 1 else "s"
        message = f"{bracket.function} takes {least}{function.least} argument{plural}, not {given}"
        hint = f"write {bracket.function}({_example(bracket.function)})"
        self._say(message, bracket.column - len(bracket.function), hint)

    def _comma(self, word: Word) -> None:
        if self.wanted == "value":
            self._missing(word)
        if self.brackets and self.brackets[-1].function:
            self.brackets[-1].commas += 1
            self.wanted = "value"
        else:
            self._say("a comma outside a function's brackets", word.column, "the decimal sign is a point")
            self.wanted = "any"

    def _other(self, word: Word) -> None:
        hint = CHARACTER_HINTS.get(word.text, "")
        message = f"{word.text if word.text.isprintable() else ascii(word.text)} is not part of a formula"
        if message not in {issue.message for issue in self.issues}:
            self._say(message, word.column, hint)
        self.wanted = "any"

    def _end(self, last: Word) -> None:
        if self.wanted == "value":
            self._say(f"a value is missing after {last.text}", last.column)
        for bracket in self.brackets:
            self._say("this ( is never closed", bracket.column)


def _example(function: str) -> str:
    return {1: "x", 2: "a, b", 3: "condition, a, b"}[FUNCTIONS[function].least]
