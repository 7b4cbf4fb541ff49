"""Keys given as flags or from Python that replace the file's; messages about them name the flag."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from optviz.errors import Issue, OptvizError, join, legible, misfit
from optviz.scenario import fields
from optviz.scenario.document import Document, Origin, read_document
from optviz.scenario.messages import said

_RACER = re.compile(r"optimizers\[[0-9]+\]")


@dataclass(frozen=True)
class Override:
    """One value, where it goes, and what to call its origin in messages."""

    path: str  # dotted, as in render.fps or optimizers[1].adam.lr
    value: object
    where: str = ""  # the flag as typed; empty for a call from Python
    named: str = ""  # what the flag names already, if not the path: messages go on from there
    for_all: str = ""  # a hyperparameter of ``common`` that also replaces what racers give themselves


Overrides: TypeAlias = Mapping[str, object] | Sequence[Override] | None


def listed(overrides: Overrides) -> list[Override]:
    """Return Python's mapping of dotted paths and the command line's list as one list."""
    if isinstance(overrides, Mapping):
        overrides = [Override(str(path), value) for path, value in overrides.items()]
    elif not isinstance(overrides, list | tuple | None) or any(
        not isinstance(one, Override) for one in overrides or ()
    ):
        raise misfit("overrides map paths of keys to values", overrides, "such as {'render.fps': 50}")
    return list(overrides or ())


def override(document: Document, change: Override) -> None:
    """Put the value where the path says. Raises OptvizError for a path that leads nowhere."""
    if not re.fullmatch(r"[^.\[\]]+(\.[^.\[\]]+|\[[0-9]+\])*", change.path):
        raise _wrong(change, f"{legible(change.path)} is no path of keys", "such as render.fps")
    parts = [int(part[1:-1]) if part[0] == "[" else part for part in re.findall(r"\[\d+\]|[^.\[\]]+", change.path)]
    inside, path = cast(Any, document.data), ""
    for part in parts[:-1]:
        inside[part], is_new = _opened(inside, part, path, change)
        path = join(path, part)
        inside = inside[part]
        if is_new:
            document.replaced[path] = Origin(change.where, change.path)
    _refuse_misfit(inside, parts[-1], path, change)
    inside[parts[-1]] = change.value
    if change.for_all and isinstance(racers := document.data.get("optimizers"), list):
        document.data["optimizers"] = [_without(racer, change.for_all) for racer in racers]
    document.replaced[change.path] = Origin(change.where, change.named or change.path)


def _without(racer: Any, hyperparameter: str) -> Any:
    """Return a racer as written, without one of its hyperparameters."""
    ((name, given),) = racer.items() if isinstance(racer, dict) and len(racer) == 1 else ((None, None),)
    return {name: {k: v for k, v in given.items() if k != hyperparameter}} if isinstance(given, dict) else racer


def _opened(inside: Any, part: str | int, path: str, change: Override) -> tuple[Any, bool]:
    """Return a copy of the mapping or list at ``part`` of ``path``, and whether nothing was there.

    A name alone becomes the mapping that it stands for.
    """
    _refuse_misfit(inside, part, path, change)
    path = join(path, part)
    held = inside[part] if isinstance(part, int) else inside.get(part)
    if isinstance(held, str) and path == "function":
        return cast(dict[str, object], fields.function(held)), False
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
    return OptvizError(Issue(message, "" if change.where else change.path, hint, where=change.where))


# --- flags ----------------------------------------------------------------------------------------


def setting(text: str, flag: str = "--set") -> Override:
    """Read ``--set render.theme=dark``. Raises OptvizError."""
    where = f"{flag} {text}"
    path, equals, written = text.partition("=")
    if not equals:
        raise OptvizError(Issue("must be KEY=VALUE", hint=f"such as {flag} render.theme=dark", where=where))
    key = re.split(r"[.\[\]]+", path.strip("]"))[-1]
    return Override(path.strip(), value_of(key, written, where), where)


def value_of(key: str, written: str, where: str) -> object:
    """Return the YAML value of ``key``, read as in a file: ``1e-3`` is a number, a title is text whatever it holds."""
    try:
        return read_document(f"{key.strip()}: {written.strip()}\n", where).data.get(key.strip())
    except OptvizError as error:
        raise OptvizError(issue.at(where, None, None) for issue in error.issues) from None


def function_flag(text: str, flag: str = "--function") -> Override:
    """Read ``--function beale``, a name, or ``--function 'x**2 + y**2'``, a formula."""
    return Override("function", text.strip(), f"{flag} {text}")


def start_flag(text: str) -> Override:
    """Read ``--start 3,4``. Raises OptvizError."""
    where = f"--start {text}"
    return Override("start", value_of("start", f"[{text.strip().strip('[]')}]", where), where)


def rate_flag(text: str) -> Override:
    """Read ``--lr 0.1``, which holds for every racer, whatever the file says."""
    where = f"--lr {text}"
    return Override("common.lr", value_of("lr", text, where), where, for_all="lr")


def window_flag(text: str) -> Override:
    """Read ``--window -2,2,-1,3``, or the brackets of a file. Raises OptvizError."""
    where, ends = f"--window {text}", text.strip()
    if not ends.startswith("["):
        numbers = split(ends)
        ends = ", ".join(f"[{', '.join(numbers[at : at + 2])}]" for at in range(0, len(numbers), 2))
        ends = f"[{ends}]"
    return Override("function.window", value_of("window", ends, where), where)


def table_flag(text: str) -> list[Override]:
    """Read ``--table step,Adam.f``: the columns, each of which may be wrong by itself."""
    return names_flag("table.columns", "--table", text)


def names_flag(key: str, flag: str, text: str) -> list[Override]:
    """Read names behind a flag, such as ``--functions beale,sphere``, for a key that holds a list of them."""
    where, names = f"{flag} {text}", [name.strip().strip("\"'") for name in split(text)]
    if not any(names):
        raise OptvizError(Issue("names nothing", hint="leave it out", where=flag))
    return [Override(key, names, where), *(Override(f"{key}[{i}]", name, where) for i, name in enumerate(names))]


def racers_of_flags(texts: Iterable[str], flag: str = "--optimizer") -> list[Override]:
    """Read ``--optimizer adam --optimizer amsgrad:lr=0.1,label=Ours``, and several in one: ``adam,amsgrad:lr=0.1``."""
    racers = [(racer, f"{flag} {text}") for text in texts for racer in _racers(text, f"{flag} {text}")]
    changes = [Override("optimizers", [racer for racer, _ in racers], flag)]
    for i, (racer, where) in enumerate(racers):
        path = f"optimizers[{i}]"
        changes.append(Override(path, racer, where, named=join(path, next(iter(racer)))))
    return changes


def _racers(text: str, where: str) -> list[dict[str, dict[str, object]]]:
    """Return each racer, its hyperparameters behind a colon; ``key=value`` belongs to the racer before it."""
    racers: list[dict[str, dict[str, object]]] = []
    for piece in split(text):
        begins_a_racer = "=" not in piece.partition(":")[0]
        name, colon, setting = piece.partition(":") if begins_a_racer else ("", ":", piece)
        if begins_a_racer:
            racers.append({name.strip(): {}})
        if colon and setting.strip():
            key, equals, written = setting.partition("=")
            if not equals or not racers:
                hint = "such as --optimizer adam:lr=0.1,beta2=0.99"
                raise OptvizError(Issue(f"{setting.strip()} is no KEY=VALUE", hint=hint, where=where))
            (given,) = racers[-1].values()
            if key.strip() in given:
                raise OptvizError(Issue(f"gives {key.strip()} twice", hint="keep one of them", where=where))
            given[key.strip()] = value_of(key, written, where)
    return racers


def split(text: str) -> list[str]:
    """Return the pieces between the commas that stand outside brackets and quotes."""
    pieces, depth, quote = [""], 0, ""
    for character in text:
        if character in "\"'" and quote in ("", character):
            quote = "" if quote else character
        depth += 0 if quote else (character in "[{(") - (character in ")}]")
        if character == "," and not depth and not quote:
            pieces.append("")
        else:
            pieces[-1] += character
    return [piece for piece in pieces if piece.strip()]
