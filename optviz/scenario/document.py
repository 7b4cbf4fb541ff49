"""Reads YAML text into plain data that remembers where each key and value stands.

Scalars follow the YAML 1.2 core schema: ``1e-3`` is a number, ``no`` is text. One document, no tags, aliases
only while they stay small, no key twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import inf, nan
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, TypeAlias

import yaml

from optviz.errors import Issue, OptvizError, join, legible
from optviz.scenario.messages import said, shortened, syntax_error

if TYPE_CHECKING:
    from optviz.logs import Log
    from optviz.optimizers.libraries.foreign import Make
    from optviz.optimizers.rule import Rule
    from optviz.problems import CustomFunction, GivenModule

MAX_BYTES = 1_000_000
MAX_DEPTH = 32
MAX_VALUES = 20_000  # with every alias written out
CHARACTERS_PER_VALUE = 100  # a longer text counts as several values
TEXT_KEYS = frozenset(
    {"title", "label", "text", "formula", "color", "marker"}
)  # a scalar under these is text, whatever it looks like
TEXT_SIZE_KEY = "render.text"  # but under this one a size

_QUOTES = ("'", '"', "|", ">")  # styles in which a scalar is text; block texts have no place on one line
_LINE_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")  # what ends a line for the YAML parser
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
LONGEST_INTEGER = 300  # digits; a longer one is beyond the float64 range anyway, and read as infinite


class Position(NamedTuple):
    """Line and column, counted from 1, and how many characters stand there on that line."""

    line: int
    column: int
    width: int = 1  # 0: on to the end of the line


class Origin(NamedTuple):
    """Where a value comes from that is not in the file."""

    where: str  # the flag as typed; empty for Python
    path: str  # the path that the flag itself names


@dataclass
class Custom:
    """What Python gave that no file can hold: rules by name, other libraries' optimizers, a function, a module."""

    rules: dict[str, Rule] = field(default_factory=dict)
    makers: dict[tuple[str, str], Make] = field(default_factory=dict)  # by library and name
    function: CustomFunction | None = None
    module: GivenModule | None = None


@dataclass
class Document:
    """A scenario as plain data, the position of everything in it by dotted path, and the mistakes found so far."""

    name: str
    text: str = ""  # of the file; empty where Python gave the data
    data: dict[str, object] = field(default_factory=dict)
    keys: dict[str, Position] = field(default_factory=dict)  # by path, such as optimizers[1].adam.lr
    values: dict[str, Position] = field(default_factory=dict)
    inner: dict[str, Position] = field(default_factory=dict)  # first character of a text written plainly on one line
    issues: list[Issue] = field(default_factory=list)  # mistakes after which reading could go on
    replaced: dict[str, Origin] = field(default_factory=dict)  # paths whose value does not come from the file
    custom: Custom = field(default_factory=Custom)
    folder: Path | None = None  # of the file, where the files are that it names
    allow_import: bool = False  # of code that the file names
    logs: dict[Path, list[Log]] = field(default_factory=dict)  # recorded runs, by the file that holds them
    drawn: dict[str, Path] = field(default_factory=dict)  # files of draws, by the path of the noise
    _noted: set[tuple[str, str]] = field(default_factory=set)

    def report(
        self,
        path: str,
        message: str,
        hint: str = "",
        *,
        at_key: bool = False,
        offset: int | None = None,
        width: int = 0,
        source: str = "",
    ) -> None:
        """Note a mistake once: at the path's key, at its value, or inside that, which is the text ``source``.

        offset: character of that text, from 1; width: of the offending token, in characters.
        """
        issue = Issue(shortened(message), path=path, hint=hint)
        if (issue.path, issue.message) in self._noted:
            return
        self._noted.add((issue.path, issue.message))
        origin = self.origin(issue.path)
        if origin is None:
            self.issues.append(self.at(issue, self._position(issue.path, at_key, offset, width)))
        else:
            self.issues.append(replace(issue, column=offset, width=width, source=source).in_flag(origin.where))

    def placed(self, issue: Issue) -> Issue:
        """Return the mistake where its path's value stands."""
        return self.at(issue, self._position(issue.path, False, None, 0))

    def at(self, issue: Issue, position: Position) -> Issue:
        """Return the mistake with its position in the file and the line that stands there."""
        return located(issue, self.name, self.lines, position)

    @cached_property
    def lines(self) -> list[str]:
        """The file's lines, as the parser counts them, without what cannot be shown."""
        return lines_of(_shown(self.text))

    def text_without(self, key: str) -> str | None:
        """Return the text without the lines of a top-level key, comments kept; None where other keys need them."""
        if key not in self.keys:
            return self.text
        lines = self.text.splitlines(keepends=True)
        start = self.keys[key].line - 1
        below = (self.keys[other].line - 1 for other in self.data if other in self.keys)
        end = min((line for line in below if line > start), default=len(lines))
        while lines[end - 1].lstrip().startswith("#") or not lines[end - 1].strip():
            end -= 1
        text = "".join(lines[:start] + lines[end:])
        try:
            same = read_document(text, self.name).data == {k: v for k, v in self.data.items() if k != key}
        except OptvizError:  # an alias without its anchor, half of { }
            return None
        return text if same else None

    def broken(self, *paths: str) -> bool:
        """Return whether a mistake is known at one of these paths, under it, or in what holds it."""
        return any(_reaches(issue.path, path) or _reaches(path, issue.path) for issue in self.issues for path in paths)

    def stop_if_broken(self) -> None:
        """Raise OptvizError with every mistake noted, in the order of the file."""
        if self.issues:
            in_order = sorted(self.issues, key=lambda issue: (issue.line, issue.column or 0) if issue.line else (0, 0))
            raise OptvizError(self._behind_flag(issue) for issue in in_order)

    def origin(self, path: str) -> Origin | None:
        """Return what replaced the value at ``path``, the most particular one."""
        replacing = [replaced for replaced in self.replaced if _reaches(path, replaced)]
        return self.replaced[max(replacing, key=len)] if replacing else None

    def _behind_flag(self, issue: Issue) -> Issue:
        """Return the mistake without the beginning of its path that its flag names already."""
        origin = self.origin(issue.path)
        if origin is None or not origin.where:
            return issue
        rest = issue.path.removeprefix(origin.path).lstrip(".") if _reaches(issue.path, origin.path) else ""
        return replace(issue, path=rest)

    def _position(self, path: str, at_key: bool, offset: int | None, width: int) -> Position:
        if offset is not None and path in self.inner:
            start = self.inner[path]
            return Position(start.line, start.column + offset - 1, width or 1)
        first, second = (self.keys, self.values) if at_key else (self.values, self.keys)
        for ancestor in _ancestors(path):
            if ancestor in first or ancestor in second:
                return first.get(ancestor) or second[ancestor]
        return Position(1, 1)


