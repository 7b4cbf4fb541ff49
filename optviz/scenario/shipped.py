"""The scenarios that ship: in the checkout's configs/, or inside the wheel's package."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
_FOLDERS = (_PACKAGE / "configs", _PACKAGE.parent / "configs")


def shipped_folder() -> Path:
    """Return the folder of the shipped scenarios."""
    return next(folder for folder in _FOLDERS if folder.is_dir())


def shipped_names() -> list[str]:
    """Return their names, such as ``race`` or ``post/adamax-1d``."""
    folder = shipped_folder()
    return sorted(path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.yaml"))


def shipped(name: str) -> Path | None:
    """Return the file of a shipped scenario, or None where there is none of this name."""
    return shipped_folder() / f"{name}.yaml" if name in shipped_names() else None
