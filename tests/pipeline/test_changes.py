"""A file is seen to hold something else, however it is saved."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest

from optviz.pipeline.changes import Changes

MOST_LOOKS = 1000  # after the last save


def in_place(file: Path, text: str) -> None:
    file.write_text(text)


def renamed(file: Path, text: str) -> None:
    """As sed -i, and VS Code on some file systems."""
    new = file.with_suffix(".new")
    new.write_text(text)
    new.replace(file)


def moved_away(file: Path, text: str) -> None:
    """As Vim: the old file is a backup, the new one has its name."""
    backup = file.with_suffix(".yaml~")
    file.replace(backup)
    file.write_text(text)
    backup.unlink()


def removed(file: Path, text: str) -> None:
    file.unlink()
    file.write_text(text)


class Impatient:
    """Sleeps hardly, and gives up once nobody writes any more."""

    def __init__(self) -> None:
        self.writer: Thread | None = None
        self.looks = 0

    def __call__(self, seconds: float) -> None:
        self.looks += self.writer is None or not self.writer.is_alive()
        assert self.looks < MOST_LOOKS, "a save was lost"
        time.sleep(0.0002)


SAVES = [in_place, renamed, moved_away, removed]


@pytest.mark.parametrize(
    ("save", "count"),
    [(save, 50) for save in SAVES] + [pytest.param(save, 1000, marks=pytest.mark.slow) for save in SAVES],
)
def test_of_many_saves_the_last_is_always_taken(tmp_path: Path, save: Callable[[Path, str], None], count: int) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("first")
    patience = Impatient()
    changes = Changes(file, patience)
    changes.wait()
    writer = patience.writer = Thread(target=lambda: [save(file, f"{number:04}") for number in range(count)])
    writer.start()
    taken: list[str] = []
    while taken[-1:] != [f"{count - 1:04}"]:
        changes.wait()
        if file.exists():
            taken.append(file.read_text())
    writer.join()
    assert not changes.pending()


def test_a_save_after_it_was_taken_is_pending(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("a")
    changes = Changes(file, Impatient())
    changes.wait()
    assert not changes.pending()
    os.utime(file)  # no change of what it holds
    assert not changes.pending()
    file.write_text("b")
    assert changes.pending()
    file.write_text("a")
    assert not changes.pending()
    file.unlink()
    changes.wait()
    assert not changes.pending()


def test_an_editor_that_empties_the_file_first_is_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("")
    changes = Changes(file, lambda _: in_place(file, "whole"))
    changes.wait()
    assert not changes.pending()
    assert file.read_text() == "whole"


def test_what_the_scenario_reads_is_looked_at_too(tmp_path: Path) -> None:
    file, noise = tmp_path / "a.yaml", tmp_path / "noise.csv"
    file.write_text("a")
    noise.write_text("1")
    changes = Changes(file, Impatient())
    changes.wait()
    assert changes.follow([file, noise])  # it must be read again: the noise was not looked at before it was read
    assert not changes.follow([noise])
    assert not changes.pending()
    renamed(noise, "2")
    assert changes.pending()
    changes.wait()
    assert not changes.follow([])
    renamed(noise, "3")
    assert not changes.pending()


def test_a_change_of_what_the_scenario_reads_is_not_lost_while_it_is_read(tmp_path: Path) -> None:
    file, noise = tmp_path / "a.yaml", tmp_path / "noise.csv"
    file.write_text("a")
    noise.write_text("1")
    changes = Changes(file, Impatient())
    changes.wait()
    changes.follow([noise])
    renamed(noise, "2")
    changes.wait()
    renamed(noise, "3")  # may come before or after it is read
    assert not changes.follow([noise])
    assert changes.pending()


@pytest.mark.parametrize("save", [renamed, moved_away, removed])
def test_what_was_there_only_while_it_was_read_is_read_again(tmp_path: Path, save: Callable[[Path, str], None]) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("a")
    changes = Changes(file, Impatient())
    changes.wait()
    changes.confirm()
    assert not changes.pending()
    renamed(file, "b")  # this is read
    save(file, "a")
    os.utime(file, ns=(1, 1))  # a later tick of the clock
    assert not changes.pending()
    changes.confirm()
    assert changes.pending()
    changes.wait()
    changes.confirm()
    assert not changes.pending()


def test_what_is_forgotten_is_taken_again(tmp_path: Path) -> None:
    file, noise = tmp_path / "a.yaml", tmp_path / "noise.csv"
    file.write_text("a")
    noise.write_text("1")
    changes = Changes(file, Impatient())
    changes.wait()
    assert changes.follow([noise])
    changes.forget()
    assert not changes.follow([noise])  # else it would be read for ever
    changes.wait()
    assert not changes.pending()