def located(issue: Issue, name: str, lines: list[str], position: Position) -> Issue:
    """Return the mistake with its position in a file and the line that stands there."""
    line = lines[position.line - 1].rstrip() if position.line <= len(lines) else ""
    width = position.width or max(1, len(line) - position.column + 1)
    return issue.at(name, position.line, position.column, width, line)


def _shown(text: str) -> str:
    """Replace what cannot be shown by one character each, so that columns stay."""
    return "".join(c if c.isprintable() or _LINE_BREAK.match(c) else " " if c.isspace() else "\ufffd" for c in text)


def lines_of(text: str) -> list[str]:
    """Split a text into lines as the YAML parser counts them."""
    return _LINE_BREAK.split(text)


def _reaches(path: str, root: str) -> bool:
    """Return whether ``path`` is ``root`` or stands under it."""
    return path == root or path.startswith((f"{root}.", f"{root}["))


def _ancestors(path: str) -> Iterator[str]:
    """Yield the path itself, then shorter and shorter beginnings of it."""
    yield path
    for match in reversed(list(re.finditer(r"[.\[]", path))):
        yield path[: match.start()]


# --- reading --------------------------------------------------------------------------------------


def decode(raw: bytes, name: str) -> str:
    """Decode UTF-8 text, with or without a byte order mark. Raises OptvizError."""
    if len(raw) > MAX_BYTES:
        raise OptvizError(Issue("larger than 1 MB, which no scenario is", where=name))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        issue = Issue(f"not UTF-8 text: byte 0x{raw[error.start]:02x}", hint="save the file as UTF-8")
        lines = lines_of(_shown(raw.decode("utf-8", errors="replace")))
        before = lines_of(raw[: error.start].decode("utf-8"))
        raise OptvizError(located(issue, name, lines, Position(len(before), len(before[-1]) + 1))) from None


