"""What the shell is told when a word is begun."""

from __future__ import annotations

from pathlib import Path

import pytest

from optviz.optimizers import OPTIMIZERS
from optviz.problems import FUNCTIONS
from optviz.scenario.shipped import shipped_names
from tests.cli import APP, NAMES, SMALL

from typer.testing import CliRunner  # isort: skip


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("rare.yaml", "rows.yml", "race.txt", ".hidden.yaml", "runs/in.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(SMALL)
    return tmp_path


def completed(line: str) -> list[str]:
    """The candidates for the last word of ``line``."""
    variables = {"_OPTVIZ_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}
    return CliRunner().invoke(APP, [], env=variables, prog_name="optviz").stdout.split()


@pytest.mark.parametrize(
    ("line", "candidates"),
    [
        ("optviz ", NAMES),
        ("optviz sh", ["show"]),
        ("optviz race ra", ["rare.yaml", *(name for name in shipped_names() if name.startswith("ra"))]),
        ("optviz race ru", ["runs/"]),
        ("optviz race runs/", ["runs/in.yaml"]),
        ("optviz race nowhere/", []),
        ("optviz race .h", [".hidden.yaml"]),
        ("optviz check ro", ["rows.yml"]),
        ("optviz race --function ro", [name for name in FUNCTIONS if name.startswith("ro")]),
        ("optviz race --optimizer ", list(OPTIMIZERS)),
        ("optviz show amsg", ["amsgrad", "amsgradw"]),
        ("optviz new --with ada", [name for name in OPTIMIZERS if name.startswith("ada")]),
        ("optviz new --from post/", [name for name in shipped_names() if name.startswith("post/")]),
        ("optviz gallery --only thr", ["three"]),
        ("optviz help form", ["formulas"]),
        ("optviz list opt", ["optimizers"]),
    ],
)
def test_completion(line: str, candidates: list[str]) -> None:
    assert completed(line) == candidates
