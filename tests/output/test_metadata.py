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
from optviz.output.metadata import Metadata, from_text, hash_of, metadata_of, read_metadata
from tests.output.films import SCENARIO, film, page

READERS = [suffix for suffix, form in FORMATS.items() if form.reader]
TITLES = ["Squares – a race", '<b> & "friends"', "two\nlines"]


def test_every_picture_has_a_place_for_its_scenario_and_data_has_a_mark() -> None:
    for form in FORMATS.values():
        assert (form.kind == "data") == (not form.reader) == bool(form.mark)


@pytest.mark.parametrize("suffix", READERS)
@pytest.mark.parametrize("title", TITLES)
def test_what_is_written_is_read_back(tmp_path: Path, suffix: str, title: str) -> None:
    whole = replace(film(frames=2), title=title)
    path = tmp_path / f"race{suffix}"
    write_all([path], film=whole, page=page(whole))
    said = read_metadata(path)
    assert said == metadata_of(whole)
    assert said.scenario == SCENARIO
    assert said.title == " ".join(title.split())
    assert said.is_whole


@pytest.mark.parametrize("suffix", READERS)
def test_a_file_that_is_something_else(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"race{suffix}"
    path.write_bytes(b"\xff\xfe no such thing \x00")
    with pytest.raises(OptvizError, match=rf"race\{suffix}: (cannot be read|holds no scenario)"):
        read_metadata(path)


def test_a_picture_of_another_program(tmp_path: Path) -> None:
    for name in ("a.gif", "a.png", "a.webp", "a.pdf"):
        Image.new("RGB", (4, 4)).save(tmp_path / name)
        with pytest.raises(OptvizError, match="holds no scenario; only optviz writes one"):
            read_metadata(tmp_path / name)


def test_a_file_that_is_not_there_and_one_of_numbers(tmp_path: Path) -> None:
    with pytest.raises(OptvizError, match=r"none\.gif: cannot be read: No such file"):
        read_metadata(tmp_path / "none.gif")
    with pytest.raises(OptvizError, match=r"a\.csv: files of this kind hold no scenario; those that do: \.gif"):
        read_metadata(tmp_path / "a.csv")


@given(st.text(st.characters(exclude_characters="\n\r")), st.text())
@pytest.mark.thorough
def test_words_survive_as_one_text(title: str, scenario: str) -> None:
    words = Metadata(title, f"optviz 1.2, scenario {hash_of(scenario)}", scenario)
    assert from_text(words.as_text()) == words
    assert words.is_whole


def test_a_changed_scenario_is_noticed() -> None:
    words = metadata_of(film())
    assert not replace(words, scenario=words.scenario + "#").is_whole
