from __future__ import annotations

import os
from pathlib import Path

import pytest

from optviz.output.paths import check_outputs


def said(*paths: Path) -> list[str]:
    return [str(issue) for issue in check_outputs(map(str, paths)).values()]


def test_new_folders_are_no_obstacle_and_nothing_is_made(tmp_path: Path) -> None:
    assert said(tmp_path / "a" / "b" / "x.gif") == []
    assert os.listdir(tmp_path) == []


def test_an_existing_file_may_be_replaced(tmp_path: Path) -> None:
    (tmp_path / "x.gif").write_text("old")
    assert said(tmp_path / "x.gif") == []


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    (tmp_path / "x.gif").mkdir()
    assert said(tmp_path / "x.gif") == [f"cannot write {tmp_path}/x.gif: it is a folder"]


def test_a_file_is_not_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("")
    assert said(tmp_path / "a" / "x.gif") == [f"cannot write {tmp_path}/a/x.gif: {tmp_path}/a is not a folder"]


def test_two_spellings_of_one_file(tmp_path: Path) -> None:
    second = tmp_path / "." / "b" / ".." / "x.gif"
    assert said(tmp_path / "x.gif", second) == [f"cannot write {second}: the same file as {tmp_path}/x.gif"]


def test_a_name_too_long_for_any_file_system(tmp_path: Path) -> None:
    (issue,) = said(tmp_path / ("x" * 300 + ".gif"))
    assert issue.endswith("no file can have this name")


def test_write_protection_is_seen_beforehand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    (tmp_path / "x.gif").write_text("old")
    assert said(tmp_path / "x.gif", tmp_path / "y.gif") == [
        f"cannot write {tmp_path}/x.gif: it is write-protected",
        f"cannot write {tmp_path}/y.gif: no permission to write in {tmp_path}",
    ]
