"""Nothing that is printed commands the terminal, wherever it comes from."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import optviz
from optviz.cli.terminal import say
from tests.cli import SMALL, optviz_says

PAYLOADS = {
    "clears": "\x1b[2J",
    "title": "\x1b]0;owned\x07",
    "link": "\x1b]8;;http://x\x1b\\",
    "C1": "\x9b2J",
    "bell": "\x07",
    "backspace": "abc\b\b\b",
    "carriage return": "bad\rok ",
    "right to left": "\u202egnp.exe",
    "zero width": "a\u200bb\u2028c",
    "tag": "\U000e0041",
    "lone surrogate": "\udc80",
}
ALL = "".join(PAYLOADS.values()).replace("\udc80", "")
AS_YAML = "".join(f"\\U{ord(c):08x}" for c in ALL)
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
MANY = "function: beale\nsteps: 3\noptimizers: [adam]\n"
FLAGS = [
    *("-o", "--output", "--set", "--title", "--function", "--optimizer", "--lr", "--to", "--for", "--format", "--size"),
    *("--theme", "--fps", "--max-size", "--window", "--start", "--steps", "--seed", "--at", "--sheet", "--table"),
]
ARGUMENTS = [
    *(["race", "small.yaml", "--set", "output=x.json", flag, ALL] for flag in FLAGS),
    *(["race", "small.yaml", "--set", f"{key}={ALL}"] for key in ("title", "render.lesson", "output", "x")),
    *(
        ["race", "small.yaml", "--set", f"{ALL}=1"],
        ["race", f"--{ALL}"],
        ["race", "small.yaml", "--optimizer", f"adam:{ALL}=1"],
    ),
    *([command, ALL] for command in ("race", "check", "tune", "sweep", "basins", "show", "list", "help", "new")),
    *(
        [ALL],
        ["show", f"{ALL}.gif"],
        ["show", ALL, "small.yaml", "--step", "1"],
        ["sweep", "small.yaml", "--over", ALL],
    ),
]
SCENARIOS = [
    f'"{AS_YAML}": 1\n{MANY}',
    f'{MANY}common: {{"{AS_YAML}": 1}}\n',
    f'{MANY}title: "{AS_YAML}"\n',
    f'{MANY}output: "{AS_YAML}.gif"\n',
    f'function: "{AS_YAML}"\noptimizers: [adam]\n',
    f'function: {{formula: "x + {AS_YAML}"}}\noptimizers: [adam]\n',
    f'function: {{formula: x, constants: {{"{AS_YAML}": 1}}}}\nstart: 1\noptimizers: [adam]\n',
    f'function: beale\noptimizers: [{{adam: {{"{AS_YAML}": 1}}}}]\n',
    f'function: beale\noptimizers: [{{adam: {{lr: "{AS_YAML}"}}}}]\n',
    f'function: beale\noptimizers: [{{adam: {{label: "{AS_YAML}"}}}}]\n',
    f'function: beale\noptimizers: ["{AS_YAML}"]\n',
    f'{MANY}noise: {{file: "{AS_YAML}"}}\n',
    f"{MANY}x: !{'%1b'} y\n",
    f"{MANY}# \u202e\u200b a comment\nrender: {{theme: \u202e}}\n",
]


def obeyed(text: str) -> str:
    """The characters that are not seen, or move others."""
    return "".join(sorted({c for c in COLOUR.sub("", text) if not c.isprintable() and c != "\n"}))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_whatever_is_said_can_be_seen(capsys: pytest.CaptureFixture[str], payload: str) -> None:
    say(f"before {PAYLOADS[payload]} after\nnext")
    say(PAYLOADS[payload], err=True, is_error=True)
    said = capsys.readouterr()
    assert obeyed(said.out + said.err) == ""
    assert said.out.startswith("before ")
    assert said.out.endswith(" after\nnext\n")


@pytest.mark.usefixtures("small")
def test_no_argument_reaches_the_terminal_raw() -> None:
    for arguments in ARGUMENTS:
        result = optviz_says(*arguments)
        assert obeyed(result.stdout + result.stderr) == "", arguments
        assert result.exit_code in (0, 1, 2), arguments


def test_no_text_of_a_scenario_reaches_the_terminal_raw(folder: Path) -> None:
    for text in SCENARIOS:
        (folder / "x.yaml").write_text(text, encoding="utf-8")
        for arguments in (["check", "x.yaml", "--json"], ["race", "x.yaml", "-o", "x.json"]):
            result = optviz_says(*arguments)
            assert obeyed(result.stdout + result.stderr) == "", (text, arguments)
            assert result.exit_code in (0, 2), (text, arguments)


@pytest.mark.parametrize(
    ("twin", "said"),
    [
        ("\u0410dam", "two labels look alike: \u0410dam differs in \u0410, cyrillic capital letter a\n"),
        ("Ad\uff41m", "two labels look alike: Ad\uff41m differs in \uff41, fullwidth latin small letter a\n"),
        ("Adan", ""),
    ],
)
def test_a_label_that_looks_like_another_is_told(folder: Path, twin: str, said: str) -> None:
    text = f"function: beale\nsteps: 3\noptimizers: [adam: {{label: Adam}}, sgd: {{label: {twin}}}]\n"
    (folder / "x.yaml").write_text(text, encoding="utf-8")
    checked = optviz_says("check", "x.yaml")
    assert checked.exit_code == 0
    assert checked.stderr.endswith(said)
    assert ("look alike" in checked.stderr) == bool(said)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo terminal")
@pytest.mark.thorough
def test_a_terminal_with_colours_and_progress_is_sent_no_command_of_a_file_name(folder: Path) -> None:
    import pty

    name = f"a{PAYLOADS['title']}\u202e{PAYLOADS['clears']}b"
    (folder / f"{name}.yaml").write_text(f"{SMALL}output: x.json\n")
    child, terminal = pty.fork()
    if child == 0:
        os.environ["TERM"] = "xterm-256color"
        os.execv(sys.executable, [sys.executable, "-m", "optviz", "race", f"{name}.yaml", f"{name}.yaml", "no.yaml"])
    said = b""
    try:
        while part := os.read(terminal, 65536):
            said += part
    except OSError:  # the other end is closed
        pass
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 2
    assert b"\x1b[31m" in said
    assert b"no.yaml: no such file" in said
    assert all(payload not in said for payload in (b"\x1b]0;", b"\x1b[2J", "\u202e".encode()))


@pytest.mark.thorough
@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo terminal")
def test_a_terminal_is_sent_no_command_from_any_place(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.hostile.terminal", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    assert done.stdout == ""


def test_nothing_is_printed_but_through_one_function() -> None:
    rooms = Path(optviz.__file__).parent / "cli"
    printing = {
        path.name
        for path in rooms.rglob("*.py")
        if re.search(r"\b(echo|print|secho)\(", path.read_text(encoding="utf-8"))
    }
    assert printing == {"terminal.py", "man.py"}  # the second is run to make a file
