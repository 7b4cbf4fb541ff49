"""YAML text to plain data that remembers where each key and value stands.

Scalars follow the YAML 1.2 core schema: ``1e-3`` is a number, ``no`` is text. One document, no tags, aliases
only while they stay small, no key twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import inf, nan
from typing import TYPE_CHECKING, NamedTuple, NoReturn, cast

import yaml

from optviz.errors import Issue, OptvizError
from optviz.scenario.messages import legible, said, syntax_in_words

if TYPE_CHECKING:
    from optviz.optimizers.rule import Rule
    from optviz.problems.custom import OwnFunction

MAX_BYTES = 1_000_000
MAX_DEPTH = 32
MAX_VALUES = 20_000  # with every alias written out
CHARACTERS_PER_VALUE = 100  # a longer text counts as several values
TEXT_KEYS = frozenset({"title", "label", "text", "formula"})  # a scalar under these is text, whatever it looks like

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_QUOTES = ("'", '"', "|", ">")  # styles in which a scalar is text; block texts have no place on one line
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NUMBER = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_INTEGER = re.compile(r"[-+]?[0-9]+")
_RADIX = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_WORDS: dict[str, object] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -inf),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), nan),
}
_LONGEST_INTEGER = 300  # digits; a longer one is beyond the float64 range anyway


class Place(NamedTuple):
    """Line and column, counted from 1."""

    line: int
    column: int


class Origin(NamedTuple):
    """Where a value comes from that is not in the file."""

    place: str  # the flag as typed; empty for Python
    path: str  # the path that the flag itself names


@dataclass
class Own:
    """What Python gave that no file can hold: rules by name, and the function."""

    rules: dict[str, Rule] = field(default_factory=dict)
    function: OwnFunction | None = None


@dataclass
class Document:
    """A file's data, and the place of everything in it, by dotted path (``optimizers[1].adam.lr``)."""

    name: str
    text: str = ""
    data: dict[str, object] = field(default_factory=dict)
    keys: dict[str, Place] = field(default_factory=dict)
    values: dict[str, Place] = field(default_factory=dict)
    inner: dict[str, Place] = field(default_factory=dict)  # first character of a text written plainly on one line
    issues: list[Issue] = field(default_factory=list)  # mistakes after which reading could go on
    replaced: dict[str, Origin] = field(default_factory=dict)  # paths whose value does not come from the file
    own: Own = field(default_factory=Own)

    def report(
        self,
        path: str,
        message: str,
        hint: str = "",
        *,
        at_key: bool = False,
        offset: int | None = None,
        width: int = 0,
    ) -> None:
        """Note a mistake: at the path's key, at character ``offset`` (from 1) of its text, or at its value.

        ``width`` is the number of offending characters from ``offset`` on.
        """
        issue = Issue(message, path=path, hint=hint)
        origin = self.origin(path)
        if origin is None:
            known = width if offset is not None and path in self.inner else 0
            self.issues.append(issue.at(self.name, *self._place(path, at_key, offset), width=known))
        else:
            self.issues.append(issue.at(origin.place, None, None))

    def broken(self, *paths: str) -> bool:
        """Whether a mistake is known at one of these paths, under it, or in what holds it."""
        return any(_reaches(issue.path, path) or _reaches(path, issue.path) for issue in self.issues for path in paths)

    def stop_if_broken(self) -> None:
        """Raise OptvizError with every mistake noted, in the order of the file."""
        if self.issues:
            in_order = sorted(self.issues, key=lambda issue: (issue.line or 0, issue.column or 0))
            raise OptvizError(self._as_told(issue) for issue in in_order)

    def origin(self, path: str) -> Origin | None:
        """What replaced the value at ``path``, the most particular one."""
        replacing = [replaced for replaced in self.replaced if _reaches(path, replaced)]
        return self.replaced[max(replacing, key=len)] if replacing else None

    def _as_told(self, issue: Issue) -> Issue:
        """A flag says already which key it sets: the path goes on from there."""
        origin = self.origin(issue.path)
        if origin is None or not origin.place:
            return issue
        told = issue.path.removeprefix(origin.path).lstrip(".") if _reaches(issue.path, origin.path) else ""
        return replace(issue, path=told)

    def _place(self, path: str, at_key: bool, offset: int | None) -> Place:
        if offset is not None and path in self.inner:
            return Place(self.inner[path].line, self.inner[path].column + offset - 1)
        first, second = (self.keys, self.values) if at_key else (self.values, self.keys)
        for ancestor in _ancestors(path):
            if ancestor in first or ancestor in second:
                return first.get(ancestor) or second[ancestor]
        return Place(1, 1)


