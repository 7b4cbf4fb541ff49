"""How the process of a command is tuned."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests import few


@pytest.mark.parametrize(
    ("done", "documents"),
    few(
        [
            ("from optviz.cli.startup import import_matplotlib as go; go()", "False"),
            ("import optviz.picture.film", "True"),
        ],
        2,
    ),
)
@pytest.mark.thorough
def test_only_a_program_that_ends_imports_matplotlib_without_its_documents(done: str, documents: str) -> None:
    look = "from matplotlib.artist import kwdoc; from matplotlib.figure import Figure"
    say = "print('facecolor' in kwdoc(Figure), 'facecolor' in Figure.set.__doc__)"
    said = subprocess.run([sys.executable, "-c", f"{done}; {look}; {say}"], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["True", documents]


def test_the_user_has_the_last_word_on_the_environment() -> None:
    code = (
        "import os, gc; os.environ['OPENBLAS_NUM_THREADS'] = '3'; "
        "from optviz.cli.startup import tune_startup; tune_startup(); "
        "print(os.environ['OPENBLAS_NUM_THREADS'], os.environ['PYDANTIC_DISABLE_PLUGINS'], gc.get_threshold()[0])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["3", "__all__", "100000"]


def test_a_character_that_the_terminal_lacks_ends_nothing() -> None:
    code = (
        "from optviz.cli.startup import tune_startup; tune_startup(); from optviz.cli.terminal import say; say('x³ 漢')"
    )
    env = {"PYTHONIOENCODING": "ascii", "PYTHONPATH": ":".join(sys.path)}
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env=env).stdout == b"x^3 ?\n"
