"""Find every mistake in a formula's text and say what to write instead.

The text is cut into tokens. Signs of other languages are replaced by this one's (``^`` by ``**``) and what is missing
is put in, each with an issue; Python's own parser reads the result, so that one reading finds all mistakes. Names and
numbers of arguments are checked on its syntax tree. Nothing is evaluated.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from itertools import accumulate
from keyword import iskeyword
from typing import NamedTuple

from optviz.errors import Issue, OptvizError, did_you_mean
from optviz.formula.language import CHANCE, FORMULA_FUNCTIONS, FUNCTION_HINTS, HINTS, REPLACEMENTS, WORDS

MOST_CHARACTERS = 2000
MOST_TOKENS = 500  # so that even the worst formula is ready within a blink
MOST_TOKEN_CHARACTERS = 60
MOST_BRACKETS = 50  # inside one another
MOST_ISSUES = 20  # a text in another language altogether is not listed letter by letter

TOKEN = re.compile(
    r"""(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
      | (?P<name>[A-Za-z_]\w*)
      | (?P<sign>\*\*|[<>=!]=|/(?!/)|[-+*%<>(),])
      | (?P<other>//|&&|\|\||\S)""",
    re.ASCII | re.VERBOSE,
)


class Token(NamedTuple):
    """A number, name, word or sign as the parser reads it ("" for one that means nothing), and its place."""

    text: str
    column: int  # in the author's text, counted from 1
    width: int  # characters

    def issue(self, message: str, hint: str = "") -> Issue:
        """Make an issue about this token."""
        return Issue(message, hint=hint, column=self.column, width=self.width)


@dataclass(frozen=True)
class Source:
    """Tokens for Python's parser, and the way from its offsets back to the author's columns."""

    tokens: list[Token]

    @property
    def text(self) -> str:
        """The tokens with one space between them."""
        return " ".join(token.text for token in self.tokens)

    def part(self, start: int, end: int | None) -> Token:
        """Return ``text[start:end]`` as one token."""
        starts = list(accumulate((len(token.text) + 1 for token in self.tokens[:-1]), initial=0))
        first, last = (self.tokens[bisect_right(starts, at) - 1] for at in (start, max(start, (end or 0) - 1)))
        return Token(self.text[start:end], first.column, last.column + last.width - first.column)

    def part_of(self, node: ast.expr) -> Token:
        """Return what became ``node`` as one token."""
        return self.part(node.col_offset, node.end_col_offset)


def lint(text: str, names: Collection[str]) -> tuple[ast.expr, Source]:
    """Read a formula into Python's syntax tree; ``names`` are the variables and constants allowed.

    The tree holds nothing but numbers, those names, and operators and calls of the formula language.
    Raises OptvizError with every mistake found, in the order of the text.
    """
    if len(text) > MOST_CHARACTERS:
        raise OptvizError(f"the formula has {len(text)} characters; at most {MOST_CHARACTERS}")
    found = list(TOKEN.finditer(text))
    if not found:
        raise OptvizError("the formula is empty")
    if len(found) > MOST_TOKENS:
        message = f"the formula has {len(found)} numbers, names, operators and brackets; at most {MOST_TOKENS}"
        raise OptvizError(message)
    source, issues = _mended(found)
    tree = _parsed(source, issues) if all(token.text for token in source.tokens) else None
    if tree is not None:
        issues += _misuses(tree, source, names)
    if tree is None or issues:
        in_order = sorted(issues, key=lambda issue: issue.column or 0)[:MOST_ISSUES]
        raise OptvizError(replace(issue, source=text) for issue in in_order)
    return tree, source


def _mended(found: list[re.Match[str]]) -> tuple[Source, list[Issue]]:
    """Return the tokens with foreign ones replaced and missing ones put in, and an issue for each such change."""
    tokens: list[Token] = []
    issues: list[Issue] = []
    opened: list[Token] = []
    for match in found:
        meant, message, hint = _meaning(match)
        token = Token(meant, match.start() + 1, len(match[0]))
        if message and message not in {issue.message for issue in issues}:
            issues.append(token.issue(message, hint))
        issues += _put_in_between(tokens, token)
        if meant == ")" and not opened:
            issues.append(token.issue("this ) closes nothing"))
            continue
        tokens.append(token)
        if meant == "(":
            opened.append(token)
        elif meant == ")":
            opened.pop()
        if len(opened) > MOST_BRACKETS:
            issues.append(token.issue(f"more than {MOST_BRACKETS} brackets inside one another"))
            return Source([token._replace(text="")]), issues
    issues += _put_in_between(tokens, END)
    issues += [bracket.issue("this ( is never closed") for bracket in opened]
    closing = Token(")", tokens[-1].column + tokens[-1].width, 0)
    return Source([*tokens, *[closing] * len(opened)]), issues


def _meaning(match: re.Match[str]) -> tuple[str, str, str]:
    """Return what a token means here ("" for nothing), and a message and a hint where it is not written that way."""
    text = match[0]
    if len(text) > MOST_TOKEN_CHARACTERS:
        message = f"{text[:20]}... has {len(text)} characters; a {match.lastgroup} has at most {MOST_TOKEN_CHARACTERS}"
        return "", message, ""
    if re.fullmatch(r"0\d+", text, re.ASCII):
        return str(int(text)), f"{text} starts with a zero", f"write {int(text)}"
    if match["other"] or (iskeyword(text) and text not in WORDS):
        meant = REPLACEMENTS.get(text, "")
        hint = HINTS.get(text) or (meant and f"write {meant}")
        return meant, f"{text if text.isprintable() else ascii(text)} is not part of a formula", hint
    return text, "", ""


END = Token(")", 1, 0)  # the whole text is read as if it stood in brackets


def _put_in_between(tokens: list[Token], token: Token) -> Iterator[Issue]:
    """Append the operator or the value that is missing between the last of the tokens and the next, if one is."""
    last, before, after = (tokens[-1], tokens[-1].text, token.text) if tokens else (END, "(", token.text)
    ends_value = re.search(r"[\w.)]\Z", before) and before not in WORDS
    begins_value = re.match(r"[\w.(]", after) and after not in ("and", "or")
    calls = len(tokens) > 1 and tokens[-2].text.isidentifier() and tokens[-2].text not in WORDS
    if not before or not after or after in "+-":
        return
    if ends_value and begins_value and not (after == "(" and before.isidentifier()):
        if before in FORMULA_FUNCTIONS:
            yield last.issue(f"{before} has no brackets", f"write {before}({after})")
            tokens[-1] = last._replace(text="+")  # a sign takes a value after it as the function does
            return
        operator = " and " if after == "not" else "*"
        hint = f"write {before.replace(')', '(...)')}{operator}{after.replace('(', '(...)')}"
        yield token.issue(f"no operator between {before} and {after}", hint)
        tokens.append(token._replace(text=operator.strip()))
    elif not ends_value and not begins_value and not (calls and before + after == "()"):
        if token is END:
            yield last.issue(f"a value is missing after {before}")
        elif tokens:
            yield token.issue(f"a value is missing between {before} and {after}")
        else:
            yield token.issue(f"a value is missing before {after}")
        tokens.append(token._replace(text="1"))


def _parsed(source: Source, issues: list[Issue]) -> ast.expr | None:
    """Return Python's syntax tree, or None and one issue more."""
    try:
        return ast.parse(source.text, mode="eval").body
    except SyntaxError as error:  # 2*not x
        at = (error.offset or 1) - 1
        token = source.part(at, at + len(source.text[at:].split(" ")[0]))
        issues.append(token.issue(f"{token.text} cannot stand here", "put brackets around each part"))
    except (RecursionError, MemoryError):  # how Python's parser says that its stack is full
        issues.append(Issue("the formula is nested too deeply"))
    return None


def _misuses(tree: ast.expr, source: Source, names: Collection[str]) -> Iterator[Issue]:
    """Yield issues for unknown names, wrong numbers of arguments, and what else Python has and formulas have not."""
    called = set()
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name() as function, args=arguments, keywords=[]):
                called.add(function)
                yield from _call_issues(source.part_of(function), len(arguments), names)
            case ast.Name(id=name) if node not in called and name not in names:
                yield source.part_of(node).issue(*_unknown_name(name, names))
            case ast.Tuple(elts=[first, *_]):
                comma = source.text.index(",", first.end_col_offset)
                message = "a comma outside a function's brackets"
                yield source.part(comma, comma + 1).issue(message, "the decimal sign is a point")
            case ast.expr() if not isinstance(node, ALLOWED):
                yield source.part_of(node).issue("this is not part of a formula")


