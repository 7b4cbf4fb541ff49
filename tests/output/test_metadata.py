"""A file knows the scenario that made it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from optviz.errors import OptvizError
from optviz.output import FORMATS, write_all
from optviz.output.metadata import Credits, credits_of, from_text, hash_of
from optviz.output.reading import READERS, read_credits
from tests.output.films import SCENARIO, film

TITLES = ["Squares – a race", '<b> & "friends"', "two\nlines"]


def test_every_picture_has_a_place_for_its_scenario() -> None:
    assert set(READERS) == {suffix for suffix, form in FORMATS.items() if form.kind != "data"}


@pytest.mark.parametrize("suffix", READERS)
@pytest.mark.parametrize("title", TITLES)
def test_what_is_written_is_read_back(tmp_path: Path, suffix: str, title: str) -> None:
    whole = replace(film(frames=2), title=title)
    path = tmp_path / f"race{suffix}"
    write_all([path], film=whole)
    said = read_credits(path)
    assert said == credits_of(whole)
    assert said.scenario == SCENARIO
    assert said.title == " ".join(title.split())
    assert said.is_whole


@pytest.mark.parametrize("suffix", READERS)
def test_a_file_that_is_something_else(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"race{suffix}"
    path.write_bytes(b"\xff\xfe no such thing \x00")
    with pytest.raises(OptvizError, match=rf"race\{suffix}: (cannot be read|holds no scenario)"):
        read_credits(path)


def test_a_picture_of_another_program(tmp_path: Path) -> None:
    for name in ("a.gif", "a.png", "a.webp", "a.pdf"):
        Image.new("RGB", (4, 4)).save(tmp_path / name)
        with pytest.raises(OptvizError, match="holds no scenario; only optviz writes one"):
            read_credits(tmp_path / name)


def test_a_file_that_is_not_there_and_one_of_numbers(tmp_path: Path) -> None:
    with pytest.raises(OptvizError, match=r"none\.gif: cannot be read: No such file"):
        read_credits(tmp_path / "none.gif")
    with pytest.raises(OptvizError, match=r"a\.csv: files of this kind hold no scenario; those that do: \.gif"):
        read_credits(tmp_path / "a.csv")


@given(st.text(st.characters(exclude_characters="\n\r")), st.text())
def test_words_survive_as_one_text(title: str, scenario: str) -> None:
    words = Credits(title, f"optviz 1.2, scenario {hash_of(scenario)}", scenario)
    assert from_text(words.as_text()) == words
    assert words.is_whole


def test_a_changed_scenario_is_noticed() -> None:
    words = credits_of(film())
    assert not replace(words, scenario=words.scenario + "#").is_whole
