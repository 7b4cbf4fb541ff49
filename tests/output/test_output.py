"""All formats alike: chosen by suffix, drawn once, whole or not at all, the same bytes every time."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Generator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image

from optviz.errors import OptvizError, OutputError
from optviz.frames import Frame
from optviz.output import FORMATS, Format, format_of, write_all
from optviz.output.metadata import made_by_optviz, metadata_of, read_metadata
from optviz.parallel import limit_cores
from tests.output.films import Race, breaking, film, page, replayed, write_animation

ANIMATIONS = [suffix for suffix, form in FORMATS.items() if form.kind == "animation"]
RACE = Race()


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_gives_the_same_bytes_again(tmp_path: Path, suffix: str) -> None:
    paths = [tmp_path / f"first{suffix}", tmp_path / "deep" / f"second{suffix}"]
    for path in paths:
        write_all([path], film=film(), page=page(film()), export=RACE)
    first, second = (path.read_bytes() for path in paths)
    assert first == second
    assert os.listdir(paths[1].parent) == [paths[1].name]


@pytest.mark.parametrize("suffix", ANIMATIONS)
def test_the_number_of_cores_does_not_show(tmp_path: Path, suffix: str) -> None:
    for cores in (1, 4):
        limit_cores(cores)
        write_animation(tmp_path / f"{cores}{suffix}", film(frames=40))
    limit_cores(None)
    assert (tmp_path / f"1{suffix}").read_bytes() == (tmp_path / f"4{suffix}").read_bytes()


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_suffix_in_capitals(suffix: str) -> None:
    assert format_of(f"race{suffix.upper()}") is FORMATS[suffix]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("race.gfi", "no format has the suffix '.gfi'; did you mean .gif?"),
        ("race.docx", "allowed: " + ", ".join(FORMATS)),
        ("race", "a suffix must name the format"),
    ],
)
def test_an_unknown_suffix_is_told_which_there_are(path: str, said: str) -> None:
    with pytest.raises(OptvizError) as caught:
        format_of(path)
    assert said in str(caught.value)


def test_the_film_is_drawn_once_for_all_files(tmp_path: Path) -> None:
    whole = film()
    drawn: list[int] = []

    def draw() -> Generator[Frame, None, None]:
        drawn.append(0)
        return whole.draw()

    told: list[tuple[int, int]] = []
    together = [tmp_path / f"together{suffix}" for suffix in FORMATS]
    write_all(
        together, film=replayed(whole, draw), page=page(whole), export=RACE, progress=lambda *done: told.append(done)
    )
    assert len(drawn) == 1
    assert told == [(number, whole.frames) for number in range(1, whole.frames + 1)]
    for path in together:
        alone = tmp_path / f"alone{path.suffix}"
        write_all([alone], film=whole, page=page(whole), export=RACE)
        assert alone.read_bytes() == path.read_bytes()


@pytest.mark.parametrize("error", [RuntimeError("drawing failed"), KeyboardInterrupt(), OSError("a font is missing")])
@pytest.mark.parametrize("after", [0, 1, 9])
def test_a_drawing_that_fails_leaves_the_old_files(tmp_path: Path, error: BaseException, after: int) -> None:
    paths = [tmp_path / f"race{suffix}" for suffix in FORMATS]
    for path in paths:
        path.write_bytes(b"old")
    with pytest.raises(type(error)) as caught:
        write_all(paths, film=breaking(film(), after, error), page=page(film()), export=RACE)
    assert caught.value is error  # an error of the drawing is not blamed on the file
    assert sorted(tmp_path.iterdir()) == sorted(paths)
    assert {path.read_bytes() for path in paths} == {b"old"}


@pytest.mark.parametrize("suffix", ANIMATIONS)
@pytest.mark.parametrize("drawn", [3, 20])
def test_a_film_that_is_not_as_long_as_it_says(tmp_path: Path, suffix: str, drawn: int) -> None:
    wrong = replayed(film(frames=12), film(frames=drawn).draw)
    with pytest.raises(RuntimeError, match=f"promised 12 frames, drew {drawn}"):
        write_animation(tmp_path / f"race{suffix}", wrong)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_folder_that_cannot_be_made_is_an_output_error(tmp_path: Path, suffix: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    path = tmp_path / "file" / f"race{suffix}"
    with pytest.raises(OutputError, match="cannot write") as caught:
        write_all([path], film=film(), page=page(film()), export=RACE)
    assert str(path) in str(caught.value)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has a disk that is always full")
@pytest.mark.parametrize("suffix", FORMATS)
def test_a_full_disk_is_an_output_error(tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / f"race{suffix}"
    path.write_bytes(b"old")

    def full(target: Path) -> tuple[int, Path]:
        link = tmp_path / f".link{suffix}"
        link.symlink_to("/dev/full")
        return os.open(link, os.O_WRONLY), link

    monkeypatch.setattr("optviz.output.atomic._reserve", full)
    with pytest.raises(OutputError, match=os.strerror(errno.ENOSPC)):
        write_all([path], film=film(frames=40), page=page(film()), export=RACE)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == [path.name]


@pytest.mark.thorough
@pytest.mark.parametrize("suffix", ANIMATIONS)
def test_memory_does_not_grow_with_the_film(tmp_path: Path, suffix: str) -> None:
    def peak(frames: int) -> int:
        tracemalloc.start()
        write_animation(tmp_path / f"race{suffix}", film(160, 120, frames))
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    peak(5)  # what is imported and kept for good
    assert peak(300) < peak(40) + 5_000_000  # a kept picture would add 57 600 bytes a frame, 15 million in all


@pytest.mark.thorough
def test_nothing_heavy_is_imported_before_a_file_is_written() -> None:
    program = (
        "import sys, optviz.output; optviz.output.format_of('race.gif'); "
        "print([name for name in ('av', 'PIL', 'matplotlib') if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


@pytest.mark.parametrize("suffix", FORMATS)
def test_nothing_is_written_without_a_source(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(ValueError, match="nothing to make"):
        write_all([tmp_path / f"race{suffix}"])
    assert os.listdir(tmp_path) == []


def test_one_more_format_is_one_module_and_one_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("optviz.output.ppm")
    code = """
from optviz.output.metadata import from_text, metadata_of
def write(path, film, request):
    words = metadata_of(film).as_text().replace("\\n", "\\n# ")
    head = f"P6\\n# {words}\\n{film.width} {film.height} 255\\n"
    path.write_bytes(head.encode() + film.still(request.step)[..., :3].tobytes())
def read(path):
    lines = path.read_bytes().split(b"\\n")
    return from_text("\\n".join(line[2:].decode() for line in lines if line.startswith(b"# ")))
"""
    exec(code, module.__dict__)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(FORMATS, ".ppm", Format("PPM still", "still", "ppm:write", "ppm:read"))
    path, whole = tmp_path / "race.ppm", film()
    write_all([path], film=whole)
    with Image.open(path) as image:
        assert np.array_equal(np.asarray(image), whole.still(None)[..., :3])
    assert read_metadata(path) == metadata_of(whole)
    assert made_by_optviz(path)