def join(path: str, part: str | int) -> str:
    """One step further into a dotted path: a key or a list index."""
    if isinstance(part, int):
        return f"{path}[{part}]"
    return f"{path}.{legible(part)}" if path else legible(part)


def _reaches(path: str, root: str) -> bool:
    """Whether ``path`` is ``root`` or stands under it."""
    return path == root or path.startswith((f"{root}.", f"{root}["))


def _ancestors(path: str) -> Iterator[str]:
    """The path itself, then shorter and shorter beginnings of it."""
    yield path
    for match in reversed(list(re.finditer(r"[.\[]", path))):
        yield path[: match.start()]


def decode(raw: bytes, name: str) -> str:
    """UTF-8 text, with or without a byte order mark. Raises OptvizError."""
    if len(raw) > MAX_BYTES:
        raise OptvizError(Issue("larger than 1 MB, which no scenario is", where=name))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        message = f"not UTF-8 text: byte 0x{raw[error.start]:02x}"
        raise OptvizError(Issue(message, hint="save the file as UTF-8").at(name, line, column)) from None


def read_document(text: str, name: str) -> Document:
    """Parse one scenario. Raises OptvizError where reading cannot go on; see ``Document.issues``."""
    text = text.removeprefix("\ufeff")
    if len(text) > MAX_BYTES:
        raise OptvizError(Issue("larger than 1 MB, which no scenario is", where=name))
    _refuse_unprintable(text, name)
    document = Document(name, text)
    try:
        data = _Reader(document).read()
    except yaml.MarkedYAMLError as error:
        raise OptvizError(syntax_in_words(error, text, name)) from None
    if not isinstance(data, dict):
        _refuse_top(document, data)
    document.data = data
    return document


def _refuse_unprintable(text: str, name: str) -> None:
    found = _UNPRINTABLE.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        column = found.start() - text.rfind("\n", 0, found.start())
        message = f"character U+{ord(found.group()):04X} cannot stand in a text file; is this a binary file?"
        raise OptvizError(Issue(message).at(name, line, column))


def _refuse_top(document: Document, data: object) -> NoReturn:
    message = "the file is empty" if data is None else f"a scenario is a mapping of keys, got {said(data)}"
    document.report("", message, "begin with function: and optimizers:")
    raise OptvizError(document.issues)


def _start(event: yaml.Event) -> yaml.Mark:
    return cast(yaml.Mark, event.start_mark)  # a parsed event has one


def _place(event: yaml.Event) -> Place:
    return Place(_start(event).line + 1, _start(event).column + 1)


class _Anchored(NamedTuple):
    """What an anchor names."""

    value: object
    size: int  # how many values it holds
    height: int  # how many levels


