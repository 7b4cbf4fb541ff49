"""What stands beside the file: keys given as flags or from Python that replace the file's, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, cast

from optviz.errors import Issue, OptvizError
from optviz.scenario.document import Document, Origin, join, read_document
from optviz.scenario.messages import legible, said

_RACER = re.compile(r"optimizers\[[0-9]+\]")


@dataclass(frozen=True)
class Override:
    """One value, where it goes, and what to call its place in messages."""

    path: str  # dotted, as in render.fps or optimizers[1].adam.lr
    value: object
    place: str = ""  # the flag as typed; empty for a call from Python
    named: str = ""  # what the flag names already, if not the path: messages go on from there


Overrides: TypeAlias = Mapping[str, object] | Iterable[Override] | None


def listed(overrides: Overrides) -> list[Override]:
    """Python's mapping of dotted paths and the command line's list, as one."""
    if isinstance(overrides, Mapping):
        return [Override(path, value) for path, value in overrides.items()]
    return list(overrides or ())


def override(document: Document, change: Override) -> None:
    """Put the value where the path says. Raises OptvizError for a path that leads nowhere."""
    *folders, last = _parts(change)
    inside, path = cast(Any, document.data), ""
    for part in folders:
        inside[part], is_new = _opened(inside, part, path, change)
        path = join(path, part)
        inside = inside[part]
        if is_new:
            document.replaced[path] = Origin(change.place, change.path)
    _refuse_misfit(inside, last, path, change)
    inside[last] = change.value
    document.replaced[change.path] = Origin(change.place, change.named or change.path)


def _parts(change: Override) -> list[str | int]:
    """``optimizers[1].adam.lr`` is optimizers, 1, adam, lr."""
    if not re.fullmatch(r"[^.\[\]]+(\.[^.\[\]]+|\[[0-9]+\])*", change.path):
        raise _wrong(change, f"{legible(change.path)} is no path of keys", "such as render.fps")
    return [int(part[1:-1]) if part[0] == "[" else part for part in re.findall(r"\[\d+\]|[^.\[\]]+", change.path)]


def _opened(inside: Any, part: str | int, path: str, change: Override) -> tuple[Any, bool]:
    """A copy of what is at ``part`` of ``path``, open to keys, and whether nothing was there.

    A name alone becomes the mapping that it stands for.
    """
    _refuse_misfit(inside, part, path, change)
    path = join(path, part)
    held = inside[part] if isinstance(part, int) else inside.get(part)
    if isinstance(held, str) and path == "function":
        return {"name": held}, False
    if isinstance(held, str) and _RACER.fullmatch(path):
        held = {held: {}}
    if held is None:
        return {}, True
    if not isinstance(held, dict | list):
        raise _wrong(change, f"{path} is {said(held)} and has no keys")
    return held.copy(), False


def _refuse_misfit(inside: Any, part: str | int, path: str, change: Override) -> None:
    """Refuse an index where there are keys, a key where there are items, an index beyond the end, another's name."""
    if isinstance(inside, list) != isinstance(part, int):
        kind = "a list: write [0]" if isinstance(inside, list) else "no list"
        raise _wrong(change, f"{part} does not fit, there is {kind}")
    if isinstance(part, int) and part >= len(inside):
        raise _wrong(change, f"there is no [{part}], the last one is [{len(inside) - 1}]")
    if _RACER.fullmatch(path) and isinstance(inside, dict) and part not in inside:
        raise _wrong(change, f"that racer is {legible(next(iter(inside)))}, not {legible(part)}")


def _wrong(change: Override, message: str, hint: str = "") -> OptvizError:
    return OptvizError(Issue(message, "" if change.place else change.path, hint, where=change.place))


# --- flags ----------------------------------------------------------------------------------------


def setting(text: str) -> Override:
    """``--set render.theme=dark``"""
    place = f"--set {text}"
    path, equals, written = text.partition("=")
    if not equals:
        raise OptvizError(Issue("must be KEY=VALUE", hint="such as --set render.theme=dark", where=place))
    key = re.split(r"[.\[\]]+", path.strip("]"))[-1]
    return Override(path.strip(), value_of(key, written, place), place)


def value_of(key: str, written: str, place: str) -> object:
    """The YAML value of ``key``, read as in a file: ``1e-3`` is a number, a title is text whatever it holds."""
    try:
        return read_document(f"{key.strip()}: {written.strip()}\n", place).data.get(key.strip())
    except OptvizError as error:
        raise OptvizError(replace(issue, line=None, column=None) for issue in error.issues) from None


def function_flag(text: str, flag: str = "--function") -> Override:
    """``--function beale`` names one, ``--function 'x**2 + y**2'`` is a formula."""
    is_name = re.fullmatch(r"\w{2,}", text.strip())
    place = f"{flag} {text}"
    if is_name:
        return Override("function", text.strip(), place)
    return Override("function", {"formula": text}, place, named="function.formula")


def start_flag(text: str) -> Override:
    """``--start 3,4``"""
    place = f"--start {text}"
    return Override("start", value_of("start", f"[{text.strip().strip('[]')}]", place), place)


def racers_of_flags(texts: Iterable[str], flag: str = "--optimizer") -> list[Override]:
    """``--optimizer adam --optimizer amsgrad:lr=0.1,label=Ours``, and several in one: ``adam,amsgrad:lr=0.1``."""
    racers = [(racer, f"{flag} {text}") for text in texts for racer in _racers(text, f"{flag} {text}")]
    whole = Override("optimizers", [racer for racer, _ in racers], flag)
    return [whole, *(_racer_override(i, racer, place) for i, (racer, place) in enumerate(racers))]


def _racer_override(index: int, racer: dict[str, dict[str, object]], place: str) -> Override:
    path = f"optimizers[{index}]"
    return Override(path, racer, place, named=f"{path}.{legible(next(iter(racer)))}")


def _racers(text: str, place: str) -> Iterator[dict[str, dict[str, object]]]:
    """Each racer, its hyperparameters behind a colon; ``key=value`` belongs to the racer before it."""
    racer: dict[str, dict[str, object]] = {}
    for piece in split(text):
        name, colon, setting = piece.partition(":") if _begins_a_racer(piece) else ("", ":", piece)
        if name:
            yield from [racer] if racer else []
            racer = {name.strip(): {}}
        if colon and setting.strip():
            _give(racer, setting, place)
    yield from [racer] if racer else []


def _begins_a_racer(piece: str) -> bool:
    return "=" not in piece.partition(":")[0]


def _give(racer: dict[str, dict[str, object]], setting: str, place: str) -> None:
    key, equals, written = setting.partition("=")
    if not equals or not racer:
        hint = "such as --optimizer adam:lr=0.1,beta2=0.99"
        raise OptvizError(Issue(f"{setting.strip()} is no KEY=VALUE", hint=hint, where=place))
    (given,) = racer.values()
    given[key.strip()] = value_of(key, written, place)


def split(text: str) -> list[str]:
    """The pieces between the commas that stand outside brackets and quotes."""
    pieces, depth, quote = [""], 0, ""
    for character in text:
        quote = _quote_after(quote, character)
        depth += 0 if quote else (character in "[{(") - (character in ")}]")
        if character == "," and not depth and not quote:
            pieces.append("")
        else:
            pieces[-1] += character
    return [piece for piece in pieces if piece.strip()]


def _quote_after(quote: str, character: str) -> str:
    """The quotation mark that is open behind ``character``, or nothing."""
    if quote:
        return "" if character == quote else quote
    return character if character in "\"'" else ""
