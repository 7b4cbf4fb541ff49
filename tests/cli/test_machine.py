"""Nothing of the user's machine is in a file, a picture or on the terminal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import optviz
from optviz.cli.shortage import OUT_OF_MEMORY
from optviz.output import FORMATS
from optviz.output.metadata import read_metadata
from tests import few
from tests.cli import SMALL, optviz_says

READABLE = [suffix for suffix, form in FORMATS.items() if form.reader]


# --- paths ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("flags", few([[], ["--set", "steps=4"], ["-o"]], 3), ids=" ".join)
@pytest.mark.thorough
def test_files_keep_the_scenario_with_its_comments_and_tell_no_path(folder: Path, flags: list[str]) -> None:
    paths = [str(folder / f"secret{suffix}") for suffix in FORMATS]
    (folder / "own.yaml").write_text(f"# mine\noutput: [{', '.join(paths)}]\n# a comment\n{SMALL}")
    arguments = [word for path in paths for word in ("-o", path)] if flags == ["-o"] else flags
    assert optviz_says("race", "own.yaml", *arguments).exit_code == 0
    for path in paths:
        written = Path(path).read_bytes()
        assert str(folder).encode() not in written, path
        assert b"secret" not in written, path
    for path in (folder / f"secret{suffix}" for suffix in READABLE if not flags):
        assert read_metadata(path).scenario == f"# mine\n# a comment\n{SMALL}", path


def test_the_json_holds_the_scenario_without_output(folder: Path) -> None:
    path = folder / "race.json"
    race = optviz.run(optviz.load(SMALL, overrides={"output": str(path)}))
    race.save(path)
    document = json.loads(path.read_text())
    assert "output" not in document["scenario"]
    assert optviz.build(**document["scenario"]).resolved() == document["scenario"] == race.scenario.resolved()


@pytest.mark.parametrize("home", ["~/films/x.json", "~/x.json"])
def test_a_tilde_is_home(folder: Path, monkeypatch: pytest.MonkeyPatch, home: str) -> None:
    away = folder / "away"
    monkeypatch.setenv("HOME", str(folder / "home"))
    monkeypatch.setenv("USERPROFILE", str(folder / "home"))
    there = folder / "home" / home[2:]
    away.mkdir()
    monkeypatch.chdir(away)
    (away / "own.yaml").write_text(f"output: {home}\n{SMALL}")
    (away / "plain.yaml").write_text(f"output: x.json\n{SMALL}")
    for arguments in (["own.yaml"], ["plain.yaml", "-o", home], ["plain.yaml", "--to", home[: -len("/x.json")]]):
        assert optviz_says("race", *arguments, "-q").exit_code == 0
        there.unlink()
    optviz.run(optviz.load(SMALL)).save(home)
    there.unlink()
    assert sorted(path.name for path in away.iterdir()) == ["own.yaml", "plain.yaml"]


# --- Matplotlib's settings and words --------------------------------------------------------------

PICTURE = (
    "function: beale\ntitle: $\\frac{x^2}{2}$ and x^2 and -1\nsteps: 5\noptimizers: [adam, sgd]\n"
    "render: {size: 320x180, frames: 3, hold: 1, panels: [loss, ranking, rates], view: VIEW}\n"
)
CHANGED = {  # keys that no rule below can change
    "axes.prop_cycle": "cycler('color', ['red', 'lime'])",
    "axes.axisbelow": "False",
    "axes.formatter.limits": "-1, 1",
    "figure.figsize": "2, 3",
    "font.family": "serif",
    "font.weight": "bold",
    "font.style": "italic",
    "image.cmap": "magma",
    "image.interpolation": "nearest",
    "lines.linestyle": "--",
    "lines.marker": "o",
    "lines.solid_capstyle": "round",
    "mathtext.fontset": "cm",
    "mathtext.default": "bf",
    "path.sketch": "1, 100, 2",
    "savefig.bbox": "tight",
    "savefig.dpi": "50",
    "svg.fonttype": "none",
    "svg.hashsalt": "mine",
    "svg.id": "mine",
    "text.hinting": "none",
    "axes.titleweight": "bold",
    "axes.labelweight": "bold",
    "xtick.direction": "in",
    "ytick.direction": "in",
    "xtick.alignment": "left",
    "ytick.alignment": "top",
    "xaxis.labellocation": "left",
    "yaxis.labellocation": "top",
    "grid.linestyle": ":",
    "contour.negative_linestyle": "solid",
}


def changed_settings() -> dict[str, str]:
    """Return another value for each key of Matplotlib's that takes one, as a matplotlibrc spells it."""
    import matplotlib

    changed = {}
    for key, value in matplotlib.rcParamsDefault.items():
        if key in CHANGED:
            changed[key] = CHANGED[key]
        elif isinstance(value, bool):
            changed[key] = str(not value)
        elif isinstance(value, int):
            changed[key] = str(value + 1)
        elif isinstance(value, float):
            changed[key] = str(value / 2 + 0.1)  # a share stays one
        elif isinstance(value, str) and ("color" in key or key.endswith("title")):
            changed[key] = "red"
        elif isinstance(value, str) and key.endswith("size"):
            changed[key] = "20"
    return {key: value for key, value in changed.items() if _is_taken(key, value)}