def read_document(text: str, name: str) -> Document:
    """Parse one scenario. Raises OptvizError where reading cannot go on; see ``Document.issues``."""
    text = text.removeprefix("\ufeff")
    if len(text) > MAX_BYTES:
        raise OptvizError(Issue("larger than 1 MB, which no scenario is", where=name))
    document = Document(name, text)
    _refuse_unprintable(document)
    try:
        _refuse_overgrown(document)
        root = yaml.compose(text, Loader=Loader)
    except yaml.MarkedYAMLError as error:
        issue, mark = syntax_error(error, text)
        raise OptvizError(document.at(issue, _position(mark))) from None
    data = None if root is None else _Builder(document).value("", root)
    if not isinstance(data, dict):
        message = "the file is empty" if data is None else f"a scenario is a mapping of keys, got {said(data)}"
        document.report("", message, "begin with function: and optimizers:")
        raise OptvizError(document.issues)
    document.data = data
    return document


class Untagged:
    """Gives a node a tag only where one is written."""

    def resolve(self, kind: object, value: object, implicit: object) -> str:
        return ""


class Loader(Untagged, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # chosen when run
    """The C parser where PyYAML has it."""


def _refuse_unprintable(document: Document) -> None:
    found = _UNPRINTABLE.search(document.text)
    if found:
        before = lines_of(document.text[: found.start()])
        issue = Issue(f"character U+{ord(found.group()):04X} cannot stand in a text file; is this a binary file?")
        raise OptvizError(document.at(issue, Position(len(before), len(before[-1]) + 1)))


def _refuse_overgrown(document: Document) -> None:
    """Refuse a text that is too deep or too long, before anything recursive runs on it."""
    depth = values = 0
    for event in yaml.parse(document.text, Loader=Loader):
        depth -= isinstance(event, yaml.CollectionEndEvent)
        values += isinstance(event, yaml.NodeEvent)
        if isinstance(event, yaml.NodeEvent) and (depth > MAX_DEPTH or values > MAX_VALUES):
            raise OptvizError(document.at(_overgrown(depth), _position(event.start_mark)))
        depth += isinstance(event, yaml.CollectionStartEvent)


def _overgrown(depth: int) -> Issue:
    if depth > MAX_DEPTH:
        return Issue(f"nested deeper than {MAX_DEPTH} levels")
    return Issue(f"more than {MAX_VALUES} values, aliases written out", hint="a scenario needs a few dozen")


_Pair: TypeAlias = tuple[yaml.ScalarNode, yaml.Node]


class _Builder:
    """Builds a document's data from the parser's nodes and notes where each stands; aliases are written out."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.values = 0  # so far
        self.open: list[yaml.Node] = []  # the mappings and lists around the next value
        self.merged: dict[int, list[_Pair]] = {}  # of each mapping that a merge key names, by identity

    def value(self, path: str, node: yaml.Node) -> object:
        """Return the value of ``node``, its position noted under ``path``."""
        self.document.values.setdefault(path, _position(node.start_mark, node.end_mark))
        self.values += 1 + (len(node.value) // CHARACTERS_PER_VALUE if isinstance(node, yaml.ScalarNode) else 0)
        if any(node is around for around in self.open):
            self.stop(path, Issue("holds itself through an alias", path=path))
        if self.values > MAX_VALUES or len(self.open) > MAX_DEPTH:
            self.stop(path, _overgrown(len(self.open)))
        if node.tag:
            tag = legible(str(node.tag).replace("tag:yaml.org,2002:", "!!"))
            self.document.report(path, f"tags such as {tag} are not allowed", "write the plain value")
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(path, node)
        assert isinstance(node, yaml.CollectionNode)
        self.open.append(node)
        built: object = self.mapping(path, node) if isinstance(node, yaml.MappingNode) else self.sequence(path, node)
        self.open.pop()
        return built

    def sequence(self, path: str, node: yaml.CollectionNode) -> list[object]:
        values: list[object] = []
        items = iter(node.value)
        for item in items:
            inside = join(path, len(values))
            values.append(self.value(inside, self.whole(inside, item, items) if node.flow_style else item))
        return values

    def mapping(self, path: str, node: yaml.MappingNode) -> dict[str, object]:
        entries: dict[str, object] = {}
        own = iter([pair for pair in node.value if not _is_merge_key(pair[0])])
        for key, item in own:
            position = _position(key.start_mark, key.end_mark)
            if not isinstance(key, yaml.ScalarNode):
                raise OptvizError(self.document.at(Issue("a key must be text", hint="write key: value"), position))
            inside = join(path, key.value)
            first = self.document.keys.setdefault(inside, position)
            written = self.whole(inside, item, (key for key, _ in own)) if node.flow_style else item
            value = self.value(inside, written)
            if key.value in entries:
                issue = Issue(f"given twice, first on line {first.line}", path=inside, hint="keep one of them")
                self.document.issues.append(self.document.at(issue, position))
            entries.setdefault(key.value, value)
        for key, item in self.pairs_merged_into(path, node):
            if key.value not in entries:
                inside = join(path, key.value)
                self.document.keys.setdefault(inside, _position(key.start_mark, key.end_mark))
                entries[key.value] = self.value(inside, item)
        return entries

    def pairs_merged_into(self, path: str, node: yaml.MappingNode) -> list[_Pair]:
        """Return the keys and values that ``<<`` brings into a mapping, the nearest first."""
        if id(node) not in self.merged:
            self.merged[id(node)] = []  # so that a mapping that merges itself ends
            merges = [(key, item) for key, item in node.value if _is_merge_key(key)]
            pairs: dict[str, _Pair] = {}
            sources = [
                (key, source)
                for key, item in merges
                for source in (item.value if isinstance(item, yaml.SequenceNode) else [item])  # one mapping or several
            ]
            for merge, source in sources:
                if not isinstance(source, yaml.MappingNode):
                    inside = join(path, merge.value)
                    self.document.keys.setdefault(inside, _position(merge.start_mark, merge.end_mark))
                    self.document.report(inside, "must be a mapping or a list of mappings, such as *base")
                    continue
                own = [pair for pair in source.value if isinstance(pair[0], yaml.ScalarNode)]
                for key, item in [*own, *self.pairs_merged_into(path, source)]:
                    if not _is_merge_key(key):
                        pairs.setdefault(key.value, (key, item))
            self.merged[id(node)] = list(pairs.values())
        return self.merged[id(node)]

    def whole(self, path: str, item: yaml.Node, rest: Iterator[yaml.Node]) -> yaml.Node:
        """Return a scalar together with what commas inside its parentheses cut off, which is reported."""
        while _unclosed(item) > 0:
            piece = next(rest, None)
            if piece is None or not isinstance(piece, yaml.ScalarNode):
                return item
            text = f"{item.value}, {piece.value}"
            item = yaml.ScalarNode(item.tag, text, item.start_mark, piece.end_mark)
            if _unclosed(item) == 0:
                self.document.values.setdefault(path, _position(item.start_mark, item.end_mark))
                self.document.report(path, "in { } and [ ] a comma ends the value", f"quote it: '{legible(text)}'")
        return item

    def scalar(self, path: str, node: yaml.ScalarNode) -> object:
        """Return text where it is quoted or the key wants text, else what YAML takes the scalar for."""
        opening = 1 if node.style in _QUOTES else 0
        written = self.document.text[node.start_mark.index + opening : node.end_mark.index - opening]
        if written == node.value and "\n" not in written:
            line, column, _ = _position(node.start_mark)
            self.document.inner.setdefault(path, Position(line, column + opening, max(1, len(written))))
        is_text = node.style in _QUOTES or (path.rpartition(".")[2] in TEXT_KEYS and path != TEXT_SIZE_KEY)
        return node.value if is_text else plain(node.value)

    def stop(self, path: str, issue: Issue) -> NoReturn:
        """Raise the mistake at the nearest key: what an alias writes out has no position of its own."""
        above = (self.document.keys[key] for key in _ancestors(path) if key in self.document.keys)
        raise OptvizError(self.document.at(issue, next(above, Position(1, 1))))


def _is_merge_key(key: object) -> bool:
    return isinstance(key, yaml.ScalarNode) and key.value == "<<" and key.style not in _QUOTES


def _unclosed(node: yaml.Node) -> int:
    """Count the parentheses that a scalar without quotes opens and does not close."""
    if not isinstance(node, yaml.ScalarNode) or node.style in _QUOTES:
        return 0
    return int(node.value.count("(") - node.value.count(")"))


def _position(start: Any, end: Any = None) -> Position:
    """Return where something starts and how wide it is, from the marks of either parser; None where it gives none."""
    if start is None:
        return Position(1, 1)
    if end is None:
        return Position(start.line + 1, start.column + 1)
    width = max(1, end.column - start.column) if end.line == start.line else 0
    return Position(start.line + 1, start.column + 1, width)


def plain(text: str) -> object:
    """Return an unquoted scalar's value by the YAML 1.2 core schema."""
    if text in _WORDS:
        return _WORDS[text]
    if _RADIX.fullmatch(text) and len(text) <= LONGEST_INTEGER:
        return int(text, 0)
    if _INTEGER.fullmatch(text) and len(text) <= LONGEST_INTEGER:
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text
