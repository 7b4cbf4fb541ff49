"""Every test of the command line stands in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli import SMALL


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder, empty."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def small(folder: Path) -> Path:
    """A small scenario in the folder: ``small.yaml``."""
    path = folder / "small.yaml"
    path.write_text(SMALL)
    return path
