"""Files that know their scenario, and files that must not be larger than asked, on the command line."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

import optviz
from optviz.errors import OptvizError, OutputError
from optviz.output import FORMATS
from optviz.output.metadata import made_by_optviz
from tests import few
from tests.cli import SMALL, optviz_says

pytestmark = pytest.mark.usefixtures("small")


@pytest.mark.thorough
def test_a_film_for_github(folder: Path) -> None:
    assert optviz_says("race", "small.yaml", "--for", "github", "--set", "output=a.mp4").exit_code == 0
    with Image.open(folder / "a.gif") as image:
        assert image.size == (320, 180)


@pytest.mark.parametrize(
    ("arguments", "said"),
    few(
        [
            (["--for", "gitbub"], "--for gitbub: unknown target; did you mean github?"),
            (["--for", "slides", "-o", "a.gif"], "--for slides: takes .mp4, not a.gif"),
            (["--max-size", "large"], "--max-size large: is no size; write it as 10MB, 800kB or 2.5MiB"),
            (["--max-size", "2kB"], "--max-size 2 kB: about "),
        ],
        2,
    ),
)
def test_what_cannot_be_done_about_a_size(folder: Path, arguments: list[str], said: str) -> None:
    result = optviz_says("race", "small.yaml", *arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith(said)
    assert [path.name for path in folder.rglob("*") if path.is_file()] == ["small.yaml"]


# --- what is replaced, and what is not ----------------------------------------------------------------


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def link_symbolic(folder: Path) -> None:
    (folder / "o.json").symlink_to("s.json")


def link_hard(folder: Path) -> None:
    os.link(folder / "s.json", folder / "o.json")


def keep(folder: Path) -> None:
    pass


def name_it_in_the_file(folder: Path) -> None:
    (folder / "s.json").write_text(SMALL + "output: [new.gif, x/../s.json]\n")
    (folder / "x").mkdir()


def name_it_elsewhere(folder: Path) -> None:
    (folder / "s.json").write_text(SMALL + "output: films/s.json\n")


def call_it_a_text(folder: Path) -> None:
    (folder / "film.txt").write_text(SMALL + "output: film.gif\n")


def name_another(folder: Path) -> None:
    (folder / "t.yaml").write_text(SMALL + "output: s.json\n")


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
@pytest.mark.parametrize("dry", [[], ["--dry-run"]])
@pytest.mark.parametrize(
    ("prepare", "arguments"),
    [
        (keep, ["s.json", "-o", "s.json"]),
        (keep, ["s.json", "--output", "new.gif", "--output", "./s.json"]),
        (keep, ["s.json", "--set", "output=s.json"]),
        (keep, ["s.json", "-o", "missing/../s.json"]),
        (keep, ["s.json", "-o", "{folder}/s.json"]),
        (name_it_in_the_file, ["s.json"]),
        (link_symbolic, ["s.json", "-o", "o.json"]),
        (link_symbolic, ["o.json", "-o", "s.json"]),
        (link_hard, ["s.json", "-o", "o.json"]),
        (name_it_elsewhere, ["s.json", "--to", "."]),
        (call_it_a_text, ["film.txt", "--alt"]),
        (call_it_a_text, ["film.txt", "-o", "film.gif", "-o", "film.txt"]),
        (name_another, ["t.yaml", "s.json"]),
        (name_another, ["t.yaml", "s.json", "small.yaml", "none.yaml"]),
    ],
)
def test_what_is_read_is_never_written(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    prepare: Callable[[Path], None],
    arguments: list[str],
    dry: list[str],
) -> None:
    (folder / "s.json").write_text(SMALL)
    prepare(folder)
    before = files_in(folder)
    monkeypatch.setattr(optviz, "run", lambda scenario: pytest.fail("raced"), raising=False)
    result = optviz_says("race", *(argument.format(folder=folder) for argument in arguments), *dry)
    assert result.exit_code == 2
    assert re.search(r"cannot write .*: it is the scenario \S+, which is read; name another output\n", result.stderr)
    assert files_in(folder) == before


@pytest.mark.thorough
def test_a_scenario_on_standard_input_is_never_written(folder: Path) -> None:
    (folder / "s.json").write_text(SMALL)
    with (folder / "s.json").open() as given:
        result = subprocess.run(
            [sys.executable, "-m", "optviz", "race", "-", "-o", "s.json"],
            stdin=given,
            capture_output=True,
            text=True,
            check=False,
        )
    said = "cannot write s.json: it is standard input, which is read; name another output\n"
    assert (result.returncode, result.stderr) == (2, said)
    assert (folder / "s.json").read_text() == SMALL


def test_python_spares_the_scenario_too(folder: Path) -> None:
    (folder / "s.json").write_text(SMALL)
    (folder / "x.json").write_text("a stranger's")
    race = optviz.run(optviz.load("s.json"))
    with pytest.raises(OptvizError, match=r"cannot write s\.json: it is the scenario") as error:
        race.save("x.json", "s.json")
    assert error.value.exit_code == 2
    assert (folder / "x.json").read_text() == "a stranger's"
    (folder / "a.json").mkdir()
    with pytest.raises(OutputError, match="it is a folder"):
        race.save("x.json", "a.json")
    race.save("x.json")
    assert (folder / "s.json").read_text() == SMALL
    assert made_by_optviz(folder / "x.json")


@pytest.mark.thorough
def test_a_path_in_a_scenario_replaces_what_optviz_made(folder: Path) -> None:
    made = [folder / f"mine{suffix.upper()}" for suffix in FORMATS]
    names = [path.name for path in made]
    (folder / "s.yaml").write_text(f"{SMALL}output: [{', '.join(names)}]\n")
    for path in made:
        path.write_bytes(b"a stranger's\n")
    before = files_in(folder)
    result = optviz_says("race", "s.yaml")
    assert result.exit_code == 2
    remedy = "move it away, or name it to replace it: -o {0}"
    said = "output[{1}]: cannot write {0}: a file is there that optviz did not make; " + remedy
    told = [line.partition(": ") for line in result.stderr.splitlines() if line.startswith("s.yaml:5:")]
    assert [line for _, _, line in told] == [said.format(name, i) for i, name in enumerate(names)]
    assert optviz_says("check", "s.yaml").stderr == result.stderr
    assert files_in(folder) == before
    assert optviz_says("race", "s.yaml", "-q", *(f"-o{name}" for name in names)).exit_code == 0
    first = files_in(folder)
    assert [path for path in made if not made_by_optviz(path)] == []
    assert optviz_says("race", "s.yaml", "-q", "--steps", "4").exit_code == 0
    assert {name for name, content in files_in(folder).items() if content == first[name]} == {"s.yaml", "small.yaml"}


@pytest.mark.thorough
def test_a_file_of_another_kind_or_none_is_not_optvizs(folder: Path) -> None:
    assert optviz_says("race", "small.yaml", "-q", *(f"-oa{suffix}" for suffix in FORMATS)).exit_code == 0
    for suffix in FORMATS:
        whole = (folder / f"a{suffix}").read_bytes()
        assert made_by_optviz(folder / f"a{suffix}")
        (folder / f"empty{suffix}").touch()
        assert not made_by_optviz(folder / f"empty{suffix}")
        assert not made_by_optviz(folder / f"none{suffix}")
        for other in FORMATS:
            (folder / f"b{other}").write_bytes(whole)
            same = {suffix, other} in ({".png", ".apng"}, {suffix})
            assert made_by_optviz(folder / f"b{other}") == same, (suffix, other)


@pytest.mark.parametrize(
    ("flags", "there"),
    few(
        [
            (["--poster"], "film.png"),
            (["--alt"], "film.txt"),
            (["--to", "films"], "films/film.gif"),
            (["--preview"], "film.preview.gif"),
            (["--for", "slides"], "film.mp4"),
        ],
        3,
    ),
)
@pytest.mark.thorough
def test_what_flags_add_replaces_no_other_file(folder: Path, flags: list[str], there: str) -> None:
    (folder / "s.yaml").write_text(SMALL + "output: film.gif\n")
    (folder / "films").mkdir()
    (folder / there).write_text("unrelated notes")
    before = files_in(folder)
    result = optviz_says("race", "s.yaml", *flags)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"cannot write {there}: a file is there that optviz did not make")
    assert files_in(folder) == before
    (folder / there).unlink()
    for _ in range(2):  # its own files are replaced
        assert optviz_says("race", "s.yaml", "-q", *flags).exit_code == 0


@pytest.mark.parametrize("call", [("race", "s.yaml", "--to", "a.gif"), ("gallery", ".", "--to", "b/c.MP4")])
def test_a_files_name_is_no_folder(folder: Path, call: tuple[str, ...]) -> None:
    (folder / "s.yaml").write_text(SMALL)
    before = files_in(folder)
    result = optviz_says(*call)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"--to {call[-1]}: this is a file's name; --to takes a folder, -o a file\n"
    assert files_in(folder) == before


@pytest.mark.thorough
def test_a_poster_replaces_a_picture_that_is_named(folder: Path) -> None:
    (folder / "film.png").write_text("unrelated notes")
    flags = ["-q", "-o", "film.gif", "--poster"]
    assert optviz_says("race", "small.yaml", *flags).exit_code == 2
    assert optviz_says("race", "small.yaml", *flags, "-o", "film.png").exit_code == 0
    assert made_by_optviz(folder / "film.png")


def test_of_several_scenarios_none_replaces_a_strangers_file(folder: Path) -> None:
    (folder / "s.yaml").write_text(SMALL + "output: notes.txt\n")
    (folder / "broken.yaml").write_text("functoin: beale\n")
    (folder / "notes.txt").write_text("unrelated notes")
    before = files_in(folder)
    result = optviz_says("race", "small.yaml", "s.yaml", "broken.yaml")
    assert result.exit_code == 2
    assert "s.yaml:5:9: output: cannot write notes.txt: a file is there that optviz did not make" in result.stderr
    assert "broken.yaml:1:1: functoin: unknown key" in result.stderr
    assert files_in(folder) == before


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_a_strangers_link_replaces_nothing_of_ones_own(folder: Path) -> None:
    (folder / "s.yaml").write_text(SMALL + "output: film.json\n")
    (folder / "precious.txt").write_text("notes of years")
    (folder / "film.json").symlink_to("precious.txt")
    assert optviz_says("race", "s.yaml").exit_code == 2
    assert (folder / "precious.txt").read_text() == "notes of years"
    assert optviz_says("race", "s.yaml", "-q", "-o", "film.json").exit_code == 0
    assert (folder / "film.json").is_symlink()
    assert made_by_optviz(folder / "film.json")


@pytest.mark.thorough
def test_a_list_of_films_is_no_film(folder: Path) -> None:
    assert optviz_says("race", "small.yaml", "-q", "-o", "real.mp4").exit_code == 0
    (folder / "list.mp4").write_text("ffconcat version 1.0\nfile real.mp4\n")
    assert not made_by_optviz(folder / "list.mp4")


@pytest.mark.skipif(os.name == "nt", reason="files of POSIX")
@pytest.mark.parametrize("path", ["x.gif", "missing/../x.gif"])
def test_a_pipe_is_refused_before_the_race(folder: Path, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    os.mkfifo(folder / "x.gif")
    monkeypatch.setattr(optviz, "run", lambda scenario: pytest.fail("raced"), raising=False)
    result = optviz_says("race", "small.yaml", "-o", path)
    assert (result.exit_code, result.stderr) == (1, f"cannot write {path}: it is a named pipe\n")
    assert sorted(os.listdir(folder)) == ["small.yaml", "x.gif"]


def test_a_new_scenario_replaces_nothing(folder: Path) -> None:
    (folder / "real").write_text("notes")
    if os.name != "nt":
        (folder / "link.yaml").symlink_to("nowhere")
        (folder / "bound.yaml").symlink_to("real")
        os.mkfifo(folder / "pipe.yaml")
    for path in folder.glob("*.yaml"):
        assert optviz_says("new", path.name).exit_code == 1
    assert not (folder / "nowhere").exists()
    assert (folder / "real").read_text() == "notes"


# --- several scenarios -------------------------------------------------------------------------------


def test_two_scenarios_must_not_write_the_same_file(folder: Path) -> None:
    for name in ("one", "two"):
        (folder / f"{name}.yaml").write_text(SMALL + "output: one.json\n")
    result = optviz_says("race", "one.yaml", "two.yaml")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("two.yaml: one.json is also the output of one.yaml; ")


def test_one_path_is_not_for_several_scenarios() -> None:
    result = optviz_says("race", "one.yaml", "two.yaml", "-o", "x.gif")
    assert result.exit_code == 2
    assert result.stderr.startswith("-o x.gif: names files for a single scenario; --to FOLDER")


# --- stills ------------------------------------------------------------------------------------------


@pytest.mark.thorough
def test_a_still_at_a_step(folder: Path) -> None:
    assert optviz_says("race", "small.yaml", "-o", "a.png", "-o", "b.png", "--at", "1").exit_code == 0
    assert (folder / "a.png").read_bytes() == (folder / "b.png").read_bytes()
    with Image.open(folder / "a.png") as image:
        assert image.size == (320, 180)


@pytest.mark.thorough
def test_a_contact_sheet(folder: Path) -> None:
    assert optviz_says("race", "small.yaml", "-o", "a.png", "--sheet", "4").exit_code == 0
    with Image.open(folder / "a.png") as image:
        assert image.size == (640, 360)


@pytest.mark.thorough
def test_a_poster_and_a_text_beside_a_film(folder: Path) -> None:
    result = optviz_says("race", "small.yaml", "-o", "a.gif", "--poster", "--alt")
    assert result.exit_code == 0
    assert sorted(path.name for path in folder.iterdir()) == ["a.gif", "a.png", "a.txt", "small.yaml"]
    assert "optimizers take" in (folder / "a.txt").read_text() or "takes" in (folder / "a.txt").read_text()


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["-o", "a.gif", "--at", "1"], "--at 1: no output is a still image; add one, such as -o picture.png"),
        (["-o", "a.png", "--at", "9999"], "--at 9999: the race has"),
        (
            ["-o", "a.png", "--at", "1", "--sheet", "2"],
            "--at 1 --sheet 2: a still image shows one step or is a contact sheet, not both",
        ),
    ],
)
def test_stills_that_cannot_be(folder: Path, flags: list[str], said: str) -> None:
    result = optviz_says("race", "small.yaml", *flags)
    assert result.exit_code == 2
    assert said in result.stderr
    assert [path.name for path in folder.iterdir()] == ["small.yaml"]


@pytest.mark.thorough
def test_what_another_site_needs_to_show_a_page(folder: Path, small: Path) -> None:
    done = optviz_says("race", "small.yaml", "-q", "-o", "my race.html", "--embed")
    assert done.exit_code == 0
    assert done.stdout.startswith('<iframe src="my%20race.html" title="')
    assert 'addEventListener("message"' in done.stdout
    refused = optviz_says("race", "small.yaml", "--embed")
    assert "--embed: no output is a page" in refused.stderr