class _Reader:
    """Builds data from parser events, so that nothing recursive runs before depth and size are known."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.events: Iterator[yaml.Event] = yaml.parse(document.text, Loader=_LOADER)
        self.anchors: dict[str, _Anchored] = {}
        self.open: set[str] = set()  # anchors whose value is not complete yet
        self.count = 0  # values so far
        self.deepest = 0  # levels so far

    def read(self) -> object:
        """The data of the only document; None when there is none."""
        next(self.events)  # the stream begins
        if isinstance(next(self.events), yaml.StreamEndEvent):
            return None
        data = self.value("", next(self.events), 0)
        next(self.events)  # the document ends
        after = next(self.events)
        if not isinstance(after, yaml.StreamEndEvent):
            self.stop(after, "a second document begins here", "one file holds one scenario")
        return data

    def stop(self, event: yaml.Event, message: str, hint: str = "") -> NoReturn:
        place = _place(event)
        raise OptvizError(Issue(message, hint=hint).at(self.document.name, *place))

    def value(self, path: str, event: yaml.Event, depth: int) -> object:
        """The value that begins with ``event``, its place noted under ``path``."""
        self.document.values.setdefault(path, _place(event))
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event, depth)
        self.refuse_tag(path, event)
        anchor = cast(yaml.NodeEvent, event).anchor
        return self.anchored(anchor, path, event, depth) if anchor else self.content(path, event, depth)

    def anchored(self, name: str, path: str, event: yaml.Event, depth: int) -> object:
        """A value that aliases may repeat: its size and height count again each time."""
        count, deepest = self.count, self.deepest
        self.deepest = depth
        self.open.add(name)
        built = self.content(path, event, depth)
        self.open.discard(name)
        self.anchors[name] = _Anchored(built, self.count - count, self.deepest - depth)
        self.deepest = max(deepest, self.deepest)
        return built

    def alias(self, event: yaml.AliasEvent, depth: int) -> object:
        name = legible(event.anchor)
        if event.anchor in self.open:
            self.stop(event, f"*{name} stands inside &{name}: it would hold itself")
        if event.anchor not in self.anchors:
            self.stop(event, f"*{name} is used before any &{name}")
        built, size, height = self.anchors[event.anchor]
        self.grow(event, size, depth + height)
        return built

    def content(self, path: str, event: yaml.Event, depth: int) -> object:
        self.grow(event, 1 + len(getattr(event, "value", "")) // CHARACTERS_PER_VALUE, depth)
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(path, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(path, depth)
        return self.scalar(path, cast(yaml.ScalarEvent, event))

    def grow(self, event: yaml.Event, size: int, depth: int) -> None:
        """Count what comes, before it is built."""
        self.count += size
        self.deepest = max(self.deepest, depth)
        if self.count > MAX_VALUES:
            hint = "a scenario needs a few dozen"
            self.stop(event, f"more than {MAX_VALUES} values, aliases written out", hint)
        if depth > MAX_DEPTH:
            self.stop(event, f"nested deeper than {MAX_DEPTH} levels")

    def refuse_tag(self, path: str, event: yaml.Event) -> None:
        tag = getattr(event, "tag", None)
        if tag:
            written = legible(str(tag).replace("tag:yaml.org,2002:", "!!"))
            self.document.report(path, f"tags such as {written} are not allowed", "write the plain value")

    def sequence(self, path: str, depth: int) -> list[object]:
        items: list[object] = []
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            items.append(self.value(join(path, len(items)), event, depth + 1))
        return items

    def mapping(self, path: str, depth: int) -> dict[str, object]:
        entries: dict[str, object] = {}
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            self.entry(path, event, depth, entries)
        return entries

    def entry(self, path: str, event: yaml.Event, depth: int, entries: dict[str, object]) -> None:
        if not isinstance(event, yaml.ScalarEvent):
            self.stop(event, "a key must be text", "write key: value")
        key, inside = event.value, join(path, event.value)
        self.grow(event, 1, depth)
        twice = key in entries
        first = self.document.keys.setdefault(inside, _place(event))
        value = self.value(inside, next(self.events), depth + 1)
        if twice:
            issue = Issue(f"given twice, first on line {first.line}", path=inside, hint="keep one of them")
            self.document.issues.append(issue.at(self.document.name, *_place(event)))
        else:
            entries[key] = value

    def scalar(self, path: str, event: yaml.ScalarEvent) -> object:
        self.note_inner(path, event)
        if event.style in _QUOTES or path.rpartition(".")[2] in TEXT_KEYS:
            return event.value
        return plain(event.value)

    def note_inner(self, path: str, event: yaml.ScalarEvent) -> None:
        """Remember where the text's first character stands, if all of it stands there as it is."""
        opening = 1 if event.style in _QUOTES else 0
        start = _start(event).index + opening
        end = cast(yaml.Mark, event.end_mark).index - opening
        if self.document.text[start:end] == event.value and "\n" not in event.value:
            line, column = _place(event)
            self.document.inner.setdefault(path, Place(line, column + opening))


def plain(text: str) -> object:
    """An unquoted scalar by the YAML 1.2 core schema."""
    if text in _WORDS:
        return _WORDS[text]
    if _RADIX.fullmatch(text) and len(text) < _LONGEST_INTEGER:
        return int(text, 0)
    if _INTEGER.fullmatch(text) and len(text) < _LONGEST_INTEGER:
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text
