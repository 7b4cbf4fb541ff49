"""Reads racers that are not rules of ours: ``torch: {Adam: {lr: 0.01}, label: ...}`` and its kin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optviz.errors import OptvizError, join, legible
from optviz.optimizers.libraries import LIBRARIES
from optviz.optimizers.libraries.foreign import Foreign, Make
from optviz.scenario.document import Document
from optviz.scenario.fields import computed
from optviz.scenario.messages import said

IMPORT_FLAG = "--allow-import"


def foreign_racer(
    document: Document, path: str, library: str, given: object, beside: tuple[str, ...]
) -> tuple[Foreign, dict[str, Any], dict[str, Any]] | None:
    """Return the optimizer, its arguments, and the keys that stand beside its name; None if it has a mistake.

    path: of what is ``given`` under the library's name. beside: the keys that may stand there, such as label.
    """
    item = {given: None} if isinstance(given, str) else given
    example = f"such as {library}: {{{'adam' if library == 'optax' else 'Adam'}: {{}}}}"
    if not isinstance(item, dict):
        document.report(path, f"must be one of its optimizers, got {said(given)}", example)
        return None
    keys = {key: value for key, value in item.items() if key in beside}
    named = [key for key in item if key not in beside]
    if len(named) != 1:
        got = ", ".join(legible(name) for name in named) or "none"
        document.report(path, f"must name one of its optimizers, got {got}", example)
        return None
    (name,) = named
    arguments = item[name]
    if arguments is not None and not isinstance(arguments, dict):
        document.report(join(path, name), f"must be its arguments, got {said(arguments)}", example)
        return None
    found = _found(document, path, library, str(name))
    if found is None:
        return None
    foreign = Foreign(LIBRARIES[library], str(name), found)
    misplaced = [key for key in arguments or {} if key in beside and key not in foreign.parameters]
    for key in misplaced:
        hint = f"write it beside: {library}: {{{name}: {{...}}, {key}: ...}}"
        document.report(join(join(path, name), key), f"is no argument of {foreign.label}", hint, at_key=True)
    return None if misplaced else (foreign, {key: _computed(value) for key, value in (arguments or {}).items()}, keys)


def _computed(value: object) -> object:
    """Return the numbers that texts of arithmetic are, in a list too; words as they are."""
    return [computed(one) for one in value] if isinstance(value, list) else computed(value)


def _found(document: Document, path: str, library: str, name: str) -> Make | None:
    """Return what makes the optimizer; report what is missing."""
    if (library, name) in document.custom.makers:
        return document.custom.makers[library, name]
    at = join(path, name)
    try:
        if "." in name:
            return _imported(document, at, name)
        return LIBRARIES[library].find(name)
    except ModuleNotFoundError as error:
        missing = error.name or library
        packages = LIBRARIES[library].packages
        document.report(path, f"needs the package {missing}", f"pip install '{packages}'", at_key=True)
    except OptvizError as error:
        for issue in error.issues:
            document.report(at, issue.message, issue.hint, at_key=True)
    return None


def _imported(document: Document, path: str, name: str) -> Make | None:
    """Import ``package.module.Class``, the user's own code, if the command allows it."""
    from importlib import import_module

    if not document.allow_import:
        document.report(path, "names code of its own, which runs only if you say so", f"add {IMPORT_FLAG}", at_key=True)
        return None
    module, _, attribute = name.rpartition(".")
    try:
        made: Make = getattr(import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        document.report(path, f"cannot be imported: {error}", at_key=True)
        return None
    return made


def taken(foreign: Foreign, given: Mapping[str, Any], common: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments given, and those of ``common`` that the optimizer has too."""
    return {**{name: value for name, value in common.items() if name in foreign.parameters}, **given}