ALLOWED = (ast.Constant, ast.Name, ast.UnaryOp, ast.BinOp, ast.BoolOp, ast.Compare)


def _call_issues(called: Token, given: int, names: Collection[str]) -> Iterator[Issue]:
    """Yield issues for a function that does not exist or takes another number of arguments."""
    name = called.text
    function = FORMULA_FUNCTIONS.get(name)
    if name in names:
        yield called.issue(f"{name} is not a function", f"write {name}*(...)")
    elif function is None:
        yield called.issue(
            f"unknown function {name}", FUNCTION_HINTS.get(name) or did_you_mean(name, FORMULA_FUNCTIONS)
        )
    elif name == CHANCE and not {"x", "t"} <= {*names}:
        yield called.issue(f"{name} belongs to a function to be minimised", "such as where(chance(0.1), 9*x, -x)")
    elif given < function.least or given > (function.most or given):
        least = "at least " if function.most is None else ""
        plural = "" if function.least == 1 else "s"
        message = f"{name} takes {least}{function.least} argument{plural}, not {given}"
        yield called.issue(message, f"write {_example(name)}")


def _unknown_name(name: str, names: Collection[str]) -> tuple[str, str]:
    """Return a message and a hint."""
    if name in FORMULA_FUNCTIONS:
        return f"{name} has no argument", f"write {_example(name)}"
    if re.fullmatch(r"[xX]_?\d", name) and "y" in names:
        return f"unknown name {name}", "the coordinates are called x and y"
    if len(name) > 1 and all(letter in names for letter in name):
        return f"unknown name {name}", f"write {'*'.join(name)}"
    return f"unknown name {name}", did_you_mean(name, names)


def _example(function: str) -> str:
    if function == CHANCE:
        return "chance(0.1)"
    arguments = {1: "x", 2: "a, b", 3: "condition, a, b"}[FORMULA_FUNCTIONS[function].least]
    return f"{function}({arguments})"