def _is_taken(key: str, value: Any) -> bool:
    import matplotlib

    try:
        matplotlib.rcParams.validate[key](value)
    except (ValueError, RuntimeError):
        return False
    return True


@pytest.mark.thorough
@pytest.mark.parametrize("view", ["map", "surface"])
def test_no_setting_of_matplotlib_reaches_a_picture(folder: Path, view: str) -> None:
    import matplotlib

    race = optviz.run(optviz.load(PICTURE.replace("VIEW", view)))
    race.save("plain.gif", "plain.svg", "plain.pdf")
    changed = changed_settings()
    assert len(changed) > 200
    assert {"text.usetex", "font.weight", "axes.unicode_minus", "savefig.transparent"} <= set(changed)
    with matplotlib.rc_context(changed):
        before = dict(matplotlib.rcParams)
        race.save("own.gif", "own.svg", "own.pdf")
        assert dict(matplotlib.rcParams) == before  # the session's own settings stay
    for suffix in ("gif", "svg", "pdf"):
        assert (folder / f"own.{suffix}").read_bytes() == (folder / f"plain.{suffix}").read_bytes(), suffix


@pytest.mark.thorough
def test_a_film_that_ends_early_gives_the_settings_back(folder: Path) -> None:
    import matplotlib

    from optviz.pipeline.render import render

    scenario = optviz.load(SMALL, overrides={"output": "a.gif"})

    class Stop:
        def stage(self, name: str) -> None:
            pass

        def count(self, done: int, total: int) -> None:
            raise KeyboardInterrupt

    with matplotlib.rc_context({"font.size": 33}):
        with pytest.raises(KeyboardInterrupt) as kept:
            render(scenario, Stop())
        assert matplotlib.rcParams["font.size"] == 33
    assert kept.traceback


@pytest.mark.thorough
@pytest.mark.parametrize("names", [["a.yaml", "-o", "own.svg"], ["a.yaml", "b.yaml", "--to", "films"]])
def test_a_command_is_silent_on_a_hostile_machine(folder: Path, names: list[str]) -> None:
    rows = ["text.usetex: True", "font.weight: bold", "nonsense: 1", "font.size: large"]
    home = folder / "home"
    home.write_text("no folder")
    for name in ("a", "b"):
        (folder / f"{name}.yaml").write_text(SMALL)
    optviz.run(optviz.load(SMALL)).save("plain.svg")
    (folder / "matplotlibrc").write_text("\n".join(rows))
    own = {"HOME": str(home), "USERPROFILE": str(home), "MPLBACKEND": "module://nowhere.backend"}
    env = {key: value for key, value in os.environ.items() if not key.startswith(("MPL", "XDG_", "PYTHONWARN"))} | own
    command = [sys.executable, "-m", "optviz", "race", *names, "-q"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    if "own.svg" in names:
        assert (folder / "own.svg").read_bytes() == (folder / "plain.svg").read_bytes()


# --- outputs that take nothing --------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="links need a permission there")
@pytest.mark.parametrize("path", ["loop.json", "loop.gif", "loop.json/x.json"])
def test_a_link_to_itself_is_no_output(folder: Path, path: str) -> None:
    for name in ("loop.json", "loop.gif"):
        (folder / name).symlink_to(name)
    (folder / "own.yaml").write_text(f"output: {path}\n{SMALL}")
    (folder / "plain.yaml").write_text(SMALL)
    for arguments in (["own.yaml"], ["plain.yaml", "-o", path]):
        result = optviz_says("race", *arguments)
        assert result.exit_code == 1
        assert result.stderr.startswith(f"cannot write {path}: ")
        assert result.stderr.count("\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize(
    ("arguments", "unbuffered"),
    few(
        [
            (["race", "own.yaml", "-o", "a.json"], ""),
            (["race", "own.yaml", "-o", "a.json", "--json"], "1"),
            (["--help"], ""),
            (["--help"], "1"),
        ],
        4,
    ),
)
@pytest.mark.thorough
def test_a_full_disk_behind_standard_output_ends_in_one_line(
    folder: Path, arguments: list[str], unbuffered: str
) -> None:
    (folder / "own.yaml").write_text(SMALL)
    env = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    command = [sys.executable, "-m", "optviz", *arguments]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False, env=env)
    assert (done.returncode, done.stderr) == (1, "cannot write to standard output: No space left on device\n")


# --- little of everything ---------------------------------------------------------------------------------

GIVES_OUT = {
    "addresses for no library": ("RLIMIT_AS", 100, OUT_OF_MEMORY),
    "addresses for some of them": ("RLIMIT_AS", 250, OUT_OF_MEMORY),
    "handles for no import": ("RLIMIT_NOFILE", 7, "cannot go on: Too many open files"),
    "handles for no output": ("RLIMIT_NOFILE", 12, "cannot write a.gif: Too many open files"),
}


@pytest.mark.thorough
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits of Linux")
@pytest.mark.parametrize("what", GIVES_OUT)
def test_what_gives_out_is_said_in_one_line(folder: Path, what: str) -> None:
    (folder / "own.yaml").write_text(SMALL)
    limit, most, said = GIVES_OUT[what]
    most = most << 20 if limit == "RLIMIT_AS" else most
    limited = f"import resource; resource.setrlimit(resource.{limit}, ({most}, {most}))"
    code = f"{limited}; from optviz.__main__ import main; main()"
    command = [sys.executable, "-c", code, "race", "own.yaml", "-q", "-o", "a.gif"]
    environment = os.environ | {"PYTHONPATH": str(Path(optviz.__file__).parents[1])}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{said}\n")
    assert [path.name for path in folder.iterdir()] == ["own.yaml"]


@pytest.mark.thorough
@pytest.mark.skipif(os.name == "nt", reason="a folder in use stays there")
@pytest.mark.parametrize("arguments", [["race", "beale", "-q"], ["check", "../own.yaml"]])
def test_a_folder_that_is_gone_is_said_in_one_line(folder: Path, arguments: list[str]) -> None:
    (folder / "own.yaml").write_text(SMALL)
    (folder / "gone").mkdir()
    code = "import os; os.chdir('gone'); os.rmdir('../gone'); from optviz.__main__ import main; main()"
    environment = os.environ | {"PYTHONPATH": str(Path(optviz.__file__).parents[1])}
    command = [sys.executable, "-c", code, *(word.replace("..", str(folder)) for word in arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "cannot go on: the folder that it runs in is gone\n")


# --- the same bytes everywhere ----------------------------------------------------------------------------

ELSEWHERE = [
    {"TZ": "Pacific/Kiritimati", "LC_ALL": "C"},
    {"TZ": "America/St_Johns", "LC_ALL": "de_DE.UTF-8", "LANG": "tr_TR.UTF-8", "PYTHONHASHSEED": "7"},
]


@pytest.mark.thorough
def test_every_file_has_the_same_bytes_at_any_place_in_any_zone_and_language(folder: Path) -> None:
    names = [f"a{suffix}" for suffix in FORMATS]
    found = []
    for number, own in enumerate(ELSEWHERE):
        there = folder / f"a place that is number {number}"
        there.mkdir()
        (there / "own.yaml").write_text(SMALL)
        paths = [str(there / name) if number else name for name in ["own.yaml", *names]]
        command = [sys.executable, "-m", "optviz", "race", paths[0], "-q", *(f"-o{path}" for path in paths[1:])]
        environment = os.environ | {"PYTHONPATH": str(Path(optviz.__file__).parents[1])} | own
        subprocess.run(command, check=True, cwd=there, env=environment)
        found.append({name: (there / name).read_bytes() for name in names})
    assert [name for name in names if found[0][name] != found[1][name]] == []


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names there are Unicode")
def test_a_name_that_is_no_text_is_read_and_written_or_refused(folder: Path) -> None:
    own = os.fsdecode(b"own\xff.yaml")
    Path(own).write_text(f"{SMALL}output: a.json\n")
    assert optviz_says("check", own).stdout == "ok own\\udcff.yaml: 2 racers on Beale, 5 steps\n"
    assert optviz_says("race", own, "-q").exit_code == 0
    assert optviz_says("race", own, "-q", "--to", os.fsdecode(b"films\xff")).exit_code in (0, 2)
    refused = optviz_says("race", own, "-q", "-o", os.fsdecode(b"a\xff.json"))
    assert refused.exit_code == 2
    assert refused.stderr.startswith("-o a\\udcff.json: holds a character that cannot be drawn")
    assert refused.stderr.count("\n") == 1
